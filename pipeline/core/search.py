"""A reader's search: what may be asked, and what comes back. The contract between readers and the index.

    Query ──search_request──► the body Elasticsearch gets
    Results ◄──search_answer── what it answers

`adapters.elastic_search` is the wire between, `pipeline.search` what programs import, `copydesk search` what
people type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from pipeline.errors import ConfigError

MAX_HITS = 1000
"""Hits of one page."""
MAX_DEPTH = 10_000
"""How far pages by offset reach: Elasticsearch's window. Beyond it a reader takes everything."""
MARK = ("<em>", "</em>")
"""Around a highlighted word."""
RECENCY = 0.5
"""By how much a story of this hour outranks an equally good old one: half as much again."""
MAX_RECENCY = 10.0

Sort = Literal["relevance", "newest", "oldest", "copies", "corrections", "changed"]
SORTS: tuple[Sort, ...] = get_args(Sort)
Interval = Literal["hour", "day", "week", "month", "year"]
INTERVALS: tuple[Interval, ...] = get_args(Interval)


class BadQuery(ConfigError):
    """What was asked cannot be answered; `hint` says how to ask instead."""

    def __init__(self, message: str, hint: str, **facts: object) -> None:
        super().__init__(f"{message}; {hint}", **facts)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader asks.

    `text`: words in any inflected form, "exact phrases", -without, +required, prefix*, misspelt~, one OR
    other; empty for everything. `filters`: facet name to the values wanted, any of them. Times are of the
    event, half open. `recency` weighs how much newness counts beside the words, 0 for not at all. `fuzzy`
    lets every word match with a letter or two wrong. `interval` is that of the facet `date`, None for one
    that fits.
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    facets: bool = False
    recency: float = RECENCY
    fuzzy: bool = False
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One story found. `highlights`: fragments of `title` and `text` with the words found marked.

    `score` is null unless the stories are sorted by relevance.
    """

    story_id: str
    title: str
    url: str
    source_id: str
    language: str
    published_at: str | None
    article_count: int
    score: float | None
    highlights: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """How many of the stories found have this value, written as most of them write it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of hits, how many there are in all, and the facets if they were asked for."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """Other words that do find stories, and how many."""

    text: str
    total: int
