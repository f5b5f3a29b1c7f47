"""Who works where: one worker per host with something to do, each with a budget, jobs in order of urgency.

A job may bring further jobs for any host. What a worker does not reach within its budget is put off, by
name, so that no article leaves a run without an outcome.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.stages.fetch_hosts import Hosts
from pipeline.stages.fetch_ports import FetchPorts, Options

RETRY_LEASE = 5.0
"""Seconds between attempts at a host that another worker has."""


@dataclass(order=True, slots=True)
class Job:
    """One thing to do at a host; the smallest `rank` first. `work` is told how long it may wait for its turn.

    `put_off` is called instead, with a reason, when the run ends before the job's turn.
    """

    rank: tuple[float, ...]
    host: str = field(compare=False)
    work: Callable[[float], Awaitable[None]] = field(compare=False)
    put_off: Callable[[str], Awaitable[None]] = field(compare=False)


class Crew:
    """All workers of a run."""

    def __init__(self, ports: FetchPorts, options: Options, hosts: Hosts, ends: datetime) -> None:
        self._ports, self._options, self._hosts, self._ends = ports, options, hosts, ends
        self._jobs: dict[str, list[Job]] = {}
        self._used: dict[str, timedelta] = {}
        self._working: dict[str, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()

    def add(self, job: Job) -> None:
        """Take on a job; a worker is sent to its host if none is there."""
        heapq.heappush(self._jobs.setdefault(job.host, []), job)
        if job.host not in self._working:
            self._send(job.host)

    async def run(self) -> None:
        """Until no host has anything left to do. Raises the first bug or dead port any worker meets."""
        while self._working:
            done, _ = await asyncio.wait(self._working.values(), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def cancel(self) -> None:
        """Stop every worker where it is: something outside failed and nothing more may be written."""
        tasks = list(self._working.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _send(self, host: str) -> None:
        self._working[host] = asyncio.create_task(self._work(host), name=f"fetch {host}")

    async def _work(self, host: str) -> None:
        try:
            await self._work_until_done(host)
        finally:
            del self._working[host]
        if self._jobs.get(host):
            self._send(host)

    async def _work_until_done(self, host: str) -> None:
        started = self._ports.clock()
        until = min(started + self._left(host), self._ends)
        if self._seconds_until(until) <= 0:
            await self._put_off(host, "budget")
            return
        if not await self._opened(host, until):
            await self._put_off(host, "host-busy")
            return
        try:
            while self._jobs.get(host) and (left := self._seconds_until(until)) > 0:
                await heapq.heappop(self._jobs[host]).work(left)
        finally:
            await self._hosts.close(host)
            self._used[host] = self._used.get(host, timedelta()) + (self._ports.clock() - started)

    async def _opened(self, host: str, until: datetime) -> bool:
        while not await self._hosts.open(host):
            if self._seconds_until(until) <= RETRY_LEASE:
                return False
            await self._ports.sleep(RETRY_LEASE)
        return True

    async def _put_off(self, host: str, reason: str) -> None:
        jobs = self._jobs.pop(host, [])
        for job in jobs:
            await job.put_off(reason)

    def _left(self, host: str) -> timedelta:
        return timedelta(seconds=self._options.host_seconds) - self._used.get(host, timedelta())

    def _seconds_until(self, until: datetime) -> float:
        if self._options.stop():
            return 0.0
        return (until - self._ports.clock()).total_seconds()
