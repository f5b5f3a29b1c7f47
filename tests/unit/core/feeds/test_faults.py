"""Documents in odd encodings, ill-formed, cut short, made to harm, or no feeds at all."""

import gzip
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import feeds
from tests.unit.core.feeds.documents import LAUGHS, NEWS, PAGE, RSS, URL, parse, refused

ENCODED = [
    ("utf-8", "<title>Zürich</title>".encode(), None),
    ("a byte order mark", b"\xef\xbb\xbf" + "<title>Zürich</title>".encode(), None),
    ("utf-16 with a mark", None, "utf-16"),
    ("utf-16 without", None, "utf-16-le"),
    ("latin-1 without a word", "<title>Zürich</title>".encode("latin-1"), None),
    ("latin-1 by the header", "<title>Zürich</title>".encode("latin-1"), "text/xml; charset=ISO-8859-1"),
    ("utf-8 called latin-1", "<title>Zürich</title>".encode(), "text/xml; charset=iso-8859-1"),
    ("a header nobody knows", "<title>Zürich</title>".encode(), 'text/xml; charset="x-unknown"'),
]


@pytest.mark.parametrize(("inner", "how"), [row[1:] for row in ENCODED], ids=[row[0] for row in ENCODED])
def test_encoding_is_found(inner, how):
    if inner is None:
        body = "<rss><channel><item><title>Zürich</title></item></channel></rss>".encode(how)
        assert parse(body).items[0].title == "Zürich"
    else:
        body = b"<rss><channel><item>" + inner + b"</item></channel></rss>"
        assert parse(body, how).items[0].title == "Zürich"


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "cp866"])
def test_declared_encoding_is_believed(label):
    items = "<item><title>Мост</title></item>"
    body = f"<?xml version='1.0' encoding='{label}'?><rss><channel>{items}</channel></rss>"
    assert parse(body.encode(label)).items[0].title == "Мост"


FAULTS = [
    ("a bare ampersand", "<item><link>https://d.example/?a=1&b=2</link><title>Q & A</title></item>"),
    (
        "an entity of HTML",
        "<item><link>https://d.example/?a=1&amp;b=2</link><title>Q&nbsp;&amp;&nbsp;A</title></item>",
    ),
    (
        "a control character",
        "<item><link>https://d.example/?a=1&amp;b=2</link><title>Q \x0b&amp; A</title></item>",
    ),
    (
        "an unknown prefix",
        "<item><x:y>1</x:y><link>https://d.example/?a=1&amp;b=2</link><title>Q &amp; A</title></item>",
    ),
    (
        "values without quotes",
        "<item><link x=y>https://d.example/?a=1&amp;b=2</link>"
        "<guid isPermaLink=false n='a=b'>7</guid><title><![CDATA[Q & A]]></title></item>",
    ),
    ("an open tag", "<item><link>https://d.example/?a=1&amp;b=2</link><title>Q &amp; A</title><br></item>"),
]


