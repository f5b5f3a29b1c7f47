"""`news-revisions`: the texts the copy test meets again, found by shared terms.

Nobody but the index stage refreshes this index, so between two refreshes every search sees the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.adapters import elastic_queries
from pipeline.adapters.elastic_bulk import Operation, write
from pipeline.adapters.elastic_clients import Client, ask, status_error
from pipeline.adapters.elastic_window import LOOKUP_WORTH, ElasticWindow
from pipeline.core.codec import from_document, to_document
from pipeline.core.model import Revision
from pipeline.core.plain import rfc3339
from pipeline.ports import CandidateQuery

ALIAS = "news-revisions"
HITS = 100
"""Candidates asked for at first; about three are usual. A lookup that fills this is paged to its end."""

_BY_KEY = ({"article_id": "asc"}, {"revision": "asc"})


class ElasticRevisions:
    """Revisions. Lookups go to the index until a window in memory pays (`elastic_window`), then to that and,
    for what is dated before it, still to the index."""

    def __init__(self, client: Client, alias: str = ALIAS, lookup_worth: int = LOOKUP_WORTH) -> None:
        self._client, self._alias = client, alias
        self._window = ElasticWindow(client, alias, lookup_worth)

    def add(self, revisions: Sequence[Revision]) -> None:
        self._write(revisions, "create")

    def of(self, names: Collection[str]) -> list[Revision]:
        keys = [name for name in names if "#" in name]
        articles = sorted(name for name in names if "#" not in name)
        hits = [*elastic_queries.get(self._client, self._alias, keys, realtime=False)]
        if articles:
            query = {"bool": {"filter": [{"terms": {"article_id": articles}}]}}
            hits += elastic_queries.search(self._client, self._alias, query, _BY_KEY)
        found = {hit["_id"]: from_document(Revision, hit["_source"]) for hit in hits}
        return [found[key] for key in sorted(found)]

    def candidates(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        if not queries:
            return []
        window = self._window.as_of(len(queries), min(query.event_from for query in queries))
        if window is None:
            return self._searched(queries)
        near = window.near(queries)
        start = datetime.fromtimestamp(window.horizon / 1000, UTC)
        older = {number: query for number, query in enumerate(queries) if query.event_from < start}
        before = self._searched(
            [replace(query, event_to=min(query.event_to, start)) for query in older.values()]
        )
        for number, keys in zip(older, before, strict=True):
            near[number] = sorted({*near[number], *keys})
        return near

    def replace(self, revisions: Sequence[Revision]) -> None:
        self._write(revisions, "index")

    def refresh(self) -> None:
        self._window.note()
        elastic_queries.refresh(self._client, self._alias)

    def _write(self, revisions: Sequence[Revision], action: str) -> None:
        operations = (Operation(revision.key, to_document(revision), action=action) for revision in revisions)
        write(self._client, self._alias, operations).accepted()

    def _searched(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        """The lookups as one multi-search."""
        lookups = [lookup(query) for query in queries]
        searches: list[Mapping[str, Any]] = []
        for query in lookups:
            searches += [
                {"allow_partial_search_results": False},
                {"query": query, "size": HITS, "sort": ["_doc"], "track_total_hits": False, "_source": False},
            ]
        if not searches:
            return []
        answer = ask(
            "candidates cannot be looked up",
            lambda: self._client.msearch(index=self._alias, searches=searches),
            index=self._alias,
        )
        responses = answer.body["responses"]
        return [self._keys(query, response) for query, response in zip(lookups, responses, strict=True)]

    def _keys(self, query: Mapping[str, Any], answer: Mapping[str, Any]) -> list[str]:
        if "error" in answer:
            raise status_error(answer["status"], "candidates cannot be looked up", error=answer["error"])
        hits = answer["hits"]["hits"]
        if len(hits) == HITS:
            hits = elastic_queries.search(self._client, self._alias, query, _BY_KEY, source=False)
        return sorted(hit["_id"] for hit in hits)


def lookup(query: CandidateQuery) -> dict[str, Any]:
    """The lookup rule (notes on stories, §3 and §6) in filter context."""
    terms = list(query.terms)
    enough: dict[str, Any] = {"terms_set": {"terms": {"terms": terms, "minimum_should_match": query.minimum}}}
    short = {"range": {"net_shingles": {"lt": query.short_below}}}
    one_of_a_short_one = {"bool": {"filter": [{"terms": {"terms": terms}}, short]}}
    window = {"gte": rfc3339(query.event_from), "lte": rfc3339(query.event_to)}
    return {
        "bool": {
            "filter": [
                {"term": {"language": query.language}},
                {"range": {"event_at": window}},
                {"range": {"position": {"lt": query.before}}},
                {"bool": {"should": [enough, one_of_a_short_one]}}
                if query.minimum > 1
                else {"terms": {"terms": terms}},
            ],
            "must_not": [{"term": {"article_id": query.article_id}}],
        }
    }
