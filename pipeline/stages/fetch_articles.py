"""One visit to one article: ask for the page, decide what the answer means, hand it to the sink."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from pipeline.core import hosts as host_rules
from pipeline.core import visits
from pipeline.core.http import PAGE, Failure, Request, Response
from pipeline.core.ledger import FetchSection, LedgerEntry
from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
from pipeline.core.schedule import REVISITS
from pipeline.core.sources import Source
from pipeline.core.visits import Visit
from pipeline.stages.fetch_follow import Followed, follow
from pipeline.stages.fetch_hosts import NOT_ASKED, Hosts
from pipeline.stages.fetch_memory import Memory
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_sink import Finished, Sink
from pipeline.stages.runs import Run

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
KEPT_HEADERS = ("content-language", "last-modified", "link", "tdm-policy", "tdm-reservation", "x-robots-tag")
"""Response headers that later stages read: language, times, and what the publisher reserves."""

LONGEST_HEADER = 4_000
HEADLINES = 60


class Articles:
    """Visits articles for one run. `headlines` are the recent titles per source."""

    def __init__(
        self, ports: FetchPorts, options: Options, hosts: Hosts, memory: Memory, sink: Sink, run: Run
    ) -> None:
        self._ports, self._options, self._hosts, self._memory = ports, options, hosts, memory
        self._sink, self._run = sink, run
        self.headlines: dict[str, tuple[str, ...]] = {}

    async def visit(
        self, entry: LedgerEntry, section: FetchSection, source: Source | None, patience: float
    ) -> None:
        """Ask for one article; `source` is null when it has left the catalogue."""
        gone = entry.edit is not None and entry.edit.gone
        unconditional = gone or section.fetched_at is None
        request = Request(
            url=section.url,
            limits=PAGE,
            accept=ACCEPT,
            etag=None if unconditional else section.etag,
            last_modified=None if unconditional else section.last_modified,
            ports=source.ports if source else frozenset(),
        )
        async with self._memory.room(PAGE.body) as room:
            followed = await follow(self._hosts, request, pace=self._pace(source), patience=patience)
            answer = followed.answer
            room.shrink(len(answer.body) if isinstance(answer, Response) else 0)
            visit = self._decided(section, answer, source, gone=gone)
            raw = None
            if visit.outcome == "fetched" and isinstance(answer, Response):
                raw = self._raw(entry.article_id, visit.section, followed, answer, source)
            await self._sink.put(Finished(article_id=entry.article_id, before=section, visit=visit, raw=raw))

    async def put_off(self, article_id: str, section: FetchSection, reason: str) -> None:
        """The run ends before this article's turn."""
        visit = visits.deferred(section, reason, self._ports.clock(), self._run.run_id)
        await self._sink.put(Finished(article_id=article_id, before=section, visit=visit))

    def _decided(
        self, section: FetchSection, answer: Response | Failure, source: Source | None, *, gone: bool
    ) -> Visit:
        now = self._ports.clock()
        if isinstance(answer, Failure) and answer.reason in NOT_ASKED:
            held = visits.deferred(section, answer.reason, now, self._run.run_id)
            wait = host_rules.retry_after(answer.retry_after, now)
            return held if wait is None else replace(held, section=replace(held.section, due_at=now + wait))
        wait = host_rules.retry_after(answer.retry_after, now) if isinstance(answer, Failure) else None
        ages = source.revisits if source and source.revisits is not None else REVISITS
        return visits.visited(section, answer, now, self._run.run_id, gone=gone, ages=ages, wait=wait)

    def _pace(self, source: Source | None) -> float:
        given = source.pace_seconds if source else None
        return self._options.pace_seconds if given is None else given

    def _raw(
        self,
        article_id: str,
        section: FetchSection,
        followed: Followed,
        answer: Response,
        source: Source | None,
    ) -> RawArticle:
        at: datetime = section.fetched_at or self._ports.clock()
        return RawArticle(
            article_id=article_id,
            source_id=section.source_id,
            url=section.url,
            canonical_url=section.canonical_url,
            run_id=self._run.run_id,
            fetched_at=at,
            first_fetched_at=section.first_fetched_at or at,
            source=source.facts if source else SourceFacts(name=section.source_id),
            http=HttpFacts(
                final_url=followed.url,
                status=answer.status,
                content_type=answer.content_type[:1000] if answer.content_type else None,
                headers=_kept(answer.headers),
                redirects=followed.redirects,
                opt_outs=self._hosts.opt_outs(followed.url),
            ),
            body=answer.body,
            entry=section.entry,
            headlines=self._others(section),
        )

    def _others(self, section: FetchSection) -> tuple[str, ...]:
        """The source's other recent headlines: the article's own would hide its title."""
        own = section.entry.title if section.entry else None
        titles = self.headlines.get(section.source_id, ())
        return tuple(title for title in titles if title != own)[:HEADLINES]


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name][:LONGEST_HEADER] for name in KEPT_HEADERS if name in headers}
