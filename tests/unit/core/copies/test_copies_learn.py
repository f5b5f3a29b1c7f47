"""Furniture learnt from what was seen: what is stopped, and what must not be."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from pipeline.core.copies import tokenize
from pipeline.core.copies.furniture import MAX_ENCODED, encode
from pipeline.core.copies.learn import enough_for_a_first_list, learn
from pipeline.core.copies.sample import Seen, sample
from pipeline.core.copies.shingles import member, shingle

SPREAD = [0, 5, 10]


@pytest.fixture(scope="session")
def seen(some_words, monday):
    def build(words, *, source="herald", days=0.0, language="en"):
        return Seen(source, language, monday + timedelta(days=days), tokenize(" ".join(words)))

    return build


def share_stopped(furniture, words, source="any"):
    stops = furniture.stops(source)
    return float(member(shingle(tokenize(" ".join(words))), stops).mean())


def around(block, some_words, seed, own=120):
    """A document of its own that carries a block in its middle."""
    body = some_words(1000 + seed, own)
    return [*body[: own // 2], *block, *body[own // 2 :]]


def test_nothing_is_learnt_from_nothing():
    furniture = learn([])
    assert (furniture.position, furniture.size) == (0, 0)


def test_block_that_many_documents_carry_over_weeks_is_furniture(seen, some_words):
    block = some_words(1, 30)
    documents = [
        seen(around(block, some_words, number), source=f"outlet-{number}", days=number / 2)
        for number in range(40)
    ]
    furniture = learn(documents)
    assert share_stopped(furniture, block) == 1
    assert share_stopped(furniture, some_words(1005, 60)) < 0.1


def test_eight_documents_are_not_enough(seen, some_words):
    block = some_words(1, 30)
    documents = [
        seen(around(block, some_words, number), source=f"outlet-{number}", days=number) for number in range(8)
    ]
    assert share_stopped(learn(documents), block) == 0


def test_feature_syndicated_over_weeks_is_not_furniture_below_twenty_documents(seen, some_words):
    """Dates alone must not condemn what a dozen weeklies print one after the other."""
    feature = some_words(1, 300)
    documents = [seen(feature, source=f"weekly-{number}", days=1.5 * number) for number in range(14)]
    assert learn(documents).size == 0


@pytest.mark.parametrize(
    "hours", [10, 24, 120], ids=["one day", "a day and a night", "trickling in over five days"]
)
def test_wire_story_carried_by_forty_outlets_is_not_furniture(seen, some_words, hours):
    """The trap of plain document frequency: the more outlets carry a story, the surer it is torn apart."""
    wire = some_words(1, 400)
    documents = [
        seen(wire, source=f"outlet-{number}", days=8 + hours / 24 * number / 40) for number in range(40)
    ]
    documents += [seen(some_words(100 + number, 300), days=number / 2) for number in range(60)]
    assert share_stopped(learn(documents), wire) == 0


def test_one_wrongly_dated_copy_does_not_make_a_wire_story_furniture(seen, some_words):
    wire = some_words(1, 400)
    days = [8 + number / 40 for number in range(40)]
    days[3] = -300
    documents = [seen(wire, source=f"outlet-{number}", days=day) for number, day in enumerate(days)]
    assert share_stopped(learn(documents), wire) == 0


def test_wire_story_with_local_paragraphs_is_not_furniture(seen, some_words):
    """Half of the outlets add text of their own; most of the story's documents are still nothing but it."""
    wire = some_words(1, 300)
    documents = [
        seen(
            [*wire, *some_words(500 + number, 200 if number % 2 else 0)],
            source=f"o{number}",
            days=number / 50,
        )
        for number in range(60)
    ]
    assert share_stopped(learn(documents), wire) == 0


@pytest.mark.parametrize("span", [0.5, 5, 11], ids=["half a day", "five days", "eleven days"])
def test_block_is_told_by_what_stands_around_it_when_all_was_seen_within_days(seen, some_words, span):
    block = some_words(1, 30)
    documents = [
        seen(around(block, some_words, number), source=f"o{number}", days=span * number / 40)
        for number in range(40)
    ]
    assert share_stopped(learn(documents), block) == 1


def test_copies_of_one_carrier_count_once(seen, some_words):
    """Thirty copies of one article that holds a block prove nothing about the block."""
    carrier = around(some_words(1, 30), some_words, 1)
    documents = [seen(carrier, source=f"o{number}", days=number / 30) for number in range(30)]
    assert learn(documents).size == 0


