"""Documents of every kind, well-formed and not, through the one entrance."""

import gzip
import json
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import feeds

URL = "https://desk.example/news/feed.xml"
AT = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


def parse(body: str | bytes, content_type: str | None = None, **options) -> feeds.Feed:
    return feeds.parse(body.encode() if isinstance(body, str) else body, content_type, URL, **options)


def item(inner: str, root: str = "<rss><channel>{}</channel></rss>") -> feeds.Item:
    (only,) = parse(root.format(f"<item>{inner}</item>")).items
    return only


def entry(inner: str, namespace: str = "http://www.w3.org/2005/Atom") -> feeds.Item:
    (only,) = parse(f"<feed xmlns='{namespace}'><entry>{inner}</entry></feed>").items
    return only


def refused(body: str | bytes, **options) -> str:
    with pytest.raises(feeds.NotAFeed) as caught:
        parse(body, **options)
    return caught.value.reason


RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Desk</title><link>https://desk.example/</link><language>en-GB</language><ttl>30</ttl>
<item><title>AT&amp;amp;T buys &lt;b&gt;bridge&lt;/b&gt;</title><link> https://desk.example/a?x=1&amp;y=2
</link><description><![CDATA[<p>One.</p><p>Two.</p>]]></description><guid isPermaLink="false">7</guid>
<pubDate>Tue, 24 Nov 2026 10:05:00 GMT</pubDate><dc:creator>A. Writer</dc:creator><category>City</category>
<category>City</category></item></channel></rss>"""


def test_rss_item_says_everything():
    feed = parse(RSS)
    assert (feed.kind, feed.title, feed.language, feed.reader) == ("rss", "The Desk", "en-GB", "tree")
    assert feed.refresh_seconds == 1800
    assert feed.items == (
        feeds.Item(
            url="https://desk.example/a?x=1&y=2",
            title="AT&T buys bridge",
            published_at=AT,
            summary="One. Two.",
            authors=("A. Writer",),
            categories=("City",),
            guid="7",
        ),
    )


def test_atom_entry_says_everything():
    feed = parse(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://desk.example/a/">
        <title type="html">Der &amp;quot;Tisch&amp;quot;</title><entry><id>urn:1</id>
        <title>Br&#252;cke</title>
        <link rel="self" href="self.atom"/><link rel="enclosure" href="sound.mp3"/>
        <link type="application/json" href="story.json"/><link type="text/html" href="story.html"/>
        <author><name>Eva</name></author><author><name>Ada</name></author><category term="t" label="Stadt"/>
        <published>2026-11-24T10:05:00Z</published><updated>2026-11-24T11:05:00+01:00</updated>
        <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ein</p><p>Wort</p></div></summary>
        </entry></feed>"""
    )
    assert (feed.kind, feed.title, feed.language) == ("atom", 'Der "Tisch"', "de")
    assert feed.items == (
        feeds.Item(
            url="https://desk.example/a/story.html",
            title="Brücke",
            published_at=AT,
            updated_at=AT,
            summary="Ein Wort",
            authors=("Eva", "Ada"),
            categories=("Stadt",),
            guid="urn:1",
        ),
    )


