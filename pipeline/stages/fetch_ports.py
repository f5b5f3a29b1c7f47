"""What the fetch stage needs from the world, and how one run of it is set up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from pipeline.core.evidence import SourceBody
from pipeline.core.hosts import HostState
from pipeline.core.ledger import LedgerEntry
from pipeline.core.sources import SourceState
from pipeline.ports import Documents, Fetcher, Publisher

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPorts:
    """The world. `threads` runs the ports that block; `sleep` and `clock` belong together.

    `bodies` keeps the last document of each source, and is null where nobody will ask for it.
    """

    fetcher: Fetcher
    publisher: Publisher
    ledger: Documents[LedgerEntry]
    sources: Documents[SourceState]
    hosts: Documents[HostState]
    clock: Callable[[], datetime]
    threads: Executor
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    bodies: Documents[SourceBody] | None = None

    async def blocking(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a blocking call of a port in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, lambda: call(*args, **kwargs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One run. `seconds` bounds it, `host_seconds` its work on one host, so that a slow one holds nobody up.

    `only` names the sources to poll; `force` polls them though they are not due, and without validators.
    `limit` bounds the articles asked for. `owner` names this worker in leases.
    """

    agent: str
    owner: str
    pace_seconds: float = 5.0
    concurrency: int = 32
    seconds: float = 240.0
    host_seconds: float = 60.0
    only: frozenset[str] = frozenset()
    force: bool = False
    limit: int | None = None
    stop: Callable[[], bool] = field(default=lambda: False)