@pytest.mark.parametrize("span", [3, 18], ids=["within days", "over weeks"])
def test_template_of_a_robot_is_furniture(seen, some_words, span):
    sentences = [some_words(number, 16) for number in range(6)]
    drawn = random.Random(1)
    documents = []
    for number in range(60):
        gaps = [[f"name{number}", str(drawn.randrange(10**6)), f"w{drawn.randrange(4)}"] for _ in sentences]
        notice = [word for gap, sentence in zip(gaps, sentences, strict=True) for word in (*gap, *sentence)]
        documents.append(seen(notice, source=f"o{number}", days=span * number / 60))
    furniture = learn(documents)
    assert all(share_stopped(furniture, sentence) == 1 for sentence in sentences)


def test_what_one_source_prints_for_weeks_is_its_own_furniture(seen, some_words):
    foot = some_words(1, 40)
    documents = [
        seen([*some_words(100 + number, 80), *foot], source="small", days=day)
        for number, day in enumerate(SPREAD)
    ]
    furniture = learn(documents)
    assert share_stopped(furniture, foot, "small") == 1
    assert share_stopped(furniture, foot, "other") == 0
    assert share_stopped(furniture, some_words(100, 80), "small") == 0


def test_two_periods_are_not_weeks(seen, some_words):
    foot = some_words(1, 40)
    documents = [seen([*some_words(100 + number, 80), *foot], days=number / 2) for number in range(6)]
    assert learn(documents).by_source == {}


def test_phrase_of_a_house_style_is_not_furniture(seen, some_words):
    """Seven words that a source likes are shorter than a window."""
    phrase = some_words(1, 7)
    documents = [
        seen([*some_words(100 + number, 80), *phrase, *some_words(200 + number, 80)], days=day)
        for number, day in enumerate(SPREAD)
    ]
    assert share_stopped(learn(documents), phrase, "herald") == 0


def test_window_is_eight_words_long_in_scripts_without_spaces_too(seen, some_words):
    foot = ["この記事の無断転載を禁じます写真は本社撮影"]
    texts = [[chr(0x4E00 + 37 * number + place) for place in range(60)] for number in range(3)]
    documents = [
        seen([*text, *foot], source="asahi", language="ja", days=day)
        for text, day in zip(texts, SPREAD, strict=True)
    ]
    stops = learn(documents).stops("asahi")
    assert member(shingle(tokenize(foot[0]), 6), stops).all()


def test_order_of_documents_does_not_matter(seen, some_words):
    block, foot = some_words(1, 30), some_words(2, 30)
    documents = [
        seen([*around(block, some_words, number), *foot], source=f"o{number % 9}", days=number / 2)
        for number in range(40)
    ]
    shuffled = random.Random(7).sample(documents, len(documents))
    assert encode(learn(documents)) == encode(learn(shuffled))


def test_sample_gives_every_source_its_share(seen):
    documents = [seen([f"big{number}"], source="big") for number in range(900)]
    documents += [seen([f"small{number}"], source="small") for number in range(40)]
    kept = sample(documents, limit=100)
    assert len(kept) == 100
    assert sum(document.source_id == "small" for document in kept) == 40


def test_sample_does_not_depend_on_order(seen):
    documents = [seen([f"w{number}"], source=f"o{number % 7}", days=number % 20) for number in range(500)]
    shuffled = random.Random(7).sample(documents, len(documents))
    assert [d.shingles.tolist() for d in sample(documents, 60)] == [
        d.shingles.tolist() for d in sample(shuffled, 60)
    ]


def test_more_sources_than_places_keep_one_document_each(seen):
    documents = [seen([f"w{number}"], source=f"o{number}") for number in range(50)]
    assert len(sample(documents, limit=10)) == 50


def test_list_stays_within_what_an_edit_carries(seen, some_words, monkeypatch):
    from pipeline.core.copies import learn as module

    monkeypatch.setattr(module, "MAX_ENCODED", 4000)
    foot = some_words(1, 120)
    documents = [
        seen([*some_words(100 + number, 80), *some_words(source, 120)], source=f"s{source}", days=day)
        for source in range(5)
        for number, day in enumerate(SPREAD)
    ]
    furniture = learn(documents)
    assert 0 < len(furniture.by_source) < 5
    assert len(encode(furniture)) <= 4000 < MAX_ENCODED
    assert len(foot) == 120


@pytest.mark.parametrize(
    ("documents", "days", "enough"),
    [(0, 30, False), (160, 3, False), (1_200, 0.5, True), (160, 13, False), (160, 14, True)],
    ids=[
        "nothing seen",
        "a small newsroom's first days",
        "a large one's first day",
        "a small one's second week",
        "two weeks of it",
    ],
)
def test_first_list_waits_until_enough_was_seen(documents, days, enough):
    assert enough_for_a_first_list(documents, days) is enough
