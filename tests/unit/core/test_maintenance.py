"""What daily maintenance owes, decided from what was found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ledger import FetchSection, LedgerEntry
from pipeline.core.maintenance import (
    first_article_ids,
    is_rebuild_due,
    is_still_listed,
    list_due,
    runs_expire_before,
    shares,
)

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
DAY = timedelta(days=1)


def entry(**changed: object) -> LedgerEntry:
    given_: dict[str, object] = {
        "source_id": "herald",
        "url": "https://herald.example/a",
        "canonical_url": "https://herald.example/a",
        "host": "herald.example",
        "run_id": "fetch-1",
        "discovered_at": NOW - 100 * DAY,
        "attempted_at": NOW - 100 * DAY,
        "outcome": "fetched",
        **changed,
    }
    return LedgerEntry(article_id="a-1", fetch=FetchSection(**given_))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "listed"),
    [
        (None, False),
        (LedgerEntry(article_id="a-1"), False),
        (entry(fetched_at=NOW - 46 * DAY), False),
        (entry(fetched_at=NOW - 44 * DAY), True),
        (entry(fetched_at=NOW - 90 * DAY, attempted_at=NOW - DAY, outcome="not-modified"), True),
        (entry(fetched_at=NOW - 90 * DAY, attempted_at=NOW - DAY, outcome="discarded"), False),
        (entry(fetched_at=NOW - 90 * DAY, attempted_at=NOW - DAY, outcome="deferred"), False),
        (entry(fetched_at=NOW - 90 * DAY, validated_at=NOW - 2 * DAY), True),
    ],
    ids=[
        "nobody knows the article",
        "it was never fetched",
        "fetched longer ago than a text is kept",
        "fetched lately",
        "the source said lately that it is unchanged",
        "the source refused it lately",
        "it was put off lately",
        "whole page seen lately",
    ],
)
def test_text_is_kept_while_its_source_shows_the_article(held, listed):
    assert listed is is_still_listed(held, NOW)


@pytest.mark.parametrize(
    ("newest", "documents", "began", "due"),
    [
        (None, 0, None, None),
        (None, 1_199, NOW - 13 * DAY, None),
        (None, 1_200, NOW - DAY, "first"),
        (None, 1_200, None, "first"),
        (None, 3, NOW - 14 * DAY, "first"),
        (NOW - 6 * DAY, 5_000, NOW - 90 * DAY, None),
        (NOW - 7 * DAY, 5_000, NOW - 90 * DAY, "renewed"),
        (NOW - 7 * DAY, 0, NOW - 90 * DAY, "renewed"),
    ],
    ids=[
        "nothing was seen",
        "too little and too early",
        "enough on the first day",
        "enough, though nobody knows since when",
        "a small newsroom after two weeks",
        "the list is young",
        "the list is a week old",
        "a list is renewed though nothing is there to learn from, for the log forgets the old one",
    ],
)
def test_list_is_due_once_there_is_enough_and_then_every_week(newest, documents, began, due):
    assert due == list_due(NOW, newest, documents=documents, began=began)


@pytest.mark.parametrize(
    ("in_force", "without", "due"),
    [(False, 9, False), (True, 9, True), (True, 0, False)],
    ids=["no list yet", "texts from before the list", "all under a list"],
)
def test_rebuild_is_due_while_texts_were_decided_without_a_list(in_force, without, due):
    assert due is is_rebuild_due(list_in_force=in_force, decided_without=without)


def test_reports_are_kept_as_long_as_the_ledger_is_checked_against_them():
    from pipeline.stages.accounts import REMEMBERED

    assert NOW - REMEMBERED == runs_expire_before(NOW)


def test_small_sources_are_read_whole_and_large_ones_in_part():
    found = shares({"large": 1_000, "small": 10, "middle": 125}, 210)
    assert {"small": 1.0, "middle": 0.8, "large": 0.1} == found


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 100_000), max_size=30), st.integers(30, 50_000))
def test_shares_stay_within_the_limit_and_leave_no_room_unused(texts, limit):
    found = shares(texts, limit)
    read = sum(round(texts[source] * part) for source, part in found.items())
    assert read <= limit
    assert read == sum(texts.values()) or read >= limit - len(texts)
    assert all(0 < part <= 1 for part in found.values())


@pytest.mark.parametrize(
    ("part", "below"),
    [(1.0, None), (0.5, "a-80000000"), (0.25, "a-40000000"), (0.0, "a-00000000")],
    ids=["all", "half", "a quarter", "none"],
)
def test_part_of_the_articles_is_a_range_of_ids(part, below):
    assert below == first_article_ids(part)
