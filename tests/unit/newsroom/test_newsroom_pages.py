"""Article pages: hostile to extractors, yet honest: the true text is there and can be had."""

import json
import re

import pytest
import trafilatura

from newsroom.material import outlets
from newsroom.room import open_room
from newsroom.truth import TrueArticle

LABEL = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
WHATWG = {"iso-8859-1": "windows-1252"}


def decoded(body: bytes, content_type: str) -> str:
    """WHATWG order: byte order mark, header, meta; then UTF-8, which all unlabelled pages here are."""
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode()
    label = LABEL.search(content_type.encode()) or LABEL.search(body[:1024])
    name = label.group(1).decode().lower() if label else "utf-8"
    return body.decode(WHATWG.get(name, name))


def flat(text: str) -> str:
    """One space for any white space, and no zero-width non-joiners, which the library drops."""
    return " ".join(text.replace("\u200c", "").split())


@pytest.fixture(scope="module")
def room():
    return open_room()


@pytest.fixture(scope="module")
def pages(room) -> dict[str, tuple[TrueArticle, str]]:
    found = {}
    for article in room.truth.articles.values():
        host, _, path = article.canonical_url.removeprefix("http://").partition("/")
        answer = room.answer(host, f"/{path}")
        found[article.id] = article, decoded(answer.body, answer.content_type)
    return found


def test_every_paragraph_is_on_its_page_once_decoded_by_the_standard(pages):
    missing = [
        (article.id, paragraph)
        for article, html in pages.values()
        for paragraph in article.paragraphs
        if paragraph not in html.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    ]

    assert missing == []


def test_every_furniture_line_is_on_its_page(pages):
    missing = [
        (article.id, line)
        for article, html in pages.values()
        for line in article.furniture
        if line not in html.replace("&#x27;", "'").replace("&quot;", '"').replace("&amp;", "&")
    ]

    assert missing == []


def test_library_defaults_find_most_of_every_text(pages):
    shares = {}
    for article, html in pages.values():
        text = flat(trafilatura.extract(html, include_comments=False) or "")
        found = sum(len(p) for p in article.paragraphs if flat(p) in text)
        shares[article.id] = found / sum(map(len, article.paragraphs))

    assert {name: share for name, share in shares.items() if share < 0.9} == {}


def test_library_defaults_leave_furniture_on_many_pages(pages):
    """Otherwise the newsroom is no test of anything."""
    soiled = [
        article.id
        for article, html in pages.values()
        if any(flat(line) in flat(trafilatura.extract(html) or "") for line in article.furniture)
    ]

    assert len(soiled) > len(pages) / 3


def test_structured_data_is_right_broken_or_absent_as_the_outlet_says(pages):
    seen = set()
    for article, html in pages.values():
        kind = outlets()[article.source_id].structured
        match = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        seen.add(kind)
        if kind == "right" and match:
            assert json.loads(match.group(1))["headline"] == article.title
        elif kind == "broken" and match:
            with pytest.raises(json.JSONDecodeError):
                json.loads(match.group(1))
        else:
            assert match is None

    assert seen == {"right", "broken", "absent"}


def test_seed_troubles_are_rebuilt(pages):
    _, wordpress = pages["harbour-herald/kestrian-envoy-second-round-fisheries-talks"]
    _, blogger = pages["tidewater-notebook/premier-confirms-third-round"]

    assert wordpress.count('class="sharing"') == 3
    assert "<p>&nbsp; " in wordpress
    assert "Exit mobile version" in wordpress
    assert "\n/head>" in blogger
    assert "</head>" not in blogger
    assert (
        blogger.count("<br /><br />")
        == len(pages["tidewater-notebook/premier-confirms-third-round"][0].paragraphs) - 1
    )
