"""A store seen whole: walking through what is old in it, and deleting by query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from pipeline.adapters import elastic_queries
from pipeline.adapters.elastic_clients import Client, translated
from pipeline.core.codec import from_document
from pipeline.ports import Where

T = TypeVar("T")

DELETE_SECONDS = 900.0
"""A day's expired texts take seconds; the first sweep after a long pause may take minutes."""


class ElasticArchive(Generic[T]):
    """Archive of the documents of one kind behind one alias."""

    def __init__(self, client: Client, alias: str, kind: type[T]) -> None:
        self._client, self._alias, self._kind = client, alias, kind

    def find(self, where: Where, *, order: str) -> Iterator[T]:
        query, sort = elastic_queries.query(where), elastic_queries.order_by(order)
        hits = elastic_queries.search(self._client, self._alias, query, sort)
        return (from_document(self._kind, hit["_source"]) for hit in hits)

    def counts(self, field: str, where: Where) -> dict[str, int]:
        return elastic_queries.counts(self._client, self._alias, field, elastic_queries.query(where))

    def delete(self, where: Where) -> int:
        """What changes meanwhile is left for the next time."""
        patient = self._client.options(request_timeout=DELETE_SECONDS, max_retries=0)
        with translated("old documents cannot be deleted", index=self._alias):
            answer = patient.delete_by_query(
                index=self._alias, query=elastic_queries.query(where), conflicts="proceed"
            )
        return int(answer.body["deleted"])

    def refresh(self) -> None:
        elastic_queries.refresh(self._client, self._alias)
