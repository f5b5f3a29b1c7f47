"""One poll of one source: ask, read, account for the entries, and only then remember that we asked.

request (validators?) ─► 304 · same body ─────────────────────► state
                       ─► read ─► index? its children, too ─► entries into the ledger ─► state ─► articles due
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pipeline import log
from pipeline.core import entries, evidence, feeds, health, hosts, polls, schedule, sitemaps, urls
from pipeline.core.feeds import Feed
from pipeline.core.http import FEED, PAGE, SITEMAP, Failure, Limits, Request, Response
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Entry
from pipeline.core.polls import Poll
from pipeline.core.sources import ChildSitemap, PollResult, Source, SourceState
from pipeline.ports import Write
from pipeline.stages.fetch_discovery import discover
from pipeline.stages.fetch_follow import Followed, follow
from pipeline.stages.fetch_hosts import NOT_ASKED, Hosts
from pipeline.stages.fetch_memory import Memory
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_together import Together
from pipeline.stages.runs import Run

logger = logging.getLogger(__name__)

ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
LIMITS: Mapping[str, Limits] = {"feed": FEED, "sitemap": SITEMAP, "listing": PAGE}

LARGE = 64 * 1024
"""Bytes from which a document is read in a thread; smaller ones take less time than the detour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """The articles to be fetched now, by id, and the source's recent titles."""

    due: Mapping[str, LedgerEntry] = field(default_factory=dict)
    headlines: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What a poll has found so far."""

    found: dict[str, Entry] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)
    children: tuple[ChildSitemap, ...] | None = None


class Sources:
    """Polls sources for one run."""

    def __init__(self, ports: FetchPorts, options: Options, hosts: Hosts, memory: Memory, run: Run) -> None:
        self._ports, self._options, self._hosts, self._memory, self._run = ports, options, hosts, memory, run
        self._documents = Together(ports, ports.sources)
        self._bodies = Together(ports, ports.bodies) if ports.bodies is not None else None
        self._large = asyncio.Lock()

    async def poll(self, source: Source, patience: float) -> Polled:
        """Poll once if it is still due; no server makes this raise."""
        stored = await self._documents.get(source.id)
        state = polls.state_of(source, stored.value if stored else None)
        if not self._options.force and not polls.is_due(source, state, self._ports.clock()):
            return Polled(headlines=state.headlines)
        poll, due = await self._polled(source, state, patience)
        after = polls.after_poll(source, state, poll, self._ports.clock(), self._run.run_id)
        await self._save(after, stored.tag if stored else "")
        self._count(state, poll, after)
        return Polled(due=due, headlines=after.headlines)

    async def _save(self, state: SourceState, tag: str) -> None:
        """Write the state; a person who paused the source meanwhile is heard."""
        while not await self._documents.put(Write(id=state.source_id, value=state, tag=tag)):
            stored = await self._documents.get(state.source_id)
            tag = stored.tag if stored else ""
            if stored is not None:
                state = replace(state, paused_at=stored.value.paused_at, paused_by=stored.value.paused_by)

    async def _polled(
        self, source: Source, state: SourceState, patience: float
    ) -> tuple[Poll, dict[str, LedgerEntry]]:
        conditional = not self._options.force and polls.asks_conditionally(source, state, self._ports.clock())
        async with self._memory.room(LIMITS[source.kind].body) as room:
            followed = await self._ask(source, source.url, state if conditional else None, patience)
            answer = followed.answer
            if isinstance(answer, Failure):
                return self._failed(answer), {}
            room.shrink(len(answer.body))
            facts = self._facts(followed, answer, state, conditional=conditional)
            if answer.status == 304:
                if state.success_at is None:
                    return self._failed(Failure(reason="protocol", status=304)), {}
                return replace(facts, result="not-modified"), {}
            if (
                facts.body_sha256 == state.body_sha256
                and state.failures == 0
                and not self._due_children(state)
            ):
                return replace(facts, result="unchanged", seen=state.items_seen), {}
            try:
                feed = await self._read(source, answer, followed.url)
            except feeds.NotAFeed as error:
                detail = f"{error.reason}: {error.message}"
                await self._keep(source, answer, followed.url, detail)
                return self._failed(Failure(reason="not-a-feed", status=answer.status, detail=detail)), {}
            await self._keep(source, answer, followed.url, None)
        reading = await self._reading(source, state, feed, patience)
        return await self._discovered(source, state, facts, feed, reading)

    async def _keep(self, source: Source, answer: Response, url: str, fault: str | None) -> None:
        if self._bodies is None:
            return
        at, run_id = self._ports.clock(), self._run.run_id
        kept = evidence.kept(source.id, answer, url, fault=fault, at=at, run_id=run_id)
        await self._bodies.put(Write(id=source.id, value=kept))

    async def _discovered(
        self, source: Source, state: SourceState, facts: Poll, feed: Feed, reading: _Reading
    ) -> tuple[Poll, dict[str, LedgerEntry]]:
        """Entries into the ledger first, so that the state saved after may say that they are known."""
        now = self._ports.clock()
        new, due = await self._ports.blocking(
            discover, self._ports.ledger, self._run, source, reading.found, now
        )
        result: PollResult = "new-items" if new else "unchanged" if reading.found else "empty"
        titles = entries.headlines(reading.found.values())
        return replace(
            facts,
            result=result,
            read=True,
            reader=feed.reader,
            seen=len(reading.found),
            new=new,
            dates=tuple(
                at for entry in reading.found.values() if (at := entry.published_at or entry.updated_at)
            ),
            dropped=dict(reading.dropped),
            wait=max(facts.wait, timedelta(seconds=min(feed.refresh_seconds or 0, 86_400))),
            title=feed.title,
            headlines=tuple(dict.fromkeys((*titles, *state.headlines)))[: entries.HEADLINES],
            article_hosts=tuple(sorted({urls.host(entry.url) for entry in reading.found.values()}))[:50],
            children=reading.children,
        ), due

    async def _reading(self, source: Source, state: SourceState, feed: Feed, patience: float) -> _Reading:
        reading = _Reading()
        if feed.kind != "sitemap-index":
            self._add(reading, source, feed)
            return reading
        await self._children(source, state, feed, patience, reading)
        return reading

    def _add(self, reading: _Reading, source: Source, feed: Feed) -> None:
        taken = entries.taken(source, feed, self._ports.clock())
        reading.found |= taken.entries
        reading.dropped.update(taken.dropped)

    async def _children(
        self, source: Source, state: SourceState, index: Feed, patience: float, reading: _Reading
    ) -> None:
        """Read the children of a sitemap index whose turn it is, and theirs, to a bounded depth."""
        now = self._ports.clock()
        children = sitemaps.children(source, index, state.children, now)
        todo = [(child, 1) for child in sitemaps.due(children, now)]
        known = {child.url: child for child in children}
        while todo and (self._ports.clock() - now).total_seconds() < patience:
            child, depth = todo.pop(0)
            after, feed = await self._child(source, child, patience)
            known[child.url] = after
            if feed is None:
                continue
            if feed.kind != "sitemap-index":
                self._add(reading, source, feed)
            elif depth < sitemaps.DEEPEST:
                below = sitemaps.children(source, feed, (), now)
                todo += [(each, depth + 1) for each in sitemaps.due(below, now)]
            else:
                reading.dropped["too-deep"] += len(feed.items)
        reading.children = tuple(known.values())[: sitemaps.MOST_CHILDREN]

    async def _child(
        self, source: Source, child: ChildSitemap, patience: float
    ) -> tuple[ChildSitemap, Feed | None]:
        async with self._memory.room(SITEMAP.body) as room:
            followed = await self._ask(source, child.url, None if self._options.force else child, patience)
            now = self._ports.clock()
            answer = followed.answer
            if isinstance(answer, Failure) or answer.status == 304:
                return sitemaps.after(child, now, failed=isinstance(answer, Failure)), None
            room.shrink(len(answer.body))
            digest = hashlib.sha256(answer.body).hexdigest()
            after = replace(
                sitemaps.after(child, now, failed=False),
                etag=answer.headers.get("etag"),
                last_modified=answer.headers.get("last-modified"),
                body_sha256=digest,
            )
            if digest == child.body_sha256:
                return after, None
            try:
                return after, await self._read(source, answer, followed.url)
            except feeds.NotAFeed:
                return sitemaps.after(child, now, failed=True), None

    async def _ask(
        self, source: Source, url: str, held: SourceState | ChildSitemap | None, patience: float
    ) -> Followed:
        request = Request(
            url=url,
            limits=LIMITS[source.kind],
            accept="text/html, */*;q=0.5" if source.kind == "listing" else ACCEPT,
            etag=held.etag if held else None,
            last_modified=held.last_modified if held else None,
            ports=source.ports,
        )
        pace = self._options.pace_seconds if source.pace_seconds is None else source.pace_seconds
        return await follow(self._hosts, request, pace=pace, patience=patience)

    async def _read(self, source: Source, answer: Response, url: str) -> Feed:
        rules = (source.listing or feeds.Listing()) if source.kind == "listing" else None
        if len(answer.body) < LARGE:
            return feeds.parse(answer.body, answer.content_type, url, rules=rules, pages=False)
        # One large document at a time: reading it takes several times its size.
        async with self._large:
            return await self._ports.blocking(
                feeds.parse, answer.body, answer.content_type, url, rules=rules, pages=False
            )

    def _facts(self, followed: Followed, answer: Response, state: SourceState, *, conditional: bool) -> Poll:
        digest = hashlib.sha256(answer.body).hexdigest()
        etag, modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        same_validators = bool(etag or modified) and (etag, modified) == (state.etag, state.last_modified)
        return Poll(
            result="unchanged",
            status=answer.status,
            conditional=conditional,
            lied=answer.status == 200 and same_validators and digest != state.body_sha256,
            etag=etag,
            last_modified=modified,
            body_sha256=digest,
            bytes=len(answer.body),
            wait=schedule.lower_bound(answer.headers, None, self._ports.clock()),
            moved_to=followed.moved_to,
        )

    def _failed(self, failure: Failure) -> Poll:
        kind = failure.kind
        result: PollResult = "broken"
        if kind == "refused":
            result = "blocked"
        elif kind == "throttled":
            result = "deferred" if failure.reason in NOT_ASKED else "throttled"
        wait = hosts.retry_after(failure.retry_after, self._ports.clock())
        return Poll(result=result, failure=failure, status=failure.status, wait=wait or timedelta())

    def _due_children(self, state: SourceState) -> bool:
        return bool(sitemaps.due(state.children, self._ports.clock()))

    def _count(self, before: SourceState, poll: Poll, after: SourceState) -> None:
        tally = self._run.tally
        for name, number in (("polls", 1), (f"polls.{poll.result}", 1), ("bytes", poll.bytes)):
            tally.details[name] = tally.details.get(name, 0) + number
        changed = health.change(before, after)
        if changed is not None:
            tally.changes.append(changed)
        log.event(
            logger,
            "source.polled",
            source=after.source_id,
            result=poll.result,
            reason=after.reason,
            status=poll.status,
            reader=poll.reader,
            seen=poll.seen,
            new=poll.new,
            health=after.health,
            why=after.health_why,
            detail=poll.failure.detail if poll.failure else "",
        )
