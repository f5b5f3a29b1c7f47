"""A bound on the bytes of bodies held at once, so that many large answers wait instead of adding up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MOST = 96 * 1024 * 1024
"""Bytes of bodies under way or being read. Reading multiplies them, and a worker is to stay under 300 MiB."""


class Reservation:
    """Room taken; `shrink` gives back what turned out not to be needed."""

    def __init__(self, memory: Memory, size: int) -> None:
        self._memory, self.size = memory, size

    def shrink(self, size: int) -> None:
        """Keep only `size` bytes of the room."""
        if size < self.size:
            self._memory.give_back(self.size - size)
            self.size = size


class Memory:
    """First come, first served: a large reservation is not overtaken for ever by small ones."""

    def __init__(self, most: int = MOST) -> None:
        self._most = self._free = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @asynccontextmanager
    async def room(self, size: int) -> AsyncIterator[Reservation]:
        """Room for `size` bytes, waiting for it if need be."""
        reservation = Reservation(self, min(size, self._most))
        await self._take(reservation.size)
        try:
            yield reservation
        finally:
            self.give_back(reservation.size)

    def give_back(self, size: int) -> None:
        """Return room and wake those for whom there is enough now."""
        self._free += size
        while self._waiting and self._waiting[0][0] <= self._free:
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._free -= wanted
                turn.set_result(None)

    async def _take(self, size: int) -> None:
        if not self._waiting and size <= self._free:
            self._free -= size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(size)
            raise
