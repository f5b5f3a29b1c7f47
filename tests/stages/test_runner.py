"""The loop: where a drain ends, what it commits, and when it refuses to go on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.records import Message, Record
from pipeline.errors import DeadLetterLimit
from pipeline.stages.outcome import Outcome
from pipeline.stages.runner import Pace, PoisonGuard, consume
from pipeline.stages.runs import reported
from tests.stages.indexing import now

RAW = "news.articles.raw.v1"
GROUP = "copydesk-clean"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def produce(world: MemoryWorld, *keys: str) -> None:
    world.publisher().publish([Message(topic=RAW, key=key, value=b"{}", headers={}) for key in keys])


def lag(world: MemoryWorld) -> int:
    reader = world.reader()
    committed = reader.committed(GROUP, RAW)
    ends = reader.ends(RAW)
    return sum(end - committed.get(p, (0, ""))[0] for p, (_, end) in ends.items())


def drain(world: MemoryWorld, step, **pace):
    with reported("clean", world.runs, world.articles, now) as run:
        consumer = world.consumer(GROUP, RAW)
        try:
            return consume(consumer, step, Pace(batch=3, **pace), run), run
        finally:
            consumer.close()


def counted(records: Sequence[Record]) -> list[Outcome]:
    return [Outcome("published") for _ in records]


def test_drain_reads_to_the_ends_and_commits(world):
    produce(world, *(f"k{i}" for i in range(20)))
    ended, run = drain(world, counted)
    assert ("at-the-ends", 20, 0) == (ended, run.tally.outcomes["published"], lag(world))


def test_drain_does_not_chase_records_that_come_while_it_runs(world):
    produce(world, "first")

    def step(records: Sequence[Record]) -> list[Outcome]:
        if records:
            produce(world, "again")
        return counted(records)

    _, run = drain(world, step)
    assert run.tally.outcomes["published"] < 5
    assert lag(world) > 0


def test_lingering_drain_takes_what_comes_while_it_waits(world):
    produce(world, *(f"k{i}" for i in range(20)))
    late = iter(["late"])

    def step(records: Sequence[Record]) -> list[Outcome]:
        produce(world, *late)
        return counted(records)

    ended, run = drain(world, step, linger=0.3)
    assert ("at-the-ends", 21, 0) == (ended, run.tally.outcomes["published"], lag(world))


def test_lingering_drain_ends_when_its_time_is_over(world):
    def step(records: Sequence[Record]) -> list[Outcome]:
        produce(world, *("again" for _ in records))
        return counted(records)

    produce(world, "first")
    ended, _ = drain(world, step, linger=60.0, seconds=0.2)
    assert "out-of-time" == ended


@pytest.mark.parametrize("linger", [0.0, 60.0])
def test_empty_topic_ends_at_once(world, linger):
    ended, run = drain(world, counted, linger=linger)
    assert ("at-the-ends", {}) == (ended, dict(run.tally.outcomes))


def test_nothing_of_a_failed_batch_is_committed(world):
    produce(world, "one", "two")

    def step(records: Sequence[Record]) -> list[Outcome]:
        raise RuntimeError("no disk")

    with pytest.raises(RuntimeError):
        drain(world, step)
    assert 2 == lag(world)


def test_time_budget_ends_a_drain_with_the_rest_left_for_the_next(world):
    produce(world, *(f"k{i}" for i in range(20)))
    ended, _ = drain(world, counted, seconds=0)
    assert "out-of-time" == ended
    assert lag(world) > 0


def test_follower_goes_on_until_told_to_stop(world):
    produce(world, "one")
    turns = iter([False] * 9 + [True] * 9)
    ended, run = drain(world, counted, follow=True, stop=lambda: next(turns))
    assert ("stopped", 1) == (ended, run.tally.outcomes["published"])


def test_markers_alone_are_committed_past(world):
    consumer = world.consumer("other", "news.articles.clean.v1")
    consumer.poll(1, 0)
    writer = world.transactions(consumer, "writer")
    writer.initialise()
    writer.begin({}, "")
    writer.publish([Message(topic=RAW, key="k", value=b"{}", headers={})])
    writer.abort()
    drain(world, counted)
    assert 0 == lag(world)


@pytest.mark.parametrize(
    ("read", "poison", "stops"),
    [(100, 60, True), (100, 40, False), (10, 10, False)],
    ids=["most are poison", "some are", "all are, but few"],
)
def test_guard_stops_a_run_that_would_empty_the_topic(read, poison, stops):
    guard = PoisonGuard()
    if stops:
        with pytest.raises(DeadLetterLimit):
            guard.admit(read, poison)
    else:
        guard.admit(read, poison)
