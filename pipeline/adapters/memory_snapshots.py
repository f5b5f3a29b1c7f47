"""`Snapshots` in memory: names and times, without contents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipeline.adapters.memory_faults import Faults
from pipeline.core.snapshots import Snapshot, SnapshotState


class MemorySnapshots:
    """Snapshots. `becomes` is how the next ones end."""

    def __init__(self, faults: Faults, now: Callable[[], datetime]) -> None:
        self.becomes: SnapshotState = "complete"
        self._faults, self._now = faults, now
        self._held: dict[str, Snapshot] = {}

    def held(self) -> list[Snapshot]:
        self._faults.check()
        return sorted(self._held.values(), key=lambda held: held.started_at)

    def take(self, name: str) -> Snapshot:
        with self._faults.write("snapshots.take"):
            self._held[name] = Snapshot(name=name, started_at=self._now(), state=self.becomes)
        return self._held[name]

    def delete(self, name: str) -> None:
        with self._faults.write("snapshots.delete"):
            self._held.pop(name, None)
