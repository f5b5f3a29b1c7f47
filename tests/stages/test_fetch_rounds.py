"""A fetch worker goes on: what becomes due later is fetched, by one report, until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest

from pipeline.errors import IndexUnavailable
from pipeline.stages import fetch, fetch_rounds
from pipeline.stages.fetch_rounds import LOOK_SECONDS, follow
from pipeline.stages.runs import reported
from tests.stages.fetching import Desk

A, B = (f"https://herald.example/{name}" for name in "ab")


def follow_for(desk: Desk, rounds: int, between: Callable[[int], object]) -> str:
    """So many rounds over the desk's world, with `between` called after each; the id of the report."""
    done = 0
    with reported("fetch", desk.world.runs, desk.world.articles, desk.clock.now) as run:

        def fetch_due() -> None:
            nonlocal done
            ports = desk.ports()
            try:
                fetch.run(ports, desk.catalogue, desk.options(), run, None)
            finally:
                ports.threads.shutdown()
            done += 1
            between(done)

        fetch_rounds.follow(
            fetch_due,
            run,
            lambda: done >= rounds,
            monotonic=lambda: desk.clock.now().timestamp(),
            sleep=lambda seconds: desk.later(seconds=seconds),
        )
    return run.run_id


def test_article_that_is_announced_later_is_fetched_in_a_later_round():
    desk = Desk()
    desk.feed(A)

    def announce(_: int) -> None:
        desk.feed(A, B)
        desk.later(minutes=20)

    run_id = follow_for(desk, 2, announce)
    report = desk.world.runs.all()[run_id]
    assert {"fetched": 2} == report.outcomes
    assert 2 == report.discovered
    assert {A, B} == {raw.url for raw in desk.raws()}
    assert [run_id] == list(desk.world.runs.all())


def test_source_is_asked_in_its_own_rhythm_however_many_rounds_there_are():
    desk = Desk()
    desk.feed(A)
    follow_for(desk, 10, lambda _: None)
    assert 1 == len([asked for asked in desk.web.log if asked.url.endswith("/feed")])


@pytest.mark.parametrize(
    ("round_seconds", "expected"), [(1.0, LOOK_SECONDS), (20.0, 20.0)], ids=["short rounds", "long ones"]
)
def test_round_begins_when_the_one_before_is_over_and_not_too_soon(round_seconds, expected):
    desk = Desk()
    began: list[datetime] = []

    def fetch_due() -> None:
        began.append(desk.clock.at)
        desk.later(seconds=round_seconds)

    with reported("fetch", desk.world.runs, desk.world.articles, desk.clock.now) as run:
        follow(
            fetch_due,
            run,
            lambda: len(began) == 4,
            monotonic=lambda: desk.clock.now().timestamp(),
            sleep=lambda seconds: desk.later(seconds=seconds),
        )
    waits = [(later - earlier).total_seconds() for earlier, later in pairwise(began)]
    assert waits == pytest.approx([expected] * 3, abs=0.5)


def test_store_that_does_not_answer_ends_the_worker():
    desk = Desk()

    def down() -> None:
        raise IndexUnavailable("Elasticsearch does not answer")

    with (
        pytest.raises(IndexUnavailable),
        reported("fetch", desk.world.runs, desk.world.articles, desk.clock.now) as run,
    ):
        follow(down, run, lambda: False)
    assert "failed" == desk.world.runs.all()[run.run_id].status
