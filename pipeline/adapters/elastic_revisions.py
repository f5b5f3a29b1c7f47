"""`news-revisions`: the texts the copy test meets again, found by shared terms.

Nobody but the index stage refreshes this index, so between two refreshes every search sees the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pipeline.adapters import elastic_queries
from pipeline.adapters.elastic_bulk import Operation, write
from pipeline.adapters.elastic_clients import Client, ask, status_error
from pipeline.core.codec import from_document, to_document
from pipeline.core.model import Revision
from pipeline.core.plain import rfc3339
from pipeline.ports import CandidateQuery

ALIAS = "news-revisions"
HITS = 100
"""Candidates asked for at first; about three are usual. A lookup that fills this is paged to its end."""


class ElasticRevisions:
    """Revisions."""

    def __init__(self, client: Client, alias: str = ALIAS) -> None:
        self._client, self._alias = client, alias

    def add(self, revisions: Sequence[Revision]) -> None:
        self._write(revisions, "create")

    def of(self, article_ids: Collection[str]) -> list[Revision]:
        if not article_ids:
            return []
        return self._all({"bool": {"filter": [{"terms": {"article_id": sorted(article_ids)}}]}})

    def candidates(self, queries: Sequence[CandidateQuery]) -> list[list[Revision]]:
        if not queries:
            return []
        lookups = [lookup(query) for query in queries]
        searches: list[Mapping[str, Any]] = []
        for query in lookups:
            searches += [
                {"allow_partial_search_results": False},
                {"query": query, "size": HITS, "sort": ["_doc"], "track_total_hits": False},
            ]
        answer = ask(
            "candidates cannot be looked up",
            lambda: self._client.msearch(index=self._alias, searches=searches),
            index=self._alias,
        )
        decoded: dict[str, Revision] = {}
        return [
            self._answered(query, response, decoded)
            for query, response in zip(lookups, answer.body["responses"], strict=True)
        ]

    def replace(self, revisions: Sequence[Revision]) -> None:
        self._write(revisions, "index")

    def refresh(self) -> None:
        elastic_queries.refresh(self._client, self._alias)

    def _write(self, revisions: Sequence[Revision], action: str) -> None:
        operations = (Operation(revision.key, to_document(revision), action=action) for revision in revisions)
        write(self._client, self._alias, operations).accepted()

    def _answered(
        self, query: Mapping[str, Any], answer: Mapping[str, Any], decoded: dict[str, Revision]
    ) -> list[Revision]:
        """The revisions of one answer by key; those that other answers hold too are decoded once."""
        if "error" in answer:
            raise status_error(answer["status"], "candidates cannot be looked up", error=answer["error"])
        hits = answer["hits"]["hits"]
        if len(hits) == HITS:
            return self._all(query)
        for hit in hits:
            if hit["_id"] not in decoded:
                decoded[hit["_id"]] = from_document(Revision, hit["_source"])
        return _by_key(decoded[hit["_id"]] for hit in hits)

    def _all(self, query: Mapping[str, Any]) -> list[Revision]:
        sort = [{"article_id": "asc"}, {"revision": "asc"}]
        hits = elastic_queries.search(self._client, self._alias, query, sort)
        return _by_key(from_document(Revision, hit["_source"]) for hit in hits)


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


def _by_key(revisions: Iterable[Revision]) -> list[Revision]:
    return sorted(revisions, key=lambda revision: revision.key)
