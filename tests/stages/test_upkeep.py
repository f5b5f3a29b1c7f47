"""When maintenance calls for a person: it rests, or the log is about to forget the furniture list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.codec import to_message
from pipeline.core.copies.furniture import Furniture, encode
from pipeline.core.model import Edit
from pipeline.core.positions import Standing
from pipeline.core.reports import RunReport
from pipeline.ports import Write
from pipeline.stages.upkeep import aging_list, resting_maintenance

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
GROUP = "copydesk-index"
LOG = "news.articles.clean.v1"


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(now=lambda: NOW)


def ran(world: MemoryWorld, stage: str, hours: float, status: str = "finished") -> None:
    at = NOW - timedelta(hours=hours)
    report = RunReport(run_id=f"{stage}-{hours}", stage=stage, status=status, started_at=at, heard_at=at)
    world.runs.put([Write(id=report.run_id, value=report, tag="")])
    world.runs.refresh()


def publish_list(world: MemoryWorld, days: float, *, in_force: bool = True) -> None:
    at = NOW - timedelta(days=days)
    edit = Edit(kind="furniture", at=at, by="maintenance", furniture=encode(Furniture()))
    (placed,) = world.publisher().publish([to_message(edit, source="/stages/maintenance")])
    if in_force:
        standing = Standing(furniture=placed.offset + 1)
        world.broker.offsets[GROUP, LOG, 0] = (placed.offset + 1, standing.written())


def test_installation_that_never_ran_anything_calls_nobody(world):
    assert [] == resting_maintenance(world.runs, NOW)


def test_young_installation_may_wait_for_its_first_night(world):
    ran(world, "fetch", 20)
    assert [] == resting_maintenance(world.runs, NOW)


def test_installation_that_is_never_kept_up_is_named(world):
    ran(world, "fetch", 97)
    ran(world, "fetch", 1)
    (line,) = resting_maintenance(world.runs, NOW)
    assert line.startswith(
        "maintenance has never ended well, and the first run of any stage was on 2026-11-20"
    )
    assert "news_maintenance" in line


def test_run_of_last_night_is_enough(world):
    ran(world, "maintenance", 300)
    ran(world, "maintenance", 9)
    assert [] == resting_maintenance(world.runs, NOW)


@pytest.mark.parametrize("later", ["failed", "dead", "open"])
def test_only_a_run_that_ended_well_counts(world, later):
    ran(world, "maintenance", 24 * 5)
    ran(world, "maintenance", 9, later)
    (line,) = resting_maintenance(world.runs, NOW)
    assert line.startswith("maintenance has not ended well since 2026-11-19 12:00 UTC, 5 days ago;")


def test_no_list_yet_is_no_finding(world):
    assert [] == aging_list(world.reader(), GROUP, NOW)


def test_list_renewed_in_time_is_no_finding(world):
    publish_list(world, 20)
    assert [] == aging_list(world.reader(), GROUP, NOW)


def test_old_list_is_named_before_the_log_forgets_it(world):
    publish_list(world, 24)
    (line,) = aging_list(world.reader(), GROUP, NOW)
    assert "24 days old" in line
    assert "copydesk maintenance run --only furniture" in line


def test_newer_list_on_its_way_is_enough(world):
    publish_list(world, 24)
    publish_list(world, 1, in_force=False)
    assert [] == aging_list(world.reader(), GROUP, NOW)


def test_lost_list_is_named_until_another_is_published(world):
    publish_list(world, 31)
    world.broker.forget(LOG, 0, before=1)
    (line,) = aging_list(world.reader(), GROUP, NOW)
    assert line.startswith("the log lost the furniture list in force")
    publish_list(world, 0, in_force=False)
    assert [] == aging_list(world.reader(), GROUP, NOW)


def test_list_that_cannot_be_read_is_none(world):
    broken = Edit(kind="furniture", at=NOW, by="desk", furniture="{}")
    world.publisher().publish([to_message(broken, source="/stages/maintenance")])
    assert [] == aging_list(world.reader(), GROUP, NOW)
