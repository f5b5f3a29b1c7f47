"""What RFC 9309 says, and what sites write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import robots

AGENT = "Copydesk/0.1 (+https://copydesk.example/bot)"


def allows(text: str | bytes, path: str, agent: str = "copydesk") -> bool:
    body = text.encode() if isinstance(text, str) else text
    return robots.parse(body).allows(f"https://desk.example{path}", agent)


DENY_ALL = "User-agent: *\nDisallow: /\n"
RULES = [
    ("an empty file allows all", "", "/a", True),
    ("a deny for all", DENY_ALL, "/a", False),
    ("robots.txt itself is always allowed", DENY_ALL, "/robots.txt", True),
    ("an empty disallow allows", "User-agent: *\nDisallow:\n", "/a", True),
    ("the longest rule wins", "User-agent: *\nDisallow: /a/\nAllow: /a/b\n", "/a/b/c", True),
    ("whatever their order", "User-agent: *\nAllow: /a/b\nDisallow: /a/\n", "/a/c", False),
    ("a tie allows", "User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", True),
    ("paths are case sensitive", "User-agent: *\nDisallow: /A\n", "/a", True),
    ("names are not", "USER-AGENT: *\nDISALLOW: /a\n", "/a", False),
    ("a star matches anything", "User-agent: *\nDisallow: /*/print\n", "/a/b/print", False),
    ("a dollar anchors", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf?x", True),
    ("an anchored rule matches the end", "User-agent: *\nDisallow: /*.pdf$\n", "/a.pdf.pdf", False),
    ("a star before the dollar", "User-agent: *\nDisallow: /a*b$\n", "/ab", False),
    ("parts may not overlap", "User-agent: *\nDisallow: /ab*ba$\n", "/aba", True),
    ("a dollar inside is a dollar", "User-agent: *\nDisallow: /a$b\n", "/a$b", False),
    ("an encoded star is a star", "User-agent: *\nDisallow: /a%2A\n", "/a*", False),
    ("an encoded star is no wildcard", "User-agent: *\nDisallow: /a%2Ab\n", "/axb", True),
    ("letters may be encoded", "User-agent: *\nDisallow: /%61\n", "/a", False),
    ("a slash may not", "User-agent: *\nDisallow: /a%2Fb\n", "/a/b", True),
    ("hex digits ignore case", "User-agent: *\nDisallow: /%e3%83%84\n", "/%E3%83%84", False),
    ("rules may hold bare letters", "User-agent: *\nDisallow: /ツ\n", "/%E3%83%84", False),
    ("queries count", "User-agent: *\nDisallow: /*?print=\n", "/a?print=1", False),
    ("rules before any agent are nobody's", "Disallow: /\nUser-agent: *\nDisallow: /b\n", "/a", True),
    ("our group replaces the one for all", DENY_ALL + "User-agent: copydesk\nDisallow: /b\n", "/a", True),
    (
        "groups of one agent merge",
        "User-agent: copydesk\nDisallow: /a\n\nUser-agent: copydesk\nDisallow: /b\n",
        "/b",
        False,
    ),
    ("agents share rules", "User-agent: copydesk\nUser-agent: other\nDisallow: /a\n", "/a", False),
    ("blank lines end no group", "User-agent: copydesk\n\n\nDisallow: /a\n", "/a", False),
    (
        "a sitemap ends no list of agents",
        "User-agent: copydesk\nSitemap: s\nUser-agent: other\nDisallow: /\n",
        "/a",
        False,
    ),
    (
        "nor does a delay",
        "User-agent: copydesk\nCrawl-delay: 1\nUser-agent: other\nDisallow: /\n",
        "/a",
        False,
    ),
    ("our token in capitals", "User-agent: COPYDESK\nDisallow: /a\n", "/a", False),
    ("a token with a version", "User-agent: Copydesk/2.0\nDisallow: /a\n", "/a", False),
    ("a shorter token is another", "User-agent: copy\nDisallow: /a\n", "/a", True),
    ("a longer token is another", "User-agent: copydesk-images\nDisallow: /a\n", "/a", True),
    ("a misspelt disallow", "User-agent: *\nDisalow: /a\n", "/a", False),
    ("a missing colon", "User-agent *\nDisallow /a\n", "/a", False),
    ("a comment", "User-agent: * # all\nDisallow: /a # b\n", "/a", False),
    ("carriage returns end lines", "User-agent: *\rDisallow: /a\r", "/a", False),
    ("a form feed does not", "User-agent: *\nAllow: /\nX: y\x0cDisallow: /a\n", "/a", True),
    ("a byte order mark", b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n", "/a", False),
    ("half a byte order mark", b"\xef\xbbUser-agent: *\nDisallow: /a\n", "/a", False),
    ("an allowed index page allows its directory", DENY_ALL + "Allow: /a/index.html\n", "/a/", True),
    ("but not what lies in it", DENY_ALL + "Allow: /a/index.html\n", "/a/b", False),
    ("a page of HTML allows all", "<html><body>User-agent: *</body></html>", "/a", True),
    ("octets that are no text", b"User-agent: *\nDisallow: /\xe9\n", "/%E9", False),
    ("an empty query is asked for", "User-agent: *\nDisallow: /?\n", "/?", False),
    ("no query is none", "User-agent: *\nDisallow: /?\n", "/", True),
    ("utf-16 by its mark", "User-agent: *\nDisallow: /a\n".encode("utf-16"), "/a", False),
]


@pytest.mark.parametrize(("text", "path", "expected"), [r[1:] for r in RULES], ids=[r[0] for r in RULES])
def test_rule(text, path, expected):
    assert allows(text, path) is expected


def test_a_whole_user_agent_header_means_its_product_token():
    assert not allows("User-agent: copydesk\nDisallow: /\n", "/a", AGENT)
    assert allows("User-agent: bot\nDisallow: /\n", "/a", AGENT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("User-agent: *\nCrawl-delay: 10\n", 10.0),
        ("User-agent: *\nCrawl-delay: 0.5\n", 0.5),
        ("User-agent: *\nCrawl-delay: soon\n", None),
        ("User-agent: *\nCrawl-delay: -3\n", None),
        ("User-agent: *\nCrawl-delay: nan\n", None),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: copydesk\nDisallow: /x\n", 9.0),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: copydesk\nCrawl-delay: 20\n", 20.0),
        ("User-agent: other\nCrawl-delay: 9\n", None),
        ("Crawl-delay: 9\nUser-agent: *\nDisallow:\n", None),
        ("User-agent: copydesk\nDisallow: /x\nCrawl-delay: 4\n", 4.0),
        ("User-agent: copydesk\nUser-agent: other\nCrawl-delay: 4\n", 4.0),
        ("User-agent: copydesk\nCrawl-delay: 4\n\nUser-agent: other\nCrawl-delay: 60\n", 4.0),
        ("User-agent: other\nCrawl-delay: 60\nUser-agent: copydesk\nDisallow: /x\n", None),
    ],
)
def test_crawl_delay_is_the_larger_of_ours_and_everyones(text, expected):
    assert robots.parse(text.encode()).crawl_delay(AGENT) == expected


SHUT = "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
COLLECTORS = [
    ("named and turned away", SHUT, ("ccbot", "gptbot")),
    ("in another spelling", "User-agent: google-EXTENDED/1.0\nDisallow: /\n", ("google-extended",)),
    ("turned away from elsewhere", "User-agent: GPTBot\nDisallow: /photos/\n", ()),
    ("turned away from this part", "User-agent: ClaudeBot\nDisallow: /news/\n", ("claudebot",)),
    ("named and let in", "User-agent: GPTBot\nDisallow: /\nAllow: /news/\n", ()),
    ("everyone is turned away, none by name", DENY_ALL, ()),
    ("a name that no collector has", "User-agent: Searchbot\nDisallow: /\n", ()),
    ("we are let in", SHUT + "User-agent: *\nAllow: /\n", ("ccbot", "gptbot")),
]


@pytest.mark.parametrize(("text", "expected"), [r[1:] for r in COLLECTORS], ids=[r[0] for r in COLLECTORS])
def test_collectors_turned_away_by_name_are_told(text, expected):
    assert robots.parse(text.encode()).opt_outs("https://desk.example/news/1") == expected


def test_sitemaps_are_listed_wherever_they_stand():
    parsed = robots.parse(b"Sitemap: https://d.example/1\nUser-agent: *\nDisallow: /\nSitemap: /2\n")
    assert parsed.sitemaps == ("https://d.example/1", "/2")


def test_what_lies_beyond_the_cap_is_not_read_and_no_rule_is_cut_short():
    filler = b"# " + b"x" * 98 + b"\n"
    body = (
        b"User-agent: *\nDisallow: /early\n" + filler * (robots.LARGEST // len(filler)) + b"Disallow: /late\n"
    )
    body = body[: robots.LARGEST - 3] + b"\nDisallow: /late\n"
    assert not allows(body, "/early")
    assert allows(body, "/late")
    assert allows(body, "/other")


@given(st.binary(max_size=300))
def test_no_file_makes_the_parser_fail(body):
    robots.parse(b"User-agent: *\n" + body).allows("https://desk.example/a", AGENT)


def test_a_hostile_pattern_is_matched_in_linear_time():
    pattern = "/" + "a*" * 5_000 + "b$"
    assert allows(f"User-agent: *\nDisallow: {pattern}\n", "/" + "a" * 20_000)
