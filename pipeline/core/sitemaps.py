"""Sitemap indexes: which children are read, and when again. An index may name fifty thousand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.core import urls
from pipeline.core.feeds import Feed
from pipeline.core.sources import ChildSitemap, Source

DEEPEST = 3
"""Levels of indexes below the first."""

PER_POLL = 20
MOST_CHILDREN = 200
STAGGER = timedelta(minutes=15)
"""Children read in one poll, kept in mind, and time between two readings of one (news-crawl's number)."""

STALE = timedelta(days=180)
"""A child whose `lastmod` is older is not read: on its own evidence, never by the look of its URL."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def children(
    source: Source, index: Feed, held: Iterable[ChildSitemap], now: datetime
) -> tuple[ChildSitemap, ...]:
    """The children an index names, newest first, with what we know of each; on the source's site only."""
    known = {child.url: child for child in held}
    found: dict[str, ChildSitemap] = {}
    for item in index.items:
        if item.url is None or urls.refusal(item.url):
            continue
        if not (urls.same_site(source.url, item.url) or urls.host(item.url) in source.hosts):
            continue
        if item.updated_at is not None and now - item.updated_at > STALE:
            continue
        child = known.get(item.url, ChildSitemap(url=item.url))
        changed = item.updated_at is not None and item.updated_at != child.lastmod
        found[item.url] = replace(child, lastmod=item.updated_at, due_at=now if changed else child.due_at)
    newest_first = sorted(found.values(), key=lambda child: child.lastmod or _LONG_AGO, reverse=True)
    return tuple(newest_first[:MOST_CHILDREN])


def due(held: Iterable[ChildSitemap], now: datetime) -> list[ChildSitemap]:
    """Those to be read in this poll."""
    return [child for child in held if child.due_at is None or child.due_at <= now][:PER_POLL]


def after(child: ChildSitemap, now: datetime, *, failed: bool) -> ChildSitemap:
    """The child after it was asked for: failures make it wait longer each time, up to a day."""
    failures = child.failures + 1 if failed else 0
    wait = min(STAGGER * (1 << min(failures, 7)), timedelta(hours=24))
    return replace(child, checked_at=now, failures=failures, due_at=now + wait)
