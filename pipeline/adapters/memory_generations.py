"""`Generations` and `Archive` in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from pipeline.adapters.memory_faults import Faults
from pipeline.adapters.memory_index import MemoryDocuments
from pipeline.adapters.memory_stories import MemoryRevisions, MemoryStories
from pipeline.adapters.memory_where import matches, values
from pipeline.core.codec import to_document
from pipeline.core.generations import Generation
from pipeline.core.ledger import LedgerEntry
from pipeline.ports import Where

T = TypeVar("T")


class MemoryGenerations:
    """Generations. The stores of the next one live here until `swap` puts their contents into `stories` and
    `revisions`, which everyone holds.
    """

    def __init__(
        self, faults: Faults, stories: MemoryStories, revisions: MemoryRevisions, *, strict: bool
    ) -> None:
        self._faults, self._strict = faults, strict
        self._stories, self._revisions = stories, revisions
        self._generation: Generation | None = None
        self._make()

    def present(self) -> Generation | None:
        self._faults.check()
        return self._generation

    def begin(self, generation: Generation) -> None:
        with self._faults.write("generations.begin"):
            self._make()
            self._generation = generation

    def save(self, generation: Generation) -> None:
        with self._faults.write("generations.save"):
            self._generation = generation

    def swap(self) -> None:
        with self._faults.write("generations.swap"):
            self._stories.adopt(self.stories)
            self._revisions.adopt(self.revisions)

    def drop(self) -> None:
        with self._faults.write("generations.drop"):
            self._make()
            self._generation = None

    def _make(self) -> None:
        self.stories = MemoryStories(self._faults, strict=self._strict)
        self.revisions = MemoryRevisions(self._faults, strict=self._strict)
        self.articles = MemoryDocuments("articles", LedgerEntry, self._faults)


class MemoryArchive(Generic[T]):
    """Archive of whatever `searchable` holds by id; `forget` takes one out."""

    def __init__(
        self,
        name: str,
        faults: Faults,
        searchable: Callable[[], dict[str, T]],
        forget: Callable[[str], None],
        refresh: Callable[[], None],
    ) -> None:
        self._name, self._faults = name, faults
        self._searchable, self._forget, self._refresh = searchable, forget, refresh

    def find(self, where: Where, *, order: str) -> Iterator[T]:
        found = [(values(to_document(value), order), id, value) for id, value in self._matching(where)]
        return iter([value for _, _, value in sorted(found, key=lambda item: item[:2])])

    def counts(self, field: str, where: Where) -> dict[str, int]:
        counted: dict[str, int] = {}
        for _, value in self._matching(where):
            for one in values(to_document(value), field):
                counted[str(one)] = counted.get(str(one), 0) + 1
        return counted

    def delete(self, where: Where) -> int:
        found = [id for id, _ in self._matching(where)]
        with self._faults.write(f"{self._name}.delete", found) as admitted:
            for id in admitted:
                self._forget(id)
        return len(found)

    def refresh(self) -> None:
        self._refresh()

    def _matching(self, where: Where) -> list[tuple[str, T]]:
        self._faults.check()
        return [(id, value) for id, value in self._searchable().items() if matches(to_document(value), where)]
