"""Listing pages: which links are articles, and pages made to take long."""

import time

import pytest

from pipeline.core import feeds
from tests.unit.core.feeds.documents import AT, PAGE, parse, refused


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
