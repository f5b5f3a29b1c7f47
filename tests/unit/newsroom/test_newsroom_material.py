"""The invented texts: copies are copies, different stories share next to nothing, furniture is no text."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.material import stories
from newsroom.room import open_room

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def true():
    return open_room(NOW).truth


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))


def test_distinct_stories_share_less_than_three_percent_of_their_shingles():
    sets = {story.id: shingles(" ".join(block.text for block in story.blocks)) for story in stories()}

    shared = {
        (a, b): len(sets[a] & sets[b]) / min(len(sets[a]), len(sets[b]))
        for a, b in itertools.combinations(sets, 2)
        if not (a.startswith("results-") and b.startswith("results-"))
    }

    assert {pair: share for pair, share in shared.items() if share >= 0.03} == {}


def test_copies_share_at_least_half_of_the_shorter_text(true):
    for urls in true.copies().values():
        for a, b in itertools.combinations(urls, 2):
            one, other = shingles(true.articles[a].text), shingles(true.articles[b].text)
            assert len(one & other) >= 0.5 * min(len(one), len(other)), (a, b)


def test_furniture_of_a_page_is_not_in_its_true_text(true):
    clashes = [
        (article.id, line)
        for article in true.articles.values()
        for line in article.furniture
        if line in article.text
    ]

    assert clashes == []


def test_every_article_is_from_the_last_two_days(true):
    ages = [NOW - article.published_at for article in true.articles.values()]

    assert min(ages) > timedelta(0)
    assert max(ages) < timedelta(days=2)


def test_same_time_gives_the_same_newsroom(true):
    assert open_room(NOW).truth == true


def test_article_addresses_are_unique(true):
    articles = open_room(NOW).desk.articles()

    assert len({article.id for article in articles}) == len(true.articles) == len(articles)


def test_every_form_of_teaser_is_in_use():
    articles = open_room(NOW).desk.articles()

    assert {article.teaser for article in articles} == {
        "link",
        "strong",
        "embed",
        "also",
        "plain",
        "aside",
        "none",
    }
