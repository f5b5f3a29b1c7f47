"""Sources: the rows of the catalogue and what we remember of each between polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from pipeline.core import urls
from pipeline.core.feeds import Listing
from pipeline.core.model import SourceFacts

SourceKind = Literal["feed", "sitemap", "listing"]
KINDS: Mapping[str, SourceKind] = {"feed": "feed", "sitemap": "sitemap", "listing": "listing"}
"""The kinds by their names, for words that come from outside."""

Health = Literal["new", "healthy", "empty", "silent", "broken", "blocked", "moved", "paused"]
PollResult = Literal[
    "new-items", "unchanged", "not-modified", "empty", "broken", "blocked", "throttled", "deferred"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One row of `sources.yaml`. Optional fields that are null follow the settings.

    `interval` is the usual time between polls, `revisits` the ages at which articles are asked again,
    `max_age` how old an entry may be by its own date. `news_only` takes only entries of a sitemap that
    carry news tags. `conditional` false never sends validators. `hosts` are further hosts entries may lie
    on where a listing or sitemap would otherwise be kept to its own site. `unverified` says that nobody has
    seen this row work yet.
    """

    id: str
    name: str
    kind: SourceKind
    url: str
    language: str | None = None
    country: str | None = None
    pace_seconds: float | None = None
    interval: timedelta | None = None
    revisits: tuple[timedelta, ...] | None = None
    max_age: timedelta | None = None
    listing: Listing | None = None
    hosts: tuple[str, ...] = ()
    news_only: bool = True
    conditional: bool = True
    paused: bool = False
    unverified: bool = False

    @property
    def facts(self) -> SourceFacts:
        """What travels with each of its articles."""
        return SourceFacts(name=self.name, country=self.country, language=self.language)

    @property
    def host(self) -> str:
        """The host that is asked for its feed."""
        return urls.host(self.url)

    @property
    def ports(self) -> frozenset[int]:
        """The port its address names, which its articles may use too."""
        _, colon, port = self.host.rpartition(":")
        return frozenset({int(port)}) if colon and port.isdigit() else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSitemap:
    """One sitemap named by a sitemap index: its validators and when to read it again."""

    url: str
    lastmod: datetime | None = None
    checked_at: datetime | None = None
    due_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One document of `news-sources`: schedule, validators and health of one source.

    Validators belong to `url`; `etag` and `last_modified` are sent exactly as received. `conditional` turns
    false once the server kept a validator although the body had changed. `validated_at` is the last
    unconditional 200, `success_at` the last 200 that could be parsed, `new_at` the last entry not seen
    before. `gaps` are the last distances between polls that brought something new, in seconds. `daily_new`
    and `daily_quiet` are, for each of the last days up to `daily_to`, the new entries and the longest time
    without any, in seconds; -1 for a day without an answer. All three are the rhythm that silence is judged
    by (`rhythm`). `failures` counts in a row, `failure_weight` the same by class.
    `headlines` are the source's recent titles, newest first. `article_hosts` is where its entries lie.
    """

    source_id: str
    url: str
    health: Health = "new"
    health_since: datetime | None = None
    health_why: str | None = None
    paused_at: datetime | None = None
    paused_by: str | None = None
    due_at: datetime | None = None
    interval_seconds: float | None = None
    steady_polls: int = 0
    polls: int = 0
    polled_at: datetime | None = None
    run_id: str | None = None
    result: PollResult | None = None
    reason: str | None = None
    status: int | None = None
    failures: int = 0
    failure_weight: float = 0.0
    failure_class: str | None = None
    failing_since: datetime | None = None
    success_at: datetime | None = None
    new_at: datetime | None = None
    gaps: tuple[int, ...] = ()
    daily_new: tuple[int, ...] = ()
    daily_quiet: tuple[int, ...] = ()
    daily_to: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    conditional: bool = True
    validated_at: datetime | None = None
    polls_since_full: int = 0
    body_sha256: str | None = None
    entries_signature: str | None = None
    reader: str | None = None
    fallbacks: int = 0
    bytes: int = 0
    items_seen: int = 0
    items_new: int = 0
    items_dropped: dict[str, int] = field(default_factory=dict)
    moved_to: str | None = None
    moved_sightings: int = 0
    title: str | None = None
    headlines: tuple[str, ...] = ()
    article_hosts: tuple[str, ...] = ()
    children: tuple[ChildSitemap, ...] = ()
