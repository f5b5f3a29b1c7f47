"""A store of documents on disk, for tests that measure a worker's memory: what is stored must not count."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipeline.adapters.memory_where import matches, values
from pipeline.core.codec import from_document, to_document
from pipeline.ports import Stored, Where, Write

T = TypeVar("T")


class DiskDocuments(Generic[T]):
    """`Documents` in a file of SQLite; everything is findable at once, in no order."""

    def __init__(self, folder: Path, name: str, kind: type[T]) -> None:
        self._kind = kind
        self._lock = threading.Lock()
        self._file = sqlite3.connect(folder / f"{name}.sqlite", check_same_thread=False)
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE held (id TEXT PRIMARY KEY, tag INTEGER, document TEXT)")

    def get(self, ids: Collection[str]) -> dict[str, Stored[T]]:
        with self._lock:
            found = [self._row(id) for id in ids]
        return {row[0]: self._stored(*row) for row in found if row is not None}

    def put(self, writes: Sequence[Write[T]]) -> list[str]:
        refused: list[str] = []
        with self._lock, self._file:
            for write in writes:
                row = self._row(write.id)
                tag = str(row[1]) if row else ""
                if write.tag is not None and write.tag != tag:
                    refused.append(write.id)
                    continue
                text = json.dumps(to_document(write.value))
                after = (write.id, int(tag or 0) + 1, text)
                self._file.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", after)
        return refused

    def find(
        self,
        where: Where,
        *,
        order: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Stored[T]]:
        found = (row for row in self._rows() if matches(json.loads(row[2]), where))
        return iter([self._stored(*row) for row, _ in zip(found, range(limit or 1 << 30), strict=False)])

    def counts(self, field: str, where: Where) -> dict[str, int]:
        documents = (json.loads(row[2]) for row in self._rows())
        found = (document for document in documents if matches(document, where))
        return dict(Counter(str(value) for document in found for value in values(document, field)))

    def refresh(self) -> None:
        """Nothing waits to be found."""

    def each(self, look: Callable[[T], None]) -> None:
        """Every document, one after the other."""
        for row in self._rows():
            look(self._stored(*row).value)

    def _row(self, id: str) -> tuple[str, int, str] | None:
        row: tuple[str, int, str] | None = self._file.execute(
            "SELECT id, tag, document FROM held WHERE id = ?", (id,)
        ).fetchone()
        return row

    def _rows(self) -> Iterator[Any]:
        last = ""
        while True:
            with self._lock:
                rows = self._file.execute(
                    "SELECT id, tag, document FROM held WHERE id > ? ORDER BY id LIMIT 500", (last,)
                ).fetchall()
            if not rows:
                return
            yield from rows
            last = rows[-1][0]

    def _stored(self, id: str, tag: int, document: str) -> Stored[T]:
        return Stored(id=id, value=from_document(self._kind, json.loads(document)), tag=str(tag))
