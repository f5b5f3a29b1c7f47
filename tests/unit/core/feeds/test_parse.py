"""What well-formed documents of every kind say, through the one entrance."""

import gzip
import json
from datetime import UTC, datetime

import pytest

from pipeline.core import feeds
from tests.unit.core.feeds.documents import AT, NEWS, RSS, entry, item, parse


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


def test_address_written_where_its_element_belongs_is_read():
    index = parse("<sitemapindex><sitemap>\n https://desk.example/1.xml\n</sitemap></sitemapindex>")
    assert index.items[0].url == "https://desk.example/1.xml"
    empty = parse("<urlset><url><lastmod>2026-11-24</lastmod></url></urlset>")
    assert (empty.items[0].url, empty.troubles) == (None, {"link-invalid": 1})


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


def test_tags_of_modules_are_categories():
    found = item(
        "<category>City</category><itunes:category text='Talk'/><media:category>Bridges</media:category>"
        "<itunes:keywords>tolls, ferries , City</itunes:keywords>",
        "<rss xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
        " xmlns:media='http://search.yahoo.com/mrss/'><channel>{}</channel></rss>",
    )
    assert found.categories == ("City", "Bridges", "Talk", "tolls", "ferries")


def test_locale_is_told_as_a_language_tag():
    assert parse("<rss><channel><language>pt_BR</language></channel></rss>").language == "pt-BR"


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
