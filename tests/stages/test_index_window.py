"""A window in memory answers the lookups: the stories are the same."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.adapters.memory_stories import MemoryRevisions
from pipeline.core.copies.lookup import milliseconds, sketched
from pipeline.core.copies.window import Window
from pipeline.core.model import Revision
from pipeline.ports import CandidateQuery
from pipeline.stages import index_view
from tests.stages.articles import NOON
from tests.stages.indexing import drain, publish
from tests.stages.test_index_machine import log_of, reference, state


class Windowed:
    """Revisions whose candidates come from a window; what lies before its horizon comes from the store, and
    with it much that does not match."""

    def __init__(self, store: MemoryRevisions, budget: int) -> None:
        self._store = store
        self._window = Window(milliseconds(NOON - timedelta(days=10)), budget)

    def add(self, revisions: Sequence[Revision]) -> None:
        self._store.add(revisions)

    def of(self, names: Collection[str]) -> list[Revision]:
        return self._store.of(names)

    def replace(self, revisions: Sequence[Revision]) -> None:
        self._store.replace(revisions)

    def refresh(self) -> None:
        self._store.refresh()
        self._window.add(sketched(kept) for kept in self._store.searchable().values())

    def candidates(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        kept = self._store.searchable().values()
        older = [one.key for one in kept if milliseconds(one.event_at) < self._window.horizon]
        return [sorted({*older, *keys}) for keys in self._window.near(queries)]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("budget", [10**6, 60])
def test_stories_are_the_same_by_a_window_in_memory(monkeypatch, seed, budget):
    monkeypatch.setattr(index_view, "TEXTS_AT_ONCE", 2)
    log = log_of(seed, 25)
    world = MemoryWorld()
    publish(world, *log)
    held = world.revisions
    world.revisions = Windowed(held, budget)
    drain(world, batch=7)
    world.revisions = held
    assert reference(log) == state(world)
