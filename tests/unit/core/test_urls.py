"""The canonical form is a contract: this table is its definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import urls

KEPT_OR_DROPPED = [
    ("the scheme and host are lowered", "HTTPS://Desk.Example/Story", "https://desk.example/Story"),
    ("a default port goes", "https://desk.example:443/a", "https://desk.example/a"),
    ("another port stays", "http://desk.example:8080/a", "http://desk.example:8080/a"),
    ("dots in the path are resolved", "https://desk.example/a/../b/./c", "https://desk.example/b/c"),
    ("a missing path becomes a slash", "https://desk.example", "https://desk.example/"),
    ("a trailing slash stays", "https://desk.example/a/", "https://desk.example/a/"),
    ("the fragment goes", "https://desk.example/a#comments", "https://desk.example/a"),
    ("an empty fragment goes", "https://desk.example/a#", "https://desk.example/a"),
    ("userinfo goes", "https://me:secret@desk.example/a", "https://desk.example/a"),
    ("escapes are not decoded", "https://desk.example/%7Ea%2Fb", "https://desk.example/%7Ea%2Fb"),
    ("names are encoded", "https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ("white space around goes", "  https://desk.example/a \t", "https://desk.example/a"),
    ("www stays", "https://www.desk.example/a", "https://www.desk.example/a"),
    ("http is not folded into https", "http://desk.example/a", "http://desk.example/a"),
    ("a query that holds the article stays", "https://d.example/?p=1&id=2", "https://d.example/?p=1&id=2"),
    ("the order of a query stays", "https://d.example/?b=1&a=2", "https://d.example/?b=1&a=2"),
    ("an empty query goes", "https://d.example/a?", "https://d.example/a"),
    ("empty pieces stay", "https://d.example/?a=1&&b=2&", "https://d.example/?a=1&&b=2&"),
    ("a query of trackers alone goes", "https://d.example/a?utm_source=x&fbclid=y", "https://d.example/a"),
    ("trackers go from the middle", "https://d.example/?a=1&gclid=x&b=2", "https://d.example/?a=1&b=2"),
    ("names of trackers ignore case", "https://d.example/?UTM_Medium=x&FbClId=2&a", "https://d.example/?a"),
    ("a tracker without value goes", "https://d.example/?utm_source&a=1", "https://d.example/?a=1"),
    ("an encoded name is another name", "https://d.example/?utm%5Fid=1", "https://d.example/?utm%5Fid=1"),
    ("a value may look like a tracker", "https://d.example/?a=utm_b", "https://d.example/?a=utm_b"),
    ("a longer name is another name", "https://d.example/?gclids=1&xfbclid=2", None),
    ("ref, source and sid may be the article", "https://d.example/?ref=1&source=2&sid=3&cid=4", None),
    ("a backslash is a slash", "http://good.example\\@127.0.0.1/", "http://good.example/@127.0.0.1/"),
    ("spellings of an address are one", "http://0x7f.1/", "http://127.0.0.1/"),
    ("other schemes have a form too", "mailto:desk@d.example?subject=x#y", "mailto:desk@d.example?subject=x"),
]


@pytest.mark.parametrize(
    ("given_url", "expected"), [row[1:] for row in KEPT_OR_DROPPED], ids=[r[0] for r in KEPT_OR_DROPPED]
)
def test_canonical_form(given_url, expected):
    assert urls.canonical(given_url) == (expected or given_url)


@pytest.mark.parametrize("name", sorted(urls.TRACKERS))
def test_every_tracker_of_the_table_is_dropped(name):
    assert urls.canonical(f"https://d.example/a?{name}=1&b=2") == "https://d.example/a?b=2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no-scheme.example/a",
        "https://",
        "https://a b.example/",
        "http://1.2.3.4.5/",
        "//d.example/",
        "\ud800",
    ],
)
def test_what_is_no_url_is_refused_by_name(text):
    with pytest.raises(urls.InvalidUrl) as caught:
        urls.canonical(text)
    assert caught.value.reason == "invalid-url"


def test_article_id_is_the_start_of_the_hash_of_the_canonical_form():
    expected = "a-0f115db062b7c0dd030b"  # printf 'https://example.com/' | sha256sum
    assert urls.article_id("https://example.com/") == expected


pieces = st.text(alphabet="abutm_=&%5Ffbclid?#/ é", max_size=20)


@given(path=pieces, query=pieces, fragment=pieces)
def test_canonical_form_is_a_fixed_point_without_fragment_or_tracker(path, query, fragment):
    once = urls.canonical(f"https://u:p@desk.example/{path}?{query}#{fragment}")
    assert urls.canonical(once) == once
    assert "#" not in once
    assert "@" not in once.split("/")[2]
    names = [piece.partition("=")[0].lower() for piece in once.partition("?")[2].split("&")]
    assert not any(name in urls.TRACKERS or name.startswith("utm_") for name in names)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://d.example/a", None),
        ("ftp://d.example/a", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://d.example/" + "a" * 2048, "url-too-long"),
        ("nonsense", "invalid-url"),
    ],
)
def test_only_reasonable_web_urls_are_fetched(url, reason):
    assert urls.refusal(url) == reason


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.bbc.co.uk/a", "bbc.co.uk"),
        ("https://a.desk.example/", "desk.example"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost/", "localhost"),
    ],
)
def test_site_is_the_registrable_domain(url, expected):
    assert urls.site(url) == expected


def test_host_and_origin_name_a_port_only_where_it_is_not_the_schemes_own():
    assert urls.host("https://D.example:443/a") == "d.example"
    assert urls.host("http://d.example:8099/a") == "d.example:8099"
    assert urls.origin("http://d.example:80/a") == "http://d.example"