def test_rdf_items_lie_beside_the_channel():
    feed = parse(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
        <channel><title>Desk</title><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
        </channel><item rdf:about="https://desk.example/1"><title>One</title><dc:date>2026-11-24T10:05Z</dc:date>
        </item></rdf:RDF>"""
    )
    assert (feed.kind, feed.title, feed.refresh_seconds) == ("rdf", "Desk", 1800)
    assert [(each.url, each.published_at) for each in feed.items] == [("https://desk.example/1", AT)]


def test_json_feed_says_everything_and_survives_wrong_types():
    items = [
        {
            "id": 7,
            "external_url": "/a",
            "title": "A < B",
            "content_html": "<p>One</p>",
            "date_published": "2026-11-24T10:05:00Z",
            "authors": [{"name": "Ada"}, "nobody"],
            "tags": ["x", 3],
        },
        "no item",
        {"url": ["no"], "title": 4},
    ]
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Desk", "items": items}))
    assert (feed.kind, feed.title, feed.troubles) == ("json", "Desk", {"item-invalid": 1})
    assert feed.items == (
        feeds.Item(
            url="https://desk.example/a",
            title="A < B",
            published_at=AT,
            summary="One",
            authors=("Ada",),
            categories=("x",),
            guid="7",
        ),
        feeds.Item(),
    )


NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://desk.example/a</loc>
<news:news><news:publication><news:name>Desk</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-24T10:05:00Z</news:publication_date><news:title>One</news:title>
<news:keywords>bridge, city</news:keywords></news:news></url>
<url><loc>/b</loc><lastmod>2026-11-24</lastmod></url>
</urlset>"""


@pytest.mark.parametrize("packed", [False, True])
def test_news_sitemap_packed_or_not(packed):
    feed = parse(gzip.compress(NEWS.encode()) if packed else NEWS)
    assert (feed.kind, feed.language) == ("sitemap", "en")
    one, two = feed.items
    assert (one.url, one.title, one.published_at) == ("https://desk.example/a", "One", AT)
    assert one.categories == ("bridge", "city")
    assert (two.url, two.updated_at) == ("https://desk.example/b", datetime(2026, 11, 24, tzinfo=UTC))


def test_sitemap_index_and_list_of_urls():
    index = parse("<sitemapindex><sitemap><loc>https://desk.example/1.xml</loc></sitemap></sitemapindex>")
    assert (index.kind, index.items[0].url) == ("sitemap-index", "https://desk.example/1.xml")
    text = parse("https://desk.example/a\r\n\nhttps://desk.example/b\n")
    assert (text.kind, [each.url for each in text.items]) == (
        "sitemap", ["https://desk.example/a", "https://desk.example/b"],
    )  # fmt: skip


def test_sitemap_beyond_the_protocols_limit_is_cut_and_counted():
    many = "".join(f"<url><loc>https://desk.example/{number}</loc></url>" for number in range(50_010))
    feed = parse(f"<urlset>{many}</urlset>")
    assert (len(feed.items), feed.troubles) == (50_000, {"over-cap": 10})


LINKS = [
    ("a relative link", "<link>../a</link>", "https://desk.example/a"),
    ("one without scheme", "<link>//other.example/a</link>", "https://other.example/a"),
    ("broken over lines", "<link>https://desk.example/a\n\t/b</link>", "https://desk.example/a/b"),
    ("escaped twice", "<link>https://desk.example/?a=1&amp;amp;b=2</link>", "https://desk.example/?a=1&b=2"),
    ("kept as listed", "<link>HTTP://Desk.example</link>", "HTTP://Desk.example"),
    ("a guid that is a link", "<guid>https://desk.example/g</guid>", "https://desk.example/g"),
    ("a relative guid that says so", '<guid isPermaLink="true">/g</guid>', "https://desk.example/g"),
    ("a guid that is none", '<guid isPermaLink="false">https://desk.example/g</guid>', None),
    ("a guid that looks like none", "<guid>tag:desk.example,1</guid>", None),
    (
        "an invalid link, then a guid",
        "<link>http://[</link><guid>https://d.example/g</guid>",
        "https://d.example/g",
    ),
    ("a base", '<link xml:base="https://base.example/x/">a</link>', "https://base.example/x/a"),
    ("a broken base", '<link xml:base="http://[">/a</link>', "https://desk.example/a"),
    (
        "several links",
        "<link>https://d.example/1</link><link>https://d.example/2</link>",
        "https://d.example/2",
    ),
    ("no link", "<title>x</title>", None),
]


@pytest.mark.parametrize(("inner", "expected"), [row[1:] for row in LINKS], ids=[row[0] for row in LINKS])
def test_link_of_an_rss_item(inner, expected):
    assert item(inner).url == expected


TITLES = [
    ("plain", "Bridge closed", "Bridge closed"),
    ("white space", " Bridge\n   closed ", "Bridge closed"),
    ("escaped entity", "Q&amp;amp;A", "Q&A"),
    ("numeric entity", "It&amp;#8217;s", "It’s"),
    ("markup", "&lt;em&gt;Bridge&lt;/em&gt; closed", "Bridge closed"),
    ("block markup", "&lt;p&gt;Bridge&lt;/p&gt;&lt;p&gt;closed&lt;/p&gt;", "Bridge closed"),
    ("less than", "5 &lt; 6 and a &lt;b", "5 < 6 and a <b"),
    ("a name in angle brackets", "How &lt;generics&gt; work", "How <generics> work"),
    ("a windows character", "don&#146;t", "don’t"),
    ("control characters", "a&#x85;b&#8203;", "a b\u200b"),
    ("CDATA", "<![CDATA[A & <b>B</b>]]>", "A & B"),
    ("a script", "A&lt;script&gt;alert(1)&lt;/script&gt;B", "A B"),
    ("nothing", "", None),
]


@pytest.mark.parametrize(("inner", "expected"), [row[1:] for row in TITLES], ids=[row[0] for row in TITLES])
def test_title_is_plain_text(inner, expected):
    assert item(f"<title>{inner}</title>").title == expected


def test_titles_of_media_and_images_are_not_the_items():
    media = "xmlns:media='http://search.yahoo.com/mrss/'"
    found = item(
        f"<media:title {media}>Photo</media:title><image><title>Logo</title></image><title>Story</title>"
    )
    assert found.title == "Story"


@pytest.mark.parametrize(
    ("given_author", "expected"),
    [
        ("Ada", "Ada"),
        ("ada@desk.example (Ada Byron)", "Ada Byron"),
        ("Ada Byron &lt;ada@desk.example&gt;", "Ada Byron"),
        ("Ada Byron (ada@desk.example)", "Ada Byron"),
        ("ada@desk.example", "ada@desk.example"),
    ],
)
def test_author_is_a_name_where_there_is_one(given_author, expected):
    assert item(f"<author>{given_author}</author>").authors == (expected,)


def test_old_atom_is_read_like_the_new():
    found = entry(
        "<title mode='escaped'>A &amp;amp; B</title><link rel='alternate' href='/a'/>"
        "<issued>2026-11-24T10:05:00Z</issued><modified>2026-11-24T10:05:00Z</modified>",
        "http://purl.org/atom/ns#",
    )
    assert found == feeds.Item(url="https://desk.example/a", title="A & B", published_at=AT, updated_at=AT)


def test_feed_in_a_namespace_nobody_knows_is_read_all_the_same():
    found = entry("<title>A</title><link href='/a'/>", "http://example.com/made-up")
    assert (found.title, found.url) == ("A", "https://desk.example/a")


def test_entry_that_was_only_updated_has_no_publication():
    found = entry("<updated>2026-11-24T10:05:00Z</updated>")
    assert (found.published_at, found.updated_at) == (None, AT)


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


LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]>
<rss><channel><item><title>&c;</title></item></channel></rss>"""


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


def test_large_document_with_a_fault_in_one_item_loses_that_item_alone():
    good = "".join(
        f"<item><link>https://d.example/{at}</link><title>A<br/>B</title></item>" for at in range(9000)
    )
    bad = "<item><title>A <b>bold</title><link>https://d.example/bad</link></item>"
    feed = parse(f"<rss><channel><title>Desk</title>{bad}{good}{bad}</channel></rss>")
    assert (feed.reader, feed.title) == ("recovered", "Desk")
    links = [each.url for each in feed.items]
    assert [f"https://d.example/{at}" for at in range(9000)] == links[1:-1]


@pytest.mark.parametrize(
    "document",
    [
        b"<html>" + b"<div>" * 200_000,
        b"<html>" + b"<a href='/2026/11/11/a-b-c-d'>word word word</a>" * 20_000,
    ],
    ids=["deep", "wide"],
)
def test_page_made_to_take_minutes_takes_seconds(document):
    began = time.process_time()
    assert refused(document) == "html"
    assert time.process_time() - began < 5


PAGE = """<html lang="es"><head><title>Gaceta</title><base href="https://desk.example/es/"></head><body>
<nav><a href="/tag/puente">Puente</a><a href="/">Portada</a></nav>
<article><h2><a href="2026/11/24/cierran-el-puente">Cierran el puente viejo</a></h2>
<time datetime="2026-11-24T10:05:00Z">hoy</time></article>
<article><h2><a href="2026/11/23/abren-otro">Abren otro puente nuevo</a></h2></article>
<article><h2><a href="2026/11/22/nada-nuevo-hoy">Nada nuevo en el puente</a></h2></article>
<a href="https://elsewhere.example/2026/11/24/x">Publicidad de otra casa</a></body></html>"""


def test_listing_page_gives_its_links_by_selector_or_by_their_look():
    chosen = parse(PAGE, rules=feeds.Listing(links="article h2 a"))
    guessed = parse(PAGE)
    assert chosen.kind == guessed.kind == "listing"
    assert [each.url for each in chosen.items] == [each.url for each in guessed.items]
    first = chosen.items[0]
    assert (first.url, first.title, first.published_at) == (
        "https://desk.example/es/2026/11/24/cierran-el-puente", "Cierran el puente viejo", AT,
    )  # fmt: skip
    assert chosen.language == "es"


def test_page_is_refused_where_a_feed_is_expected():
    assert refused(PAGE, pages=False) == "html"


def test_pattern_of_a_listing_keeps_what_matches():
    feed = parse(PAGE, rules=feeds.Listing(links="a", pattern=r"/2026/11/2[34]/"))
    assert len(feed.items) == 3


SEEDS = [RSS.encode(), NEWS.encode(), PAGE.encode(), LAUGHS.encode(), b'{"items":[]}']


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=6)), max_size=6))
def test_no_damage_makes_it_fail_in_another_way(seed, changes):
    body = bytearray(seed)
    for at, new in changes:
        body[at : at + len(new)] = new
    with suppress(feeds.NotAFeed):
        feeds.parse(bytes(body), None, URL)
