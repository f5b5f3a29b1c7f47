"""Documents that many workers read and write one by one, in few requests.

    put, put, put … while a request is under way ──► the next request, for all ──► each told of its own

Every worker of a run takes and gives back leases and saves sources, each in its own time. One request for
each of them would cost more than the pages they fetch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from pipeline.errors import InvalidRecord
from pipeline.ports import Documents, Stored, Write
from pipeline.stages.fetch_ports import FetchPorts

T = TypeVar("T")
Asked = TypeVar("Asked")
Told = TypeVar("Told")

MOST = 200
"""Documents in one request."""


class Together(Generic[T]):
    """`Documents`, one at a time for each caller, who is answered when its own is acknowledged.

    A document has one writer at a time here: whoever writes it waits for the answer first.
    """

    def __init__(self, ports: FetchPorts, documents: Documents[T]) -> None:
        self._ports, self._documents = ports, documents
        self._gets: _Queue[str, Stored[T] | None] = _Queue(self._get)
        self._puts: _Queue[Write[T], bool] = _Queue(self._put)

    async def get(self, id: str) -> Stored[T] | None:
        """The document as last written, if it exists. Raises what the port raises."""
        return await self._gets.ask(id)

    async def put(self, write: Write[T]) -> bool:
        """Store the document; False when another write came between. Raises what the port raises."""
        return await self._puts.ask(write)

    async def _get(self, ids: Sequence[str]) -> list[Stored[T] | None]:
        found = await self._ports.blocking(self._documents.get, set(ids))
        return [found.get(id) for id in ids]

    async def _put(self, writes: Sequence[Write[T]]) -> list[bool]:
        refused = set(await self._ports.blocking(self._documents.put, writes))
        return [write.id not in refused for write in writes]


class _Queue(Generic[Asked, Told]):
    """Questions that wait while others are asked, and are then asked together."""

    def __init__(self, send: Callable[[Sequence[Asked]], Awaitable[Sequence[Told]]]) -> None:
        self._send = send
        self._waiting: list[tuple[Asked, asyncio.Future[Told]]] = []
        self._sender: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Told:
        turn: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, turn))
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all(), name="together")
        return await turn

    async def _send_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            await self._settle(batch)

    async def _settle(self, batch: Sequence[tuple[Asked, asyncio.Future[Told]]]) -> None:
        try:
            told = await self._send([asked for asked, _ in batch])
        except InvalidRecord as error:
            await self._settle_singly(batch, error)
        except BaseException as error:
            # Whoever waits must hear of it, a bug and our own end included; it is raised there.
            for _, turn in batch:
                if not turn.done():
                    turn.set_exception(error) if isinstance(error, Exception) else turn.cancel()
            if not isinstance(error, Exception):
                raise
        else:
            for (_, turn), one in zip(batch, told, strict=True):
                if not turn.done():
                    turn.set_result(one)

    async def _settle_singly(
        self, batch: Sequence[tuple[Asked, asyncio.Future[Told]]], error: InvalidRecord
    ) -> None:
        """One document is refused for its own sake: only its writer is told so."""
        if len(batch) > 1:
            for one in batch:
                await self._settle([one])
        elif not batch[0][1].done():
            batch[0][1].set_exception(error)
