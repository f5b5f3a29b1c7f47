"""A fetch worker among hostile hosts, as a process of its own: its memory and its sockets are its alone.

    python -m tests.e2e.hostile_worker PORT < order.json > account.json

Everything is real but the broker, the stores (the ledger lies on disk, so that it is no part of the worker's
memory) and the name service. Every connection is seen by an audit hook, below whatever library makes it; one
to anywhere but the newsroom is noted and refused there, so that the test stays on this machine.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from newsroom.teeth.names import Names
from pipeline import log
from pipeline.adapters.http import HttpFetcher
from pipeline.adapters.memory import MemoryWorld
from pipeline.bootstrap import read_catalogue
from pipeline.core import urls
from pipeline.core.http import Failure, Request, Response
from pipeline.core.ledger import FetchSection, LedgerEntry
from pipeline.core.reports import RunReport
from pipeline.core.sources import Source
from pipeline.stages import fetch
from pipeline.stages.fetch import FetchPorts, Options
from pipeline.stages.runs import reported
from tests.e2e.disk import DiskDocuments

NEVER_ENDING = ("drip", "silence")
"""Hosts whose deadlines are cut short: what they do takes as long as we let it."""

SHORT_SECONDS = 2.0


class Sockets:
    """Every address this process connects or sends to, seen at the system call's door."""

    def __init__(self, allowed: tuple[str, int]) -> None:
        self.allowed = allowed
        self.reached: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def watch(self) -> None:
        """From now on, for the life of the process."""
        sys.addaudithook(self._heard)

    def _heard(self, event: str, facts: tuple[Any, ...]) -> None:
        if event not in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            return
        if facts[0].family not in (socket.AF_INET, socket.AF_INET6) or facts[1] is None:
            return
        host, port = facts[1][:2]
        if (host, port) == self.allowed:
            self.reached[f"{host}:{port}"] += 1
            return
        self.refused[f"{host}:{port}"] += 1
        raise ConnectionRefusedError(f"nobody listens at {host}")


@dataclass(slots=True)
class Hasty:
    """The real fetcher with less patience for hosts that never come to an end."""

    fetcher: HttpFetcher

    async def get(self, request: Request) -> Response | Failure:
        if any(name in urls.host(request.url) for name in NEVER_ENDING):
            request = replace(request, limits=replace(request.limits, seconds=SHORT_SECONDS))
        return await self.fetcher.get(request)

    async def close(self) -> None:
        await self.fetcher.close()


@dataclass(slots=True)
class Finish:
    """Says when everything asked about has been tried; what else is due then would only take time."""

    world: MemoryWorld
    ledger: DiskDocuments[LedgerEntry]
    articles: frozenset[str]
    sources: frozenset[str]

    def __call__(self) -> bool:
        polled = self.sources - self.world.sources.get(self.sources).keys()
        if polled:
            return False
        found = self.ledger.get(self.articles).values()
        tried = sum(one.value.fetch is not None and one.value.fetch.outcome != "discovered" for one in found)
        return tried == len(self.articles)


@dataclass(slots=True)
class Books:
    """What the ledger says about a run."""

    run_id: str
    created: int = 0
    attempted: int = 0
    untried: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)

    def look(self, entry: LedgerEntry) -> None:
        section = entry.fetch
        assert section is not None
        self.created += section.run_id == self.run_id
        self.attempted += section.attempt_run_id == self.run_id
        if section.outcome == "discovered":
            self.untried.append(section.url)
        if "huge-sitemap" not in section.host:
            self.outcomes[section.canonical_url] = _outcome(section)


class Worker:
    """One worker with a clock that can be put forward."""

    def __init__(self, port: int, sources: Sequence[Source], folder: Path) -> None:
        self.sockets = Sockets(("127.0.0.1", port))
        self._target, self._sources = f"127.0.0.1:{port}", sources
        self._ahead = timedelta()
        self.world = MemoryWorld(now=self.now)
        self.ledger = DiskDocuments(folder, "articles", LedgerEntry)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def later(self, **time: float) -> None:
        self._ahead += timedelta(**time)

    def run(self, articles: Sequence[str], hosts: list[str] | None = None) -> RunReport:
        """One run, until `articles` (by URL) have been tried and every source was polled."""
        names = frozenset(urls.article_id(urls.canonical(url)) for url in articles)
        finish = Finish(self.world, self.ledger, names, frozenset(source.id for source in self._sources))
        options = Options(
            agent="Copydesk/0.1", owner="hostile", pace_seconds=0.0, concurrency=64, seconds=120.0,
            host_seconds=90.0, stop=lambda: hosts is None and finish(),
        )  # fmt: skip
        with (
            ThreadPoolExecutor(8) as threads,
            reported("fetch", self.world.runs, self.ledger, self.now) as run,
        ):
            fetch.run(self._ports(threads), self._sources, options, run, hosts)
        return run.report

    def account(self, report: RunReport) -> dict[str, Any]:
        """What the run says, and what the stores say after it."""
        books = Books(report.run_id)
        self.ledger.each(books.look)
        return {
            "status": report.status,
            "discovered": report.discovered,
            "outcomes": report.outcomes,
            "created": books.created,
            "attempted": books.attempted,
            "untried": books.untried,
            "raw": len(self.world.records("news.articles.raw.v1")),
            "articles": books.outcomes,
            "sources": {
                name: {"result": state.result, "reason": state.reason, "new": state.items_new,
                       "dropped": state.items_dropped, "conditional": state.conditional}
                for name, state in self.world.sources.all().items()
            },
        }  # fmt: skip

    def _ports(self, threads: ThreadPoolExecutor) -> FetchPorts:
        return FetchPorts(
            fetcher=Hasty(HttpFetcher("Copydesk/0.1 (+test)", [("*.example", self._target)], concurrency=64)),
            publisher=self.world.publisher(),
            ledger=self.ledger,
            sources=self.world.sources,
            hosts=self.world.hosts,
            clock=self.now,
            sleep=asyncio.sleep,
            threads=threads,
        )


def _outcome(section: FetchSection) -> str:
    return f"{section.outcome}({section.reason})" if section.reason else section.outcome


def _peak_mib() -> float:
    """Of this program alone: `ru_maxrss` begins with that of the process we were started by."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> None:
    log.configure("ERROR")
    order = json.load(sys.stdin)
    names = Names()
    socket.getaddrinfo = names.getaddrinfo  # type: ignore[assignment]  # a name service for one process
    with TemporaryDirectory() as folder:
        file = Path(folder, "sources.yaml")
        file.write_text(order["catalogue"], encoding="utf-8")
        worker = Worker(int(sys.argv[1]), read_catalogue(file), Path(folder))
        worker.sockets.watch()
        accounts = [worker.account(worker.run(order["articles"]))]
        for step in order["later"]:
            worker.later(minutes=step["minutes"])
            accounts.append(worker.account(worker.run([], step["hosts"])))
    said = {"accounts": accounts, "peak_mib": _peak_mib(), "lookups": names.lookups}
    json.dump(said | {"reached": worker.sockets.reached, "refused": worker.sockets.refused}, sys.stdout)


if __name__ == "__main__":
    main()
