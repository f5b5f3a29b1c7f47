"""The in-memory world dies where a test says, and only the next life goes on."""

from datetime import UTC, datetime

import pytest

from pipeline.adapters.memory import Crash, MemoryWorld
from pipeline.core.reports import RunReport
from pipeline.errors import IndexUnavailable
from pipeline.ports import Where, Write

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def reports(*ids: str) -> list[Write[RunReport]]:
    return [
        Write(id=id, value=RunReport(run_id=id, stage="fetch", started_at=NOW, heard_at=NOW)) for id in ids
    ]


@pytest.mark.parametrize(
    ("plan", "survivors"),
    [
        pytest.param(lambda world: world.crash_before("runs.put"), set(), id="before the write"),
        pytest.param(lambda world: world.crash_after("runs.put"), {"a", "b", "c"}, id="after the write"),
        pytest.param(lambda world: world.crash_after("runs.put", items=2), {"a", "b"}, id="within the write"),
        pytest.param(lambda world: world.crash_after(), {"a", "b", "c"}, id="after any write"),
    ],
)
def test_crash_leaves_exactly_what_was_written_before_it(plan, survivors):
    world = MemoryWorld()
    plan(world)
    with pytest.raises(Crash):
        world.runs.put(reports("a", "b", "c"))
    assert set(world.runs.all()) == survivors


def test_crash_hits_the_nth_write_of_its_name_only():
    world = MemoryWorld()
    world.crash_before("runs.put", nth=2)
    world.runs.put(reports("a"))
    world.publisher().publish([])
    with pytest.raises(Crash):
        world.runs.put(reports("b"))
    assert world.faults.calls == ["runs.put", "publisher.publish", "runs.put"]


def test_dead_process_can_do_nothing_until_the_next_one_starts():
    world = MemoryWorld()
    publisher = world.publisher()
    world.crash_after("runs.put")
    with pytest.raises(Crash):
        world.runs.put(reports("a"))
    with pytest.raises(Crash):
        world.runs.get(["a"])
    world.restart()
    assert set(world.runs.get(["a"])) == {"a"}
    with pytest.raises(Crash):
        publisher.publish([])


def test_planned_failure_is_raised_once_and_the_process_lives_on():
    world = MemoryWorld()
    world.faults.fail("runs.put", IndexUnavailable("it is down"))
    with pytest.raises(IndexUnavailable):
        world.runs.put(reports("a"))
    assert world.runs.put(reports("a")) == []


def test_unrefreshed_writes_survive_a_crash_but_are_not_found_until_refreshed():
    world = MemoryWorld()
    world.runs.put(reports("a"))
    world.restart()
    assert world.runs.counts("stage", Where()) == {}
    world.runs.refresh()
    assert world.runs.counts("stage", Where()) == {"fetch": 1}
