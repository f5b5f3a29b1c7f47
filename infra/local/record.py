"""What an instance runs, on disk: so that another command, tomorrow, can tell, check and stop it.

Written before a server is ready and replaced in one step, so that an interrupted `up` leaves nothing unknown.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from infra.local import files
from infra.local.process import Identity, boot

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One process that was started, and all that is needed to judge and stop it."""

    name: str
    leader: Identity
    members: tuple[Identity, ...]
    probe: str
    address: str
    log: Path
    started_at: float
    start_timeout: float
    stop_signal: int
    stop_timeout: float
    fingerprint: str
    ready: bool = False
    tasks_after: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**asdict(self), "log": str(self.log)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The reverse of `as_json`."""
        return cls(
            **{
                **value,
                "leader": Identity(**value["leader"]),
                "members": tuple(Identity(**member) for member in value["members"]),
                "log": Path(value["log"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Record:
    """All processes of an instance by name, their ports, the extra environment of Airflow's, and the boot."""

    entries: dict[str, Entry] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    boot: str = field(default_factory=boot)

    @property
    def from_this_boot(self) -> bool:
        """False after the machine was restarted: then nothing recorded can be running."""
        return self.boot == boot()

    def with_entry(self, entry: Entry) -> Record:
        """With `entry` added or replaced."""
        return replace(self, entries={**self.entries, entry.name: entry})

    def without(self, name: str) -> Record:
        """With that entry gone."""
        return replace(self, entries={key: entry for key, entry in self.entries.items() if key != name})


def load(path: Path) -> Record:
    """The record at `path`; an empty one if there is none or it is damaged (it is replaced in one step, so
    damage means that the disk was full or somebody edited it)."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != _FORMAT:
            return Record()
        entries = [Entry.from_json(entry) for entry in value["entries"]]
        by_name = {entry.name: entry for entry in entries}
        return Record(by_name, value["ports"], value["environment"], value["boot"])
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
        return Record()


def save(path: Path, record: Record) -> None:
    """Replace the record at `path`."""
    value = {
        "format": _FORMAT,
        "boot": record.boot,
        "ports": record.ports,
        "environment": record.environment,
        "entries": [entry.as_json() for entry in record.entries.values()],
    }
    files.put(path, json.dumps(value, indent=1), mode=0o600)  # the environment may hold a password
