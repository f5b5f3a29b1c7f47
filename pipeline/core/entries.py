"""From the items of a document to the entries worth an account in the ledger, and what became of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.core import urls
from pipeline.core.feeds import Feed, Item
from pipeline.core.ledger import FetchSection
from pipeline.core.model import Entry
from pipeline.core.sources import Source
from pipeline.core.visits import signature

MOST = 2_000
"""Entries taken of one feed or listing (Media Cloud's number); a sitemap may bring more."""

MOST_OF_SITEMAP = 50_000
MAX_AGE = timedelta(days=30)
"""How old an entry of a sitemap may be by its own date: an archive is no news (news-crawl's number)."""

FUTURE = timedelta(hours=24)
"""How far ahead of us a date may lie and still be a wrong clock instead of nonsense."""

HEADLINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The entries taken, each under its article's id, and the number dropped by reason."""

    entries: dict[str, Entry]
    dropped: dict[str, int]


def taken(source: Source, feed: Feed, now: datetime) -> Announced:
    """What a document of `source` announces: fetchable, recent, on a host it may speak for, each once."""
    dropped: Counter[str] = Counter(feed.troubles)
    entries: dict[str, Entry] = {}
    most = MOST_OF_SITEMAP if feed.kind == "sitemap" else MOST
    for item in feed.items:
        refusal = _refusal(source, feed, item, now)
        if refusal or item.url is None:
            dropped[refusal or "no-link"] += 1
            continue
        name = urls.article_id(urls.canonical(item.url))
        if name in entries:
            dropped["duplicate"] += 1
        elif len(entries) == most:
            dropped["over-cap"] += 1
        else:
            entries[name] = _entry(item, item.url, now, dropped)
    return Announced(entries=entries, dropped=dict(dropped))


def discovered(source: Source, entry: Entry, now: datetime, run_id: str) -> FetchSection:
    """The first section of an article: known, and due at once."""
    return FetchSection(
        source_id=source.id,
        url=entry.url,
        canonical_url=urls.canonical(entry.url),
        host=urls.host(entry.url),
        run_id=run_id,
        discovered_at=now,
        attempted_at=now,
        outcome="discovered",
        due_at=now,
        entry_signature=signature(entry),
        entry=replace(entry, summary=None),
    )


def headlines(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The titles, in the order of the document, each once."""
    titles = dict.fromkeys(entry.title[:500] for entry in entries if entry.title)
    return tuple(titles)[:HEADLINES]


def _refusal(source: Source, feed: Feed, item: Item, now: datetime) -> str | None:
    if item.url is None:
        return "no-link"
    if refusal := urls.refusal(item.url):
        return refusal
    age = source.max_age or (MAX_AGE if feed.kind == "sitemap" else None)
    told = item.published_at or item.updated_at
    if age is not None and told is not None and now - told > age:
        return "too-old"
    if feed.kind == "sitemap" and source.news_only and item.title is None:
        return "no-news"
    if feed.kind in ("sitemap", "listing") and not _speaks_for(source, item.url):
        return "off-site"
    return None


def _speaks_for(source: Source, url: str) -> bool:
    """A feed is edited by hand; sitemaps and pages list whatever is linked, so they keep to their site."""
    return urls.same_site(source.url, url) or urls.host(url) in source.hosts


def _entry(item: Item, url: str, now: datetime, dropped: Counter[str]) -> Entry:
    """The item as an entry, within the caps of the raw record's contract; impossible dates become none."""
    published, updated = (_plausible(at, now, dropped) for at in (item.published_at, item.updated_at))
    return Entry(
        url=url,
        title=item.title,
        published_at=published,
        updated_at=updated,
        summary=item.summary,
        authors=tuple(author[:300] for author in item.authors[:100]),
        categories=tuple(category[:200] for category in item.categories[:100]),
        guid=item.guid[:2000] if item.guid else None,
    )


def _plausible(at: datetime | None, now: datetime, dropped: Counter[str]) -> datetime | None:
    if at is not None and at > now + FUTURE:
        dropped["date-in-future"] += 1
        return None
    return at
