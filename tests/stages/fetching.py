"""Running the fetch stage over the in-memory world and an in-memory web, with a clock that jumps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.adapters.memory import MemoryWorld
from pipeline.adapters.memory_http import MemoryClock, MemoryFetcher
from pipeline.core.codec import from_record
from pipeline.core.ledger import EditSection, FetchSection, LedgerEntry
from pipeline.core.model import Edit, RawArticle
from pipeline.core.reports import RunReport
from pipeline.core.sources import Source, SourceState
from pipeline.core.urls import article_id, canonical
from pipeline.ports import Fetcher
from pipeline.stages import fetch, ledger
from pipeline.stages.fetch import FetchPorts, Options
from pipeline.stages.runs import reported

RAW, LOG = "news.articles.raw.v1", "news.articles.clean.v1"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEED = "https://herald.example/feed"


def source(id: str = "herald", url: str = FEED, **fields) -> Source:
    return Source(id=id, name=id.title(), kind=fields.pop("kind", "feed"), url=url, **fields)


def rss(*items: str | tuple[str, str], title: str = "Herald") -> str:
    """A feed of articles by URL, or by (URL, title)."""
    rows = [(item, f"Story at {item}") if isinstance(item, str) else item for item in items]
    entries = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in rows)
    return f"<rss version='2.0'><channel><title>{title}</title>{entries}</channel></rss>"


def page(text: str = "Text") -> str:
    return f"<html><body><p>{text}</p></body></html>"


class Desk:
    """A catalogue, a world and a web, and runs of the stage over them."""

    def __init__(self, *catalogue: Source, pace: float = 5.0) -> None:
        self.catalogue: Sequence[Source] = catalogue or (source(),)
        self.clock = MemoryClock(NOON)
        self.web = MemoryFetcher(self.clock)
        self.world = MemoryWorld(now=self.clock.now)
        self.pace = pace

    def feed(
        self, *items: str | tuple[str, str], url: str = FEED, pages: bool = True, **headers: str
    ) -> None:
        """Put up a feed, and pages for what it announces."""
        self.web.page(url, rss(*items), content_type="application/rss+xml", **headers)
        if pages:
            for item in items:
                address = item if isinstance(item, str) else item[0]
                self.web.pages.setdefault(address, [])
                if not self.web.pages[address]:
                    self.web.page(address, page(f"Text of {address}"))

    def ports(self) -> FetchPorts:
        return FetchPorts(
            fetcher=self.web,
            publisher=self.world.publisher(),
            ledger=self.world.articles,
            sources=self.world.sources,
            hosts=self.world.hosts,
            clock=self.clock.now,
            sleep=self.clock.sleep,
            threads=ThreadPoolExecutor(1),
        )

    def ports_with(self, fetcher: Fetcher, ports: FetchPorts, **changes) -> FetchPorts:
        """The same ports before another web."""
        return replace(ports, fetcher=fetcher, **changes)

    def planned(self, count: int, **changes) -> list[list[str]]:
        """The shards of a plan for what is due now."""
        ports = self.ports()
        try:
            return fetch.plan(ports, self.catalogue, self.options(**changes), count)[1]
        finally:
            ports.threads.shutdown()

    def remove(self, url: str) -> None:
        """An operator takes the article down, and the index stage has written that into the ledger."""
        name = article_id(canonical(url))
        section = EditSection(position=1, removed=True, at=self.clock.now())
        ledger.record(self.world.articles, [(name, section)])

    def options(self, **changes) -> Options:
        given = {"agent": "Copydesk/0.1", "owner": "worker-1", "pace_seconds": self.pace, "seconds": 2000.0}
        return Options(**given | {"host_seconds": 1000.0} | changes)

    def run(self, hosts: Iterable[str] | None = None, **changes) -> RunReport:
        """One run; its report as stored."""
        ports = self.ports()
        try:
            with reported("fetch", self.world.runs, self.world.articles, self.clock.now) as run:
                fetch.run(ports, self.catalogue, self.options(**changes), run, list(hosts) if hosts else None)
        finally:
            ports.threads.shutdown()
        return self.world.runs.all()[run.run_id]

    def later(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    def raws(self) -> list[RawArticle]:
        """Every raw record, in order of fetch."""
        values = [from_record(record) for record in self.world.records(RAW)]
        return sorted(
            (value for value in values if isinstance(value, RawArticle)), key=lambda raw: raw.fetched_at
        )

    def edits(self) -> list[Edit]:
        values = [from_record(record) for record in self.world.records(LOG)]
        return [value for value in values if isinstance(value, Edit)]

    def entry(self, url: str) -> LedgerEntry:
        return self.world.articles.all()[article_id(canonical(url))]

    def section(self, url: str) -> FetchSection:
        section = self.entry(url).fetch
        assert section is not None
        return section

    def state(self, id: str = "herald") -> SourceState:
        return self.world.sources.all()[id]
