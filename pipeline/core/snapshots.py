"""Snapshots: when one is due, and which have been kept long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

SNAPSHOT_EVERY: Final = timedelta(hours=20)
"""Less than a day, so that a run a little earlier than yesterday's still takes one."""

SNAPSHOTS_KEPT: Final = timedelta(days=14)
"""By age, not by number: snapshots hold text that was taken down later, and the runbook says until when."""

SnapshotState = Literal["running", "complete", "partial", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot of all our indices. `partial`: not every shard is in it; `failed`: nothing is."""

    name: str
    started_at: datetime
    state: SnapshotState


def is_snapshot_due(snapshots: Sequence[Snapshot], now: datetime) -> bool:
    """Whether the last one that is whole, or may become so, is a day old."""
    usable = [held.started_at for held in snapshots if held.state in ("complete", "running")]
    return not usable or now - max(usable) >= SNAPSHOT_EVERY


def expired_snapshots(snapshots: Sequence[Snapshot], now: datetime) -> list[str]:
    """Names of those to delete, oldest first: too old, or never whole. The last whole one always stays."""
    whole = [held for held in snapshots if held.state == "complete"]
    newest = max(whole, key=lambda held: held.started_at, default=None)
    gone = [
        held
        for held in snapshots
        if held != newest
        and (
            (held.state == "complete" and now - held.started_at > SNAPSHOTS_KEPT)
            or (held.state in ("partial", "failed") and now - held.started_at >= SNAPSHOT_EVERY)
        )
    ]
    return [held.name for held in sorted(gone, key=lambda held: held.started_at)]


def snapshot_name(now: datetime) -> str:
    """A name of ours that tells when."""
    return f"daily-{now:%Y%m%d-%H%M%S}"
