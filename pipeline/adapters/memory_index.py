"""`Documents` in memory, with what makes Elasticsearch hard: searches see only what was refreshed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pipeline.adapters.memory_faults import Faults
from pipeline.adapters.memory_mapping import refuse, rejected
from pipeline.adapters.memory_where import matches, values
from pipeline.core.codec import from_document, to_document
from pipeline.ports import Stored, Where, Write

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Held:
    document: dict[str, Any]
    tag: str


class MemoryDocuments(Generic[T]):
    """Documents. `name` is that of its writes in `Faults` and, after `news-`, of its index; ids in
    `rejected` fail as if by the mapping.
    """

    def __init__(self, name: str, kind: type[T], faults: Faults) -> None:
        self.rejected: set[str] = set()
        self._name, self._kind, self._faults = name, kind, faults
        self._live: dict[str, _Held] = {}
        self._searchable: dict[str, _Held] = {}
        self._dirty: set[str] = set()
        self._writes = 0

    def get(self, ids: Collection[str]) -> dict[str, Stored[T]]:
        self._faults.check()
        return {id: self._stored(id, self._live[id]) for id in ids if id in self._live}

    def put(self, writes: Sequence[Write[T]]) -> list[str]:
        conflicts: list[str] = []
        refused: list[str] = []
        with self._faults.write(f"{self._name}.put", writes) as admitted:
            for write in admitted:
                if write.id in self.rejected or rejected(f"news-{self._name}", write.id, write.value):
                    refused.append(write.id)
                elif write.tag is not None and write.tag != self._tag(write.id):
                    conflicts.append(write.id)
                else:
                    self._store(write)
        refuse(refused)
        return conflicts

    def find(
        self, where: Where, *, order: str | None = None, limit: int | None = None
    ) -> Iterator[Stored[T]]:
        self._faults.check()
        found = [(id, held) for id, held in self._searchable.items() if matches(held.document, where)]
        if order is not None:
            found = _ordered(found, order)
        return iter([self._stored(id, held) for id, held in found[:limit]])

    def counts(self, field: str, where: Where) -> dict[str, int]:
        self._faults.check()
        found = [held.document for held in self._searchable.values() if matches(held.document, where)]
        return dict(Counter(str(value) for document in found for value in values(document, field)))

    def refresh(self) -> None:
        self._faults.check()
        for id in self._dirty:
            self._searchable[id] = self._live[id]
        self._dirty.clear()

    def searchable(self) -> dict[str, T]:
        """Everything as of the last refresh."""
        self._faults.check()
        return {id: self._stored(id, held).value for id, held in self._searchable.items()}

    def forget(self, id: str) -> None:
        """Take one out, as maintenance does."""
        for held in (self._live, self._searchable):
            held.pop(id, None)
        self._dirty.discard(id)

    def all(self) -> dict[str, T]:
        """Everything as last written, for assertions."""
        return {id: self._stored(id, held).value for id, held in self._live.items()}

    def _tag(self, id: str) -> str:
        return self._live[id].tag if id in self._live else ""

    def _store(self, write: Write[T]) -> None:
        self._writes += 1
        self._live[write.id] = _Held(to_document(write.value), str(self._writes))
        self._dirty.add(write.id)

    def _stored(self, id: str, held: _Held) -> Stored[T]:
        return Stored(id=id, value=from_document(self._kind, held.document), tag=held.tag)


def _ordered(found: list[tuple[str, _Held]], order: str) -> list[tuple[str, _Held]]:
    """By the smallest (descending: largest) value of the field; documents without one come last."""
    path, down = order.removeprefix("-"), order.startswith("-")
    keyed = [(values(held.document, path), id, held) for id, held in found]
    having = [(max(at) if down else min(at), id, held) for at, id, held in keyed if at]
    having.sort(key=lambda item: item[0], reverse=down)
    return [(id, held) for _, id, held in having] + [(id, held) for at, id, held in keyed if not at]
