"""What is due, and how it is cut into shards of hosts: one host is never in two.

catalogue + news-sources ─► due sources ─┐
                                         ├─► hosts, tied together where a source's entries lie ─► shards
ledger ─► due articles per host ─────────┘
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

from pipeline.core import polls
from pipeline.core.ledger import FetchSection, LedgerEntry, State
from pipeline.core.sources import Source, SourceState
from pipeline.ports import Documents, Where
from pipeline.stages.fetch_ports import Options

Shard = list[str]
"""Hosts, as JSON wants them."""

POLL_COST = 3.0
"""A poll in terms of one article's request: robots, feed, and what it brings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Due sources, what is known of them, and how many articles are due per host."""

    sources: tuple[Source, ...]
    states: Mapping[str, SourceState]
    articles: Mapping[str, int]


def due(
    catalogue: Iterable[Source],
    sources: Documents[SourceState],
    ledger: Documents[LedgerEntry],
    options: Options,
    now: datetime,
) -> Due:
    """What a run starting `now` has to do; the stores' searches see what was refreshed.

    A run for chosen sources looks only after what their polls bring, so no host is planned for anything else.
    """
    rows = [source for source in catalogue if not options.only or source.id in options.only]
    states = {name: held.value for name, held in sources.get([source.id for source in rows]).items()}
    found = [source for source in rows if _polled_now(source, states.get(source.id), options, now)]
    waiting: Counter[str] = Counter()
    if not options.only:
        waiting.update(ledger.counts("fetch.host", due_articles(now)))
        waiting.update(entry.fetch.host for entry in awaited(ledger) if entry.fetch is not None)
    return Due(sources=tuple(found), states=states, articles=waiting)


def due_articles(now: datetime, hosts: Iterable[str] | None = None) -> Where:
    """The articles whose time has come, at these hosts or anywhere; removed ones are never asked for."""
    terms: dict[str, list[Any]] = {"state": _ASKED_FOR}
    if hosts is not None:
        terms["fetch.host"] = list(hosts)
    return Where(terms=terms, ranges={"fetch.due_at": (None, now)}, present=["fetch.due_at"])


_ASKED_FOR: list[Any] = [state for state in get_args(State) if state != "removed"]


def awaited(ledger: Documents[LedgerEntry], hosts: Iterable[str] | None = None) -> list[LedgerEntry]:
    """Articles said to be back or restored and not asked for since: due at once, and as if never seen.

    Readers see them again with their next record, so an unchanged page must bring one too.
    """
    terms: dict[str, list[Any]] = {"edit.awaiting": [True]}
    if hosts is not None:
        terms["fetch.host"] = list(hosts)
    entries = (stored.value for stored in ledger.find(Where(terms=terms)))
    return [replace(entry, fetch=_unvalidated(entry.fetch)) for entry in entries if _not_asked_since(entry)]


def shards(found: Due, count: int) -> list[Shard]:
    """The hosts with something to do in at most `count` shards of about equal work.

    Hosts that one source ties together stay together where that keeps the shards even: the feed's host and
    those its entries lie on.
    """
    weights: Counter[str] = Counter(dict(found.articles))
    ties: list[list[str]] = []
    for source in found.sources:
        weights[source.host] += int(POLL_COST)
        state = found.states.get(source.id)
        ties.append([source.host, *(state.article_hosts if state else ())])
    fair = sum(weights.values()) / max(count, 1)
    groups = _groups(weights, ties, fair)
    filled: list[tuple[int, Shard]] = [(0, []) for _ in range(min(count, len(groups)))]
    for group in sorted(groups, key=lambda hosts: (-sum(weights[host] for host in hosts), hosts)):
        filled.sort(key=lambda shard: shard[0])
        load, hosts = filled[0]
        filled[0] = (load + sum(weights[host] for host in group), hosts + group)
    return [sorted(hosts) for _, hosts in filled if hosts]


def _not_asked_since(entry: LedgerEntry) -> bool:
    fetch, edit = entry.fetch, entry.edit
    return fetch is not None and edit is not None and (edit.at is None or fetch.attempted_at < edit.at)


def _unvalidated(section: FetchSection | None) -> FetchSection | None:
    return section and replace(section, etag=None, last_modified=None, body_sha256=None)


def _groups(weights: Mapping[str, int], ties: Iterable[list[str]], fair: float) -> list[list[str]]:
    """Connected hosts, unless together they would be more than a fair shard."""
    leader: dict[str, str] = {host: host for host in weights}
    size: dict[str, float] = {host: weights[host] for host in weights}

    def find(host: str) -> str:
        while leader[host] != host:
            leader[host] = leader[leader[host]]
            host = leader[host]
        return host

    for tie in ties:
        known = [host for host in tie if host in leader]
        for other in known[1:]:
            one, two = find(known[0]), find(other)
            if one != two and size[one] + size[two] <= fair:
                leader[two] = one
                size[one] += size[two]
    grouped: dict[str, list[str]] = {}
    for host in sorted(leader):
        grouped.setdefault(find(host), []).append(host)
    return list(grouped.values())


def _polled_now(source: Source, held: SourceState | None, options: Options, now: datetime) -> bool:
    state = polls.state_of(source, held)
    if options.force:
        return not source.paused and state.paused_at is None
    return polls.is_due(source, state, now)
