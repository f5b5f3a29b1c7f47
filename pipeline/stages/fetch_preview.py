"""What a source would give, without writing anything: for `copydesk sources preview` and `discover`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pipeline.core import autodiscovery, entries, feeds, robots, urls
from pipeline.core.feeds import Feed
from pipeline.core.http import FEED, PAGE, ROBOTS, Failure, Limits, Request, Response
from pipeline.core.model import Entry
from pipeline.core.sources import Source, SourceKind
from pipeline.stages.fetch_follow import follow
from pipeline.stages.fetch_hosts import Hosts
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_sources import LIMITS

T = TypeVar("T")

PATIENCE = 130.0
"""Seconds to wait for a turn: a person is waiting, and paces are kept all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One look at a source: the failure, or what was read and what would be taken of it."""

    url: str
    failure: Failure | None = None
    feed: Feed | None = None
    entries: tuple[Entry, ...] = ()
    dropped: dict[str, int] | None = None

    @property
    def newest(self) -> datetime | None:
        """The latest date of an entry."""
        told = [entry.published_at or entry.updated_at for entry in self.entries]
        return max((at for at in told if at is not None), default=None)

    @property
    def kind(self) -> SourceKind:
        """The kind of source that this would be."""
        if self.feed is None or self.feed.kind not in ("sitemap", "sitemap-index", "listing"):
            return "feed"
        return "listing" if self.feed.kind == "listing" else "sitemap"


async def preview(ports: FetchPorts, options: Options, source: Source) -> Preview:
    """Ask for the source once, by all rules, and read it; the ports' stores are only used for the host."""
    hosts = Hosts(ports, options)
    return await _closing(hosts, ports, lambda: _look(hosts, ports, options, source))


async def discover(ports: FetchPorts, options: Options, url: str) -> list[Preview]:
    """The feeds and sitemaps found from a page, each with a preview; those that fail are left out."""
    hosts = Hosts(ports, options)

    async def looks() -> list[Preview]:
        page = await _get(hosts, options, url, PAGE)
        if isinstance(page, Failure):
            return [Preview(url=url, failure=page)]
        named = await _get(hosts, options, f"{urls.origin(url)}/robots.txt", ROBOTS)
        sitemaps = robots.parse(named.body).sitemaps if isinstance(named, Response) else ()
        found = [
            await _look(hosts, ports, options, Source(id="candidate", name=url, kind="feed", url=candidate))
            for candidate in autodiscovery.candidates(page.body, url, sitemaps)
        ]
        return [each for each in found if each.feed is not None]

    return await _closing(hosts, ports, looks)


async def _closing(hosts: Hosts, ports: FetchPorts, work: Callable[[], Awaitable[T]]) -> T:
    try:
        return await work()
    finally:
        await hosts.close_all()
        await ports.fetcher.close()


async def _look(hosts: Hosts, ports: FetchPorts, options: Options, source: Source) -> Preview:
    answer = await _get(hosts, options, source.url, LIMITS[source.kind], source)
    if isinstance(answer, Failure):
        return Preview(url=source.url, failure=answer)
    rules = (source.listing or feeds.Listing()) if source.kind == "listing" else None
    try:
        feed = feeds.parse(answer.body, answer.content_type, answer.url, rules=rules, pages=False)
    except feeds.NotAFeed as error:
        detail = f"{error.reason}: {error.message}"
        return Preview(
            url=source.url, failure=Failure(reason="not-a-feed", status=answer.status, detail=detail)
        )
    taken = entries.taken(source, feed, ports.clock())
    return Preview(url=source.url, feed=feed, entries=tuple(taken.entries.values()), dropped=taken.dropped)


async def _get(
    hosts: Hosts, options: Options, url: str, limits: Limits = FEED, source: Source | None = None
) -> Response | Failure:
    request = Request(url=url, limits=limits, ports=source.ports if source else frozenset())
    pace = source.pace_seconds if source and source.pace_seconds is not None else options.pace_seconds
    followed = await follow(hosts, request, pace=pace, patience=PATIENCE)
    return followed.answer
