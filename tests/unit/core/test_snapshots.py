"""When a snapshot is due, and which are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.snapshots import Snapshot, expired_snapshots, is_snapshot_due, snapshot_name

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


def snapshot(hours: float, state: str = "complete") -> Snapshot:
    return Snapshot(name=f"{state}-{hours}", started_at=NOW - timedelta(hours=hours), state=state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("held", "due"),
    [
        ([], True),
        ([snapshot(23)], True),
        ([snapshot(20)], True),
        ([snapshot(19)], False),
        ([snapshot(44), snapshot(1, "failed")], True),
        ([snapshot(44), snapshot(1, "partial")], True),
        ([snapshot(44), snapshot(1, "running")], False),
    ],
    ids=[
        "none yet",
        "yesterday's, and today's run is early",
        "exactly as old as it may be",
        "today's",
        "today's failed",
        "today's is not whole",
        "today's is on its way",
    ],
)
def test_one_whole_snapshot_a_day(held, due):
    assert due is is_snapshot_due(held, NOW)


def test_whole_snapshots_go_after_two_weeks_the_others_after_a_day():
    held = [
        snapshot(24 * 14 + 1),
        snapshot(24 * 14),
        snapshot(30, "failed"),
        snapshot(30, "partial"),
        snapshot(2, "failed"),
        snapshot(30, "running"),
        snapshot(1),
    ]
    assert ["complete-337", "failed-30", "partial-30"] == expired_snapshots(held, NOW)


def test_last_whole_snapshot_is_never_deleted():
    assert ["complete-900"] == expired_snapshots([snapshot(800), snapshot(900), snapshot(2, "failed")], NOW)


def test_name_tells_when():
    assert "daily-20261124-030000" == snapshot_name(NOW)
