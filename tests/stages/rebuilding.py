"""Running a rebuild and the switch over the in-memory world, as processes that may die."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pipeline.adapters.memory import Crash, MemoryConsumer, MemoryTransactions, MemoryWorld
from pipeline.core.positions import Standing
from pipeline.stages.index import IndexPorts, IndexStage
from pipeline.stages.index_succession import Succession
from pipeline.stages.rebuild import Progressed, RebuildPorts, rebuild
from pipeline.stages.rebuild_carry import CarryPorts
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import reported
from tests.stages.indexing import GROUP, LOG, now, ports

Heard = Callable[[str, int], None]


def nobody(_what: str, _done: int) -> None:
    pass


def standing(world: MemoryWorld) -> Standing:
    committed = world.reader().committed(GROUP, LOG)
    return Standing.read(committed[0][1] if committed else "")


def rebuild_ports(world: MemoryWorld) -> RebuildPorts:
    following = world.generations

    @contextmanager
    def member(group: str) -> Iterator[tuple[MemoryConsumer, MemoryTransactions]]:
        consumer = world.consumer(group, LOG)
        try:
            yield consumer, world.transactions(consumer, "copydesk-rebuild")
        finally:
            consumer.close()

    carry = CarryPorts(
        generations=following,
        ledger=world.articles,
        stories=world.stories,
        texts=world.texts(),
        next_ledger=_Behind(following, "articles"),
        next_revisions=_Behind(following, "revisions"),
        next_stories=_Behind(following, "stories"),
    )
    return RebuildPorts(carry=carry, reader=world.reader(), member=member)


def index_ports(world: MemoryWorld) -> IndexPorts:
    """As a writer has them that brings rebuilds into force."""
    carry = rebuild_ports(world).carry
    succession = Succession(
        generations=world.generations,
        reader=world.reader(),
        ledger=world.articles,
        stories=world.stories,
        next_ledger=carry.next_ledger,
        next_stories=carry.next_stories,
    )
    return replace(ports(world), succession=succession)


def prepare(world: MemoryWorld, *, batch: int = 5, heard: Heard = nobody, seconds: float = 900) -> Progressed:
    """One run of the rebuild."""
    with reported("rebuild", world.runs, world.articles, now) as run:
        pace = Pace(batch=batch, seconds=seconds)
        return rebuild(rebuild_ports(world), standing(world), pace, run, now, heard)


def write(world: MemoryWorld, *, batch: int = 5) -> dict[str, int]:
    """One run of the writer, which switches first if a rebuild is ready."""
    with reported("index", world.runs, world.articles, now) as run:
        held = index_ports(world)
        try:
            stage = IndexStage(held, run, 0, now)
            consume(held.consumer, stage, Pace(batch=batch), run, commits=False)
            while stage.settle():
                consume(held.consumer, stage, Pace(batch=batch), run, commits=False)
        finally:
            held.consumer.close()
    return run.report.outcomes


def rebuilt(world: MemoryWorld) -> None:
    assert "ready" == prepare(world)
    write(world)


def survive(world: MemoryWorld, work: Callable[[], object]) -> None:
    """Do it, and if the process dies start the next one, until it is done."""
    while True:
        try:
            work()
        except Crash:
            world.restart()
        else:
            return


class _Behind:
    """The store of the next generation that is there now, as an alias would find it."""

    def __init__(self, generations: object, name: str) -> None:
        self._generations, self._name = generations, name

    def __getattr__(self, method: str) -> Any:
        return getattr(getattr(self._generations, self._name), method)
