"""Invented news without end: different stories stay different, copies stay copies, announcements follow."""

import itertools
import json
import random
import time
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlsplit

import pytest

from newsroom import serve
from newsroom.feeds import LISTED
from newsroom.grammar import expand
from newsroom.live import LiveWire
from newsroom.overlap import overlap, shingles
from newsroom.room import open_room

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def articles():
    wire = LiveWire(open_room(NOW).desk)
    return [wire.next_article(NOW) for _ in range(150)]


def words(article):
    return shingles(" ".join(block.text for block in article.current.blocks))


def test_different_invented_stories_share_less_than_a_third(articles):
    texts = {a.story_id: (a.language, words(a)) for a in articles if a.treatment in {"full", "single"}}

    highest = max(
        overlap(one[1], other[1])
        for one, other in itertools.combinations(texts.values(), 2)
        if one[0] == other[0]
    )

    assert len(texts) > 40
    assert highest < 0.3


def test_carriers_of_one_invented_story_share_most_of_it(articles):
    by_story = {}
    for article in articles:
        by_story.setdefault(article.story_id, []).append(words(article))
    copied = [group for group in by_story.values() if len(group) > 1]

    assert len(copied) > 20
    assert all(overlap(a, b) > 0.6 for group in copied for a, b in itertools.combinations(group, 2))


def test_invented_articles_come_in_five_languages_and_four_treatments(articles):
    assert {a.language for a in articles} == {"en", "de", "fr", "es", "ar"}
    assert {a.treatment for a in articles} >= {"full", "retitled", "cut", "local", "single"}


def test_no_pattern_sign_is_left_in_a_text(articles):
    texts = [block.text for a in articles for block in a.current.blocks] + [a.current.title for a in articles]

    assert [text for text in texts if any(sign in text for sign in "{}[]|")] == []


def test_same_seed_gives_the_same_articles(articles):
    wire = LiveWire(open_room(NOW).desk)

    assert [wire.next_article(NOW) for _ in range(20)] == articles[:20]


def test_unknown_slot_is_an_error():
    with pytest.raises(KeyError):
        expand("{a|a} [nowhere]", {}, random.Random(1))


def test_published_article_is_announced_first_and_served(room, ask):
    reply = json.loads(ask("http://newsroom.example/_newsroom/publish", "POST", b"").body)
    article = room.truth.article(reply["id"])
    source = next(s for s in room.sources if s["id"] == article.source_id)

    announced = ask(source["url"]).body.decode("utf-8", "replace")

    assert escape(urlsplit(article.canonical_url).path) in announced
    assert ask(article.url).status == 200


def test_held_article_comes_out_when_asked(room, ask):
    held = "harbour-herald/pilot-swims-to-drifting-barge"
    assert held in room.desk.held()

    reply = ask("http://newsroom.example/_newsroom/publish", "POST", json.dumps({"id": held}).encode())

    assert reply.status == 200
    assert held not in room.desk.held()
    assert ask(room.truth.article(held).url).status == 200


def test_announcements_keep_the_newest_entries_only(room, ask):
    for _ in range(400):
        room.publish()

    feed = json.loads(ask("http://news.eastvaledispatch.example/feed.json").body)

    assert len(feed["items"]) == LISTED
    assert feed["items"] == sorted(feed["items"], key=lambda item: item["date_published"], reverse=True)


def test_live_room_publishes_by_itself_and_corrects_later():
    with serve(live=0.02, correct_after=0.05) as room:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            articles = room.truth.articles.values()
            live = sum(article.group.startswith("live-") for article in articles)
            corrected = sum(article.revisions == 2 for article in articles)
            if live >= 3 and corrected >= 2:
                break
            time.sleep(0.05)

    assert live >= 3
    assert corrected == 2
