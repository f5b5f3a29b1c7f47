"""The window in memory: nothing that matches is missing, in bounded memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.copies.lookup import CandidateQuery, Sketched, milliseconds, numbers
from pipeline.core.copies.window import Window

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = milliseconds(NOON - 1000 * HOUR)

ALPHABET = [number * 2**36 + number for number in range(12)]
"""Terms few enough to be shared often; they differ in the bits a posting keeps."""
sketches = st.builds(
    Sketched,
    key=st.builds("a-{}#{}".format, st.integers(0, 30), st.integers(0, 1)),
    position=st.integers(0, 20),
    language=st.sampled_from(["en", "de"]),
    event_at=st.integers(-200, 0).map(lambda hours: NOON + hours * HOUR),
    net_shingles=st.sampled_from([71, 72, 500]),
    terms=st.sets(st.sampled_from(ALPHABET)).map(lambda terms: np.array(sorted(terms), dtype=np.uint64)),
)


def query(terms: list[int], **fields: object) -> CandidateQuery:
    given: dict[str, object] = {
        "article_id": "a-3",
        "language": "en",
        "event_from": NOON - 168 * HOUR,
        "event_to": NOON + 168 * HOUR,
        "terms": tuple(f"{term:016x}" for term in terms),
        "minimum": 2,
        "short_below": 72,
        "before": 15,
    }
    return CandidateQuery(**{**given, **fields})


@given(st.lists(st.lists(sketches, max_size=12), max_size=8), st.sampled_from([3, 40, 10**6]))
def test_window_finds_all_that_matches_from_its_horizon_on(batches, budget):
    window = Window(LONG_AGO, budget)
    for batch in batches:
        window.add(batch)
    kept = [one for batch in batches for one in batch if milliseconds(one.event_at) >= window.horizon]
    asked = [query(ALPHABET[:7]), query(ALPHABET[4:], minimum=1), query([])]
    for one, keys in zip(asked, window.near(asked), strict=True):
        assert {sketch.key for sketch in kept if one.matches(sketch)} <= set(keys)
        assert keys == sorted(set(keys))


@given(st.lists(sketches, unique_by=lambda one: one.key), st.sets(st.sampled_from(ALPHABET)))
def test_window_finds_nothing_else_where_each_revision_came_once(batch, terms):
    window = Window(LONG_AGO)
    window.add(batch)
    asked = query(sorted(terms), article_id="a-none")
    assert window.near([asked]) == [sorted(sketch.key for sketch in batch if asked.matches(sketch))]


def sketch(number: int, hours: int = 0) -> Sketched:
    return Sketched(
        key=f"a-{number}#0",
        position=number,
        language="en",
        event_at=NOON + hours * HOUR,
        net_shingles=500,
        terms=np.arange(number * 100, number * 100 + 50, dtype=np.uint64),
    )


def test_beyond_its_budget_a_window_lets_the_oldest_go_and_says_so():
    window = Window(LONG_AGO, budget=1000)
    for number in range(200):
        window.add([sketch(number, hours=number)])
        assert window.postings <= 1000
    assert window.horizon > milliseconds(NOON + 150 * HOUR)
    late = [
        query(list(range(n * 100, n * 100 + 50)), before=999, event_to=NOON + 999 * HOUR) for n in (50, 199)
    ]
    assert window.near(late) == [[], ["a-199#0"]]
    assert len(window) == window.postings / 50


def test_even_when_all_are_dated_alike_a_window_keeps_its_budget():
    window = Window(LONG_AGO, budget=1000)
    window.add(sketch(number) for number in range(30))
    assert (window.postings, window.horizon) == (0, milliseconds(NOON) + 1)


def test_terms_are_sixteen_hexadecimal_digits():
    assert numbers(["00000000000000ff", "f" * 16]).tolist() == [255, 2**64 - 1]
    assert numbers([]).tolist() == []
    with pytest.raises(ValueError):
        numbers(["none such"])
