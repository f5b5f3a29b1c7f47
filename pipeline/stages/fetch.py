"""The fetch stage: due sources and due articles become raw records.

    plan ─► due sources ─► poll ─► entries ─► ledger ─► validators saved ─┐
                                                                          ├─► articles ─► visit ─► sink
    ledger ─► due articles: new, deferred, revisits ──────────────────────┘

    sink: raw records acknowledged ─► edits acknowledged ─► ledger ─► tally

Polls come before articles, since news is what they bring; new articles before changed ones, those before
revisits. Every article leaves a run with exactly one outcome; a killed run leaves its articles due.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pipeline.core.ledger import FetchSection, LedgerEntry
from pipeline.core.reports import Tally
from pipeline.core.sources import Source
from pipeline.core.visits import overdue
from pipeline.ports import Where
from pipeline.stages import ledger
from pipeline.stages.fetch_articles import Articles
from pipeline.stages.fetch_crew import Crew, Job
from pipeline.stages.fetch_hosts import Hosts
from pipeline.stages.fetch_memory import Memory
from pipeline.stages.fetch_plan import Due, Shard, awaited, due, due_articles, shards
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_sink import Sink
from pipeline.stages.fetch_sources import Sources
from pipeline.stages.fetch_together import Together
from pipeline.stages.runs import Run

__all__ = ["FetchPorts", "Options", "plan", "run"]

POLL, NEW, CHANGED, REVISIT = 0.0, 1.0, 2.0, 3.0
"""Ranks of jobs at one host."""

HEARTBEAT_SECONDS = 10.0

MOST_DUE = 5_000
"""Due articles looked at per run and worker; the rest is as due in the next."""


def plan(
    ports: FetchPorts, catalogue: Sequence[Source], options: Options, count: int
) -> tuple[Due, list[Shard]]:
    """What is due now, and the hosts to work at in at most `count` shards."""
    ports.ledger.refresh()
    found = due(catalogue, ports.sources, ports.ledger, options, ports.clock())
    return found, shards(found, count)


def run(
    ports: FetchPorts, catalogue: Sequence[Source], options: Options, run: Run, hosts: Shard | None = None
) -> Tally:
    """Fetch what is due, at `hosts` or everywhere, within the options' budget; the tally is the run's.

    What web servers do never raises; what Kafka or Elasticsearch do (TransientError) ends the run, and
    everything not yet acknowledged stays due.
    """
    asyncio.run(_Fetch(ports, catalogue, options, run).run(hosts))
    return run.tally


class _Fetch:
    """One run, wired."""

    def __init__(self, ports: FetchPorts, catalogue: Sequence[Source], options: Options, run: Run) -> None:
        self._ports, self._options, self._run = ports, options, run
        self._catalogue = {source.id: source for source in catalogue}
        self._hosts = Hosts(ports, options)
        memory = Memory()
        self._sink = Sink(ports, run)
        self._sources = Sources(ports, options, self._hosts, memory, run)
        self._articles = Articles(ports, options, self._hosts, memory, self._sink, run)
        ends = ports.clock() + timedelta(seconds=options.seconds)
        self._crew = Crew(ports, options, self._hosts, ends)
        self._left = math.inf if options.limit is None else options.limit
        self._ledger = Together(ports, ports.ledger)
        self._sections: dict[str, FetchSection] = {}
        self._read_at: dict[str, datetime] = {}
        self._taken: set[str] = set()

    async def run(self, hosts: Shard | None) -> None:
        """Plan, work, and leave nothing half done; the fetcher is closed in every case."""
        try:
            await self._start(hosts)
            await self._work()
        finally:
            await self._ports.fetcher.close()

    async def _start(self, hosts: Shard | None) -> None:
        ports, options = self._ports, self._options
        await ports.blocking(ports.ledger.refresh)
        found = await ports.blocking(
            due, list(self._catalogue.values()), ports.sources, ports.ledger, options, ports.clock()
        )
        for source in found.sources:
            if hosts is None or source.host in hosts:
                self._crew.add(self._poll_job(source))
        if not options.only:
            await self._start_articles(found.articles if hosts is None else hosts)
            await ports.blocking(self._sweep)

    async def _start_articles(self, hosts: Iterable[str]) -> None:
        began = self._ports.clock()
        entries = await self._ports.blocking(self._due_articles, list(hosts))
        held = await self._ports.blocking(self._ports.sources.get, sorted(_sources_of(entries)))
        for name, stored in held.items():
            self._articles.headlines[name] = stored.value.headlines
        for entry in entries:
            self._add_article(entry, began)

    async def _work(self) -> None:
        """Workers and sink side by side; whichever fails first stops the other."""
        tasks = [
            asyncio.create_task(self._sink.run(), name="sink"),
            asyncio.create_task(self._crew.run(), name="crew"),
            asyncio.create_task(self._breathe(), name="heartbeat"),
        ]
        sink, crew, heartbeat = tasks
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if crew.done() and crew.exception() is None:
                await self._sink.close()
                await asyncio.wait((sink, heartbeat), return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
            await self._hosts.close_all()
        finally:
            for task in tasks:
                task.cancel()
            await self._crew.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _breathe(self) -> None:
        """Signs of life go on while every worker waits for its turn."""
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            await self._ports.blocking(self._run.heard)

    def _poll_job(self, source: Source) -> Job:
        async def work(patience: float) -> None:
            began = self._ports.clock()
            polled = await self._sources.poll(source, patience)
            self._articles.headlines[source.id] = polled.headlines
            for entry in polled.due.values():
                self._add_article(entry, began)

        async def put_off(_reason: str) -> None:
            """A source not reached is as due in the next run; no article is concerned."""

        return Job(rank=(POLL,), host=source.host, work=work, put_off=put_off)

    def _add_article(self, entry: LedgerEntry, read_at: datetime) -> None:
        """Give the article a turn, once per run; until then its source may still change its word.

        `read_at` is a time before the entry was read.
        """
        section, name = entry.fetch, entry.article_id
        if section is None or entry.state == "removed":
            return
        if name not in self._taken:
            self._taken.add(name)
            self._sections[name], self._read_at[name] = section, read_at
            self._left -= 1
            self._crew.add(self._article_job(entry, section, reached=self._left >= 0))
        elif name in self._sections:
            self._sections[name], self._read_at[name] = section, read_at

    def _article_job(self, entry: LedgerEntry, first: FetchSection, *, reached: bool) -> Job:
        name, source = entry.article_id, self._catalogue.get(first.source_id)

        async def work(patience: float) -> None:
            if not reached:
                await put_off("limit")
            elif section := await self._still_due(name, first.host):
                await self._articles.visit(entry, section, source, patience)

        async def put_off(reason: str) -> None:
            self._read_at.pop(name)
            await self._articles.put_off(name, self._sections.pop(name), reason)

        return Job(rank=_rank(first), host=first.host, work=work, put_off=put_off)

    async def _still_due(self, name: str, host: str) -> FetchSection | None:
        """The article's section, unless another worker visited it before the host became ours.

        That worker gave it its outcome; to ask again would publish the same page twice.
        """
        section, read_at = self._sections.pop(name), self._read_at.pop(name)
        since = self._hosts.held_since(host)
        if since is not None and since <= read_at:
            return section
        stored = await self._ledger.get(name)
        current = stored.value.fetch if stored else None
        if current is None or current.attempted_at <= section.attempted_at:
            return section
        is_due = current.due_at is not None and current.due_at <= self._ports.clock()
        return current if is_due else None

    def _due_articles(self, hosts: list[str]) -> list[LedgerEntry]:
        where = due_articles(self._ports.clock(), hosts)
        if not hosts:
            return []
        found = self._ports.ledger.find(where, order="-fetch.discovered_at", limit=MOST_DUE)
        return [*awaited(self._ports.ledger, hosts), *(stored.value for stored in found)]

    def _sweep(self) -> None:
        """Give articles that were in flight for too long the outcome that guarantee 2 asks for."""
        where = Where(
            terms={"state": ["discovered"], "fetch.outcome": ["discovered", "deferred"]},
            ranges={"fetch.discovered_at": (None, self._ports.clock() - timedelta(minutes=50))},
        )
        now = self._ports.clock()
        found = [
            stored
            for stored in self._ports.ledger.find(where, limit=MOST_DUE)
            if stored.id not in self._taken
        ]
        sections = [
            (stored.id, late)
            for stored in found
            if stored.value.fetch is not None and (late := overdue(stored.value.fetch, now)) is not None
        ]
        ledger.record(self._ports.ledger, sections)


def _rank(section: FetchSection) -> tuple[float, ...]:
    """New before changed before revisits, the newest first."""
    age = -_newest(section).timestamp()
    if section.fetched_at is None:
        return (NEW + min(section.attempts, 9) / 10, age)
    return (CHANGED if section.etag is None and section.last_modified is None else REVISIT, age)


def _newest(section: FetchSection) -> datetime:
    told = section.entry.published_at if section.entry else None
    return told or section.discovered_at


def _sources_of(entries: Iterable[LedgerEntry]) -> set[str]:
    return {entry.fetch.source_id for entry in entries if entry.fetch is not None}
