"""Run reports: opened before the first write, closed whatever happens, balanced after a death."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.ledger import FetchSection, LedgerEntry, apply
from pipeline.ports import Where, Write
from pipeline.stages.runs import DEAD_AFTER, reported

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time

    def advance(self, step: timedelta) -> None:
        self.time += step


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def discover(world: MemoryWorld, run_id: str, number: int) -> None:
    for name in range(number):
        section = FetchSection(
            source_id="herald",
            url=f"https://herald.example/{name}",
            canonical_url=f"https://herald.example/{name}",
            host="herald.example",
            run_id=run_id,
            discovered_at=NOON,
            attempted_at=NOON,
            outcome="discovered",
        )
        entry = apply(LedgerEntry(article_id=f"a-{name}"), section)
        world.articles.put([Write(id=entry.article_id, value=entry)])


def report_of(world: MemoryWorld, run_id: str):
    return world.runs.get([run_id])[run_id].value


def test_report_is_open_before_the_body_runs(world, clock):
    with reported("clean", world.runs, world.articles, clock) as run:
        assert "open" == report_of(world, run.run_id).status


def test_counts_are_saved_at_the_end(world, clock):
    with reported("clean", world.runs, world.articles, clock, trigger="a test") as run:
        run.tally.count("published", times=2)
        run.tally.count("discarded", "too-short")
        clock.advance(timedelta(seconds=5))
    report = report_of(world, run.run_id)
    assert {"discarded(too-short)": 1, "published": 2} == report.outcomes
    assert ("finished", NOON + timedelta(seconds=5), "a test") == (
        report.status,
        report.ended_at,
        report.trigger,
    )


def test_failure_keeps_the_counts_and_says_why(world, clock):
    def fail() -> None:
        with reported("clean", world.runs, world.articles, clock) as run:
            run.tally.count("published")
            raise ZeroDivisionError("one over none")

    with pytest.raises(ZeroDivisionError):
        fail()
    (report,) = (stored.value for stored in _all_runs(world))
    assert ("failed", {"published": 1}) == (report.status, report.outcomes)
    assert "one over none" in report.error


def test_sign_of_life_is_saved_now_and_then(world, clock):
    with reported("clean", world.runs, world.articles, clock) as run:
        run.tally.count("published")
        run.heard()
        assert {} == report_of(world, run.run_id).outcomes
        clock.advance(timedelta(seconds=20))
        run.heard()
        assert {"published": 1} == report_of(world, run.run_id).outcomes


def test_dead_run_is_closed_by_the_next_with_what_the_ledger_holds(world, clock):
    manager = reported("fetch", world.runs, world.articles, clock)
    died = manager.__enter__()
    discover(world, died.run_id, 3)
    clock.advance(DEAD_AFTER + timedelta(seconds=1))
    with reported("clean", world.runs, world.articles, clock):
        report = report_of(world, died.run_id)
    assert ("dead", 3) == (report.status, report.discovered)


def test_run_that_is_merely_busy_is_left_alone(world, clock):
    manager = reported("fetch", world.runs, world.articles, clock)
    busy = manager.__enter__()
    clock.advance(DEAD_AFTER / 2)
    with reported("clean", world.runs, world.articles, clock):
        assert "open" == report_of(world, busy.run_id).status


def _all_runs(world: MemoryWorld):
    world.runs.refresh()
    return list(world.runs.find(Where()))
