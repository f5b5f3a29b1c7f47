"""What a person is called for, and what not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.records import Message
from pipeline.core.sources import Source, SourceState
from pipeline.ports import Write
from pipeline.stages.checkup import alarming_sources, late_groups

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RAW = "news.articles.raw.v1"
LOG = "news.articles.clean.v1"


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def world(clock: list[datetime]) -> MemoryWorld:
    return MemoryWorld(now=lambda: clock[0])


def row(name: str, **changes: object) -> Source:
    source = Source(id=name, name=name.title(), kind="feed", url=f"https://{name}.example/feed")
    return replace(source, **changes)


def state(name: str, **changes: object) -> SourceState:
    healthy = SourceState(
        source_id=name,
        url=f"https://{name}.example/feed",
        success_at=NOW,
        new_at=NOW,
        items_seen=20,
    )
    return replace(healthy, **changes)


def told(world: MemoryWorld, *pairs: tuple[Source, SourceState]) -> list[str]:
    world.sources.put([Write(id=held.source_id, value=held) for _, held in pairs])
    return alarming_sources([source for source, _ in pairs], world.sources, NOW)


def test_healthy_source_calls_nobody(world):
    assert [] == told(world, (row("herald"), state("herald")))


def test_source_never_asked_calls_nobody(world):
    assert [] == alarming_sources([row("herald")], world.sources, NOW)


def test_broken_source_is_named_with_its_evidence(world):
    failing = state(
        "herald",
        reason="http-error",
        status=500,
        failures=4,
        failure_class="hard",
        failure_weight=4.0,
        failing_since=NOW - timedelta(hours=3),
    )
    (line,) = told(world, (row("herald"), failing))
    assert line.startswith(
        "source herald is broken since 2026-11-24 12:00 UTC:"
        " http-error (HTTP 500), 4 in a row since 2026-11-24 09:00"
    )


def test_silence_comes_with_time_and_without_a_poll(world):
    (line,) = told(world, (row("herald"), state("herald", new_at=NOW - timedelta(days=5))))
    assert line == (
        "source herald is silent since 2026-11-22 12:00 UTC:"
        " nothing new since 2026-11-19 12:00 UTC, expected within 3 d"
    )


def test_paused_source_is_one_a_person_has_seen(world):
    silent = state("herald", new_at=NOW - timedelta(days=5), paused_at=NOW, paused_by="desk")
    assert [] == told(world, (row("herald"), silent))


def test_worst_comes_first(world):
    lines = told(
        world,
        (row("alpha"), state("alpha", new_at=NOW - timedelta(days=5))),
        (row("omega"), state("omega", failure_class="hard", failures=2, failure_weight=2.0)),
    )
    assert ["omega", "alpha"] == [line.split()[1] for line in lines]


def publish(world: MemoryWorld, topic: str) -> None:
    world.publisher().publish([Message(topic=topic, key="a-1", value=b"{}", headers={})])


def test_nothing_unread_is_nothing_late(world):
    assert [] == late_groups(world.reader(), NOW)


def test_fresh_record_may_wait(world):
    publish(world, RAW)
    assert [] == late_groups(world.reader(), NOW + timedelta(minutes=20))


def test_old_unread_record_names_group_and_age(world, clock):
    publish(world, RAW)
    clock[0] += timedelta(minutes=40)
    publish(world, RAW)
    assert [
        "copydesk-clean is 2 records behind in news.articles.raw.v1, the oldest waits for 45 min"
    ] == late_groups(world.reader(), NOW + timedelta(minutes=45))


def test_old_record_that_was_read_is_not_late(world):
    publish(world, LOG)
    world.broker.offsets["copydesk-index", LOG, 0] = (1, "")
    assert [] == late_groups(world.reader(), NOW + timedelta(hours=2))


def test_age_is_that_of_the_oldest_retained_record(world, clock):
    publish(world, LOG)
    clock[0] += timedelta(minutes=40)
    publish(world, LOG)
    world.broker.forget(LOG, 0, before=1)
    assert [] == late_groups(world.reader(), NOW + timedelta(minutes=45))
