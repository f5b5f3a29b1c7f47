"""Documents with compare-and-set: the ledger, sources, hosts and runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Generic, TypeVar

from pipeline.adapters import elastic_queries
from pipeline.adapters.elastic_bulk import Operation, write
from pipeline.adapters.elastic_clients import Client
from pipeline.core.codec import from_document, to_document
from pipeline.ports import Stored, Where, Write

T = TypeVar("T")


class ElasticDocuments(Generic[T]):
    """Documents of one kind behind one alias. A tag is the document's `_seq_no` and `_primary_term`."""

    def __init__(self, client: Client, alias: str, kind: type[T]) -> None:
        self._client, self._alias, self._kind = client, alias, kind

    def get(self, ids: Collection[str]) -> dict[str, Stored[T]]:
        hits = elastic_queries.get(self._client, self._alias, ids)
        return {hit["_id"]: self._stored(hit) for hit in hits}

    def put(self, writes: Sequence[Write[T]]) -> list[str]:
        operations = (_operation(given) for given in writes)
        return write(self._client, self._alias, operations).accepted()

    def find(
        self, where: Where, *, order: str | None = None, limit: int | None = None
    ) -> Iterator[Stored[T]]:
        hits = elastic_queries.search(
            self._client,
            self._alias,
            elastic_queries.query(where),
            elastic_queries.order_by(order),
            limit=limit,
        )
        return map(self._stored, hits)

    def counts(self, field: str, where: Where) -> dict[str, int]:
        return elastic_queries.counts(self._client, self._alias, field, elastic_queries.query(where))

    def refresh(self) -> None:
        elastic_queries.refresh(self._client, self._alias)

    def _stored(self, hit: elastic_queries.Hit) -> Stored[T]:
        tag = f"{hit['_seq_no']}.{hit['_primary_term']}"
        return Stored(id=hit["_id"], value=from_document(self._kind, hit["_source"]), tag=tag)


def _operation(given: Write[Any]) -> Operation:
    document = to_document(given.value)
    if given.tag is None:
        return Operation(given.id, document)
    if given.tag == "":
        return Operation(given.id, document, action="create")
    number, term = given.tag.split(".")
    options = {"if_seq_no": int(number), "if_primary_term": int(term)}
    return Operation(given.id, document, options=options)