@pytest.mark.parametrize("items", [row[1] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_faulty_document_still_gives_its_entries(items):
    feed = parse(f"<rss><channel><title>Desk</title>{items}</channel></rss>")
    assert feed.reader != "tree"
    assert [(each.url, each.title) for each in feed.items] == [("https://d.example/?a=1&b=2", "Q & A")]


@pytest.mark.parametrize("junk", ["\n\n ", "<!-- hello -->", "Warning: include failed in /x.php on line 3\n"])
def test_what_stands_before_the_document_is_passed_over(junk):
    assert parse(junk + RSS).items[0].guid == "7"


def test_prefix_that_can_only_mean_the_format_itself_is_read_as_that():
    feed = parse(
        "<?xml?xml version='1.0' ??><rss rss:version=2.0><rss:channel><rss:title>Desk</rss:title>"
        "<rss:item><rss:title>A</rss:title><rss:link>/a</rss:link></rss:item></rss:channel></rss>"
    )
    assert feed.title == "Desk"
    assert [(each.title, each.url) for each in feed.items] == [("A", "https://desk.example/a")]


def test_feed_inside_a_web_page_is_read_and_a_page_about_feeds_is_none():
    page = "<!DOCTYPE html><html><body>{}</body></html>"
    assert parse(page.format(RSS.partition("?>")[2]), pages=False).items[0].guid == "7"
    assert refused(page.format("<rss version='2.0'><channel><title>Soon</title></channel></rss>")) == "html"
    assert refused(page.format("<pre>&lt;rss version='2.0'&gt;</pre>")) == "html"


def test_what_stands_behind_the_document_is_passed_over():
    assert parse(RSS + "<script>track()</script>").items[0].guid == "7"


def test_document_cut_short_gives_what_came():
    feed = parse(RSS[:-30])
    assert feed.items[0].url == "https://desk.example/a?x=1&y=2"


NO_FEEDS = [
    ("nothing", b"", "empty"),
    ("white space", b" \n\t", "empty"),
    ("a page", b"<!doctype html><html><title>Not found</title><p>Sorry</p></html>", "html"),
    ("other XML", b"<opml><body/></opml>", "xml"),
    ("other JSON", b'{"error": 404}', "json"),
    ("broken JSON", b'{"version": "https://jsonfeed.org/version/1", "items": [', "json"),
    ("deep JSON", b'{"items":' + b"[" * 100_000, "json"),
    ("text", b"Service unavailable", "text"),
    ("a broken gzip", b"\x1f\x8b\x08\x00garbage", "gzip"),
    ("a gzip cut short", gzip.compress(b"<rss/>" * 1000)[:40], "gzip"),
    ("a gzip bomb", gzip.compress(b"\0" * (60 * 2**20)), "too-large"),
]


@pytest.mark.parametrize(("body", "reason"), [row[1:] for row in NO_FEEDS], ids=[row[0] for row in NO_FEEDS])
def test_what_is_no_feed_is_called_by_its_name(body, reason):
    assert refused(body) == reason


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        LAUGHS.encode("utf-16"),
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><title>&x;</title></channel></rss>',
        '<!DOCTYPE rss [<!ENTITY a "'
        + "x" * 5000
        + '">]><rss><channel><title>'
        + "&a;" * 1000
        + "</title></channel></rss>",
    ],
    ids=["nested", "nested in utf-16", "from a file", "a long one often"],
)
def test_entities_made_to_harm_are_refused(document):
    assert refused(document) == "entities"


def test_harmless_doctype_and_plain_entity_are_read():
    feed = parse(
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"'
        ' [<!ENTITY desk "Desk">]><rss><channel><title>The &desk; &eacute;</title></channel></rss>'
    )
    assert feed.title == "The Desk é"


@pytest.mark.parametrize(
    "piece",
    ["<![CDATA[", "<!--", "<a =", "<a b=/", "<a '", "<rss ", "<feed x=", "</rss", "&#", "<![CDATA[]]>"],
)
def test_document_made_to_be_repaired_for_hours_takes_seconds(piece):
    began = time.process_time()
    with suppress(feeds.NotAFeed):
        parse("<rss><channel>" + piece * (600_000 // len(piece)))
    with suppress(feeds.NotAFeed):
        parse("<html><body>" + piece * (600_000 // len(piece)))
    assert time.process_time() - began < 20


def test_large_document_with_a_fault_in_one_item_loses_that_item_alone():
    good = "".join(
        f"<item><link>https://d.example/{at}</link><title>A<br/>B</title></item>" for at in range(9000)
    )
    bad = "<item><title>A <b>bold</title><link>https://d.example/bad</link></item>"
    feed = parse(f"<rss><channel><title>Desk</title>{bad}{good}{bad}</channel></rss>")
    assert (feed.reader, feed.title) == ("recovered", "Desk")
    links = [each.url for each in feed.items]
    assert [f"https://d.example/{at}" for at in range(9000)] == links[1:-1]


SEEDS = [RSS.encode(), NEWS.encode(), PAGE.encode(), LAUGHS.encode(), b'{"items":[]}']


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=6)), max_size=6))
def test_no_damage_makes_it_fail_in_another_way(seed, changes):
    body = bytearray(seed)
    for at, new in changes:
        body[at : at + len(new)] = new
    with suppress(feeds.NotAFeed):
        feeds.parse(bytes(body), None, URL)
