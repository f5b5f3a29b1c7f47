"""A reader's search: what may be asked, how it is put to Elasticsearch, what comes back.

Pure: `body` makes the request, `results` reads the answer; `adapters.elastic_search` is the wire between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import schemas

FACETS: Mapping[str, str] = {
    "source": "source_ids",
    "language": "language",
    "country": "countries",
    "section": "section",
    "author": "authors",
    "tag": "tags",
    "agency": "agencies",
    "access": "access",
    "revised": "revised",
}
"""The facets readers know, and the field behind each."""
FACET_SIZE = 20
DAY = "day"
"""The facet over time: stories per day of their event time."""

MAX_HITS = 1000
FRAGMENT = 160
MARK = ("<em>", "</em>")
"""Around a highlighted word."""

Sort = Literal["relevance", "newest", "copies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a reader asks. `text`: words, "phrases", -without, prefix*; empty for everything.

    `filters`: facet name to the values wanted, any of them. Times are of the event, half open.
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 10
    offset: int = 0
    sort: Sort = "relevance"
    facets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One story found. `highlights`: fragments of `title` and `text` with the words found marked."""

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
    """How many of the stories found have this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A page of hits, how many there are in all, and the facets if they were asked for."""

    total: int
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[FacetValue, ...]]


def body(query: Query) -> dict[str, Any]:
    """The request body for the alias `news-stories`."""
    request: dict[str, Any] = {
        "query": {"bool": {"must": [_words(query.text)], "filter": _filters(query), "should": [_recency()]}},
        "size": query.limit,
        "from": query.offset,
        "track_total_hits": True,
        "sort": _sort(query),
        "_source": ["story_id", "title", "url", "source_id", "language", "published_at", "article_count"],
        "highlight": _highlight(),
    }
    if query.facets:
        request["aggs"] = _aggregations()
    return request


def results(answer: Mapping[str, Any]) -> Results:
    """The answer in our words."""
    hits = answer["hits"]
    return Results(
        total=hits["total"]["value"],
        hits=tuple(_hit(hit) for hit in hits["hits"]),
        facets={name: tuple(_values(found)) for name, found in answer.get("aggregations", {}).items()},
    )


def _words(text: str) -> dict[str, Any]:
    if not text.strip():
        return {"match_all": {}}
    suffixes = _suffixes()
    fields = ["title^3", "title.pairs^2", "text", "tags^2", "authors^2"]
    fields += [f"title_{suffix}^3" for suffix in suffixes] + [f"text_{suffix}" for suffix in suffixes]
    return {
        "simple_query_string": {
            "query": text,
            "fields": fields,
            "flags": "PHRASE|NOT|OR|PREFIX|PRECEDENCE|WHITESPACE|ESCAPE",
            "default_operator": "or",
            "minimum_should_match": "2<75%",
            "lenient": True,
        }
    }


def _filters(query: Query) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = [
        {"terms": {FACETS[name]: list(values)}} for name, values in query.filters.items() if values
    ]
    limits = {"gte": query.since, "lt": query.until}
    held = {name: time.isoformat() for name, time in limits.items() if time is not None}
    return [*filters, {"range": {"event_at": held}}] if held else filters


def _recency() -> dict[str, Any]:
    """A nudge for what is new: worth about one matching word, half of it after two days."""
    return {"distance_feature": {"field": "event_at", "origin": "now", "pivot": "2d", "boost": 2.0}}


def _sort(query: Query) -> list[dict[str, Any]]:
    newest = [{"event_at": "desc"}, {"story_id": "asc"}]
    if query.sort == "copies":
        return [{"article_count": "desc"}, *newest]
    if query.sort == "newest" or not query.text.strip():
        return newest
    return [{"_score": "desc"}, *newest]


def _highlight() -> dict[str, Any]:
    """Words are looked for in the language's own field and marked in the plain one."""
    suffixes = _suffixes()
    title = {
        "matched_fields": ["title", *(f"title_{suffix}" for suffix in suffixes)],
        "number_of_fragments": 0,
    }
    text = {
        "matched_fields": ["text", *(f"text_{suffix}" for suffix in suffixes)],
        "fragment_size": FRAGMENT,
        "number_of_fragments": 2,
    }
    return {
        "type": "unified",
        "pre_tags": [MARK[0]],
        "post_tags": [MARK[1]],
        "fields": {"title": title, "text": text},
    }


def _aggregations() -> dict[str, Any]:
    by_value = {name: {"terms": {"field": path, "size": FACET_SIZE}} for name, path in FACETS.items()}
    by_day = {"date_histogram": {"field": "event_at", "calendar_interval": "day", "min_doc_count": 1}}
    return {**by_value, DAY: by_day}


def _suffixes() -> list[str]:
    fields = schemas.indices()["news-stories"].mappings["properties"]
    return sorted(name.removeprefix("text_") for name in fields if name.startswith("text_"))


def _hit(hit: Mapping[str, Any]) -> Hit:
    source = hit["_source"]
    return Hit(
        story_id=source["story_id"],
        title=source["title"],
        url=source["url"],
        source_id=source["source_id"],
        language=source["language"],
        published_at=source.get("published_at"),
        article_count=source["article_count"],
        score=hit.get("_score"),
        highlights={name: list(found) for name, found in hit.get("highlight", {}).items()},
    )


def _values(found: Mapping[str, Any]) -> list[FacetValue]:
    return [
        FacetValue(value=str(bucket.get("key_as_string", bucket["key"])), count=bucket["doc_count"])
        for bucket in found["buckets"]
    ]
