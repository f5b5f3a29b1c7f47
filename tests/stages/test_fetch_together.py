"""Many workers' documents in few requests: each hears of its own, and of nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

import pytest

from pipeline.core.hosts import HostState
from pipeline.errors import IndexUnavailable, InvalidRecord
from pipeline.ports import Stored, Write
from pipeline.stages.fetch_together import MOST, Together
from tests.stages.fetching import Desk

NAMES = [f"h{number}.example" for number in range(MOST + 10)]


class Counted:
    """A store over the memory world's that counts requests and refuses documents by name."""

    def __init__(self, desk: Desk, refused: Collection[str] = (), down: bool = False) -> None:
        self._store, self._refused, self._down = desk.world.hosts, refused, down
        self.requests: list[int] = []

    def get(self, ids: Collection[str]) -> dict[str, Stored[HostState]]:
        self.requests.append(len(ids))
        if self._down:
            raise IndexUnavailable("down")
        return self._store.get(ids)

    def put(self, writes: Sequence[Write[HostState]]) -> list[str]:
        self.requests.append(len(writes))
        for write in writes:
            if write.id in self._refused:
                raise InvalidRecord("document-rejected", "no", id=write.id)
        return self._store.put(writes)


def run(store: Any, work: Callable[[Together[HostState]], Awaitable[Any]]) -> Any:
    ports = Desk().ports()

    async def inside() -> Any:
        return await work(Together(ports, store))

    try:
        return asyncio.run(inside())
    finally:
        ports.threads.shutdown()


def state(name: str) -> Write[HostState]:
    return Write(id=name, value=HostState(host=name), tag="")


def test_all_who_ask_at_once_share_requests_and_each_is_told_of_its_own():
    desk = Desk()
    store = Counted(desk)
    desk.world.hosts.put([state(name) for name in NAMES[::2]])

    async def ask(together: Together[HostState]) -> list[Stored[HostState] | None]:
        return await asyncio.gather(*(together.get(name) for name in NAMES))

    found = run(store, ask)
    assert [MOST, 10] == store.requests
    assert NAMES[::2] == [one.id for one in found if one]
    assert all(one is None for one in found[1::2])


def test_write_that_another_came_before_is_refused_alone():
    desk = Desk()
    desk.world.hosts.put([state(NAMES[1])])

    async def write(together: Together[HostState]) -> list[bool]:
        return await asyncio.gather(*(together.put(state(name)) for name in NAMES[:3]))

    assert [True, False, True] == run(Counted(desk), write)


def test_document_the_index_rejects_fails_its_own_writer_only():
    desk = Desk()

    async def write(together: Together[HostState]) -> list[Any]:
        return await asyncio.gather(
            *(together.put(state(name)) for name in NAMES[:3]), return_exceptions=True
        )

    first, second, third = run(Counted(desk, refused=NAMES[1:2]), write)
    assert (True, True) == (first, third)
    assert isinstance(second, InvalidRecord)
    assert sorted([NAMES[0], NAMES[2]]) == sorted(desk.world.hosts.all())


def test_index_that_is_down_fails_everybody_and_is_asked_again_by_whoever_comes_next():
    store = Counted(Desk(), down=True)

    async def ask(together: Together[HostState]) -> list[Any]:
        told = await asyncio.gather(*(together.get(name) for name in NAMES[:3]), return_exceptions=True)
        with pytest.raises(IndexUnavailable):
            await together.get(NAMES[0])
        return told

    assert all(isinstance(one, IndexUnavailable) for one in run(store, ask))
    assert [3, 1] == store.requests


def test_asker_that_is_cut_off_takes_nobody_along():
    desk = Desk()

    async def ask(together: Together[HostState]) -> list[Any]:
        tasks = [asyncio.create_task(together.put(state(name))) for name in NAMES[:3]]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = run(Counted(desk), ask)
    assert (True, True) == (first, third)
    assert isinstance(second, asyncio.CancelledError)
