"""Reading: filters, pages and counts over a point in time, so that writes in between do not disturb."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError

from pipeline.adapters.elastic_clients import Client, ask, status_error
from pipeline.core.plain import rfc3339
from pipeline.errors import PipelineError
from pipeline.ports import Where

PAGE = 500
KEEP_ALIVE = "5m"
"""How long a page may take to be worked through before the next is asked for."""
IDS_AT_ONCE = 500
BUCKETS = 1000

Query = Mapping[str, Any]
Hit = Mapping[str, Any]


def query(where: Where) -> dict[str, Any]:
    """The filter as Elasticsearch's; nothing is scored."""
    filters: list[Query] = [
        {"terms": {path: [_written(value) for value in wanted]}} for path, wanted in where.terms.items()
    ]
    filters += [_range(path, *bounds) for path, bounds in where.ranges.items()]
    filters += [{"exists": {"field": path}} for path in where.present]
    absent = [{"exists": {"field": path}} for path in where.absent]
    return {"bool": {"filter": filters, "must_not": absent}}


def order_by(order: str | None) -> list[dict[str, Any]]:
    """`-field` descends; documents without the field come last."""
    if order is None:
        return [{"_shard_doc": "asc"}]
    direction = "desc" if order.startswith("-") else "asc"
    return [{order.removeprefix("-"): {"order": direction, "missing": "_last"}}]


def search(
    client: Client,
    alias: str,
    query: Query,
    sort: Sequence[Query],
    *,
    limit: int | None = None,
    includes: Sequence[str] = (),
    excludes: Sequence[str] = (),
    source: bool = True,
) -> Iterator[Hit]:
    """Every hit, or the first `limit`, in order; pages as needed. Hits carry `_seq_no`, `_primary_term`."""
    opened = ask(
        "the search cannot begin",
        lambda: client.open_point_in_time(index=alias, keep_alive=KEEP_ALIVE),
        index=alias,
    )
    point = opened.body["id"]
    try:
        yield from islice(_hits(client, point, query, sort, limit, includes, excludes, source), limit)
    finally:
        with suppress(ApiError, TransportError):  # it expires by itself
            client.close_point_in_time(id=point)


def get(
    client: Client, alias: str, ids: Collection[str], *, excludes: Sequence[str] = (), realtime: bool = True
) -> Iterator[Hit]:
    """Those of the documents that exist, in real time or as of the last refresh."""
    wanted = [id for id in dict.fromkeys(ids) if id]
    for start in range(0, len(wanted), IDS_AT_ONCE):
        some = wanted[start : start + IDS_AT_ONCE]
        request = partial(
            client.mget, index=alias, ids=some, source_excludes=list(excludes), realtime=realtime
        )
        answer = ask("the documents cannot be read", request, index=alias)
        for document in answer.body["docs"]:
            if "error" in document:
                raise _failed(alias, document["error"])
            if document["found"]:
                yield document


def counts(client: Client, alias: str, field: str, query: Query) -> dict[str, int]:
    """How many matching documents per value of the field."""
    found: dict[str, int] = {}
    composite: dict[str, Any] = {"size": BUCKETS, "sources": [{"value": {"terms": {"field": field}}}]}
    while True:
        request = partial(
            client.search,
            index=alias,
            size=0,
            query=query,
            allow_partial_search_results=False,
            track_total_hits=False,
            aggregations={"values": {"composite": composite}},
        )
        answer = ask("the documents cannot be counted", request, index=alias)
        page = answer.body["aggregations"]["values"]
        found |= {str(bucket["key"]["value"]): bucket["doc_count"] for bucket in page["buckets"]}
        if "after_key" not in page:
            return found
        composite["after"] = page["after_key"]


def refresh(client: Client, alias: str) -> None:
    """Make everything written so far findable."""
    ask("the index cannot be refreshed", lambda: client.indices.refresh(index=alias), index=alias)


def has_alias(client: Client, alias: str) -> bool:
    """Whether there is an alias of this name, in real time."""
    found = ask("the alias cannot be looked up", lambda: client.indices.exists_alias(name=alias), index=alias)
    return bool(found)


def _hits(
    client: Client,
    point: str,
    query: Query,
    sort: Sequence[Query],
    limit: int | None,
    includes: Sequence[str],
    excludes: Sequence[str],
    source: bool,
) -> Iterator[Hit]:
    """Pages over a point in time, which adds a tie-break of its own to the sort."""
    size = PAGE if limit is None else max(1, min(PAGE, limit))
    after: list[Any] | None = None
    while True:
        request = partial(
            client.search,
            pit={"id": point, "keep_alive": KEEP_ALIVE},
            query=query,
            allow_partial_search_results=False,
            sort=list(sort),
            size=size,
            search_after=after,
            track_total_hits=False,
            seq_no_primary_term=True,
            source=None if source else False,
            source_includes=list(includes) or None,
            source_excludes=list(excludes) or None,
        )
        answer = ask("the search failed", request)
        hits = answer.body["hits"]["hits"]
        yield from hits
        if len(hits) < size:
            return
        after = hits[-1]["sort"]


def _failed(alias: str, error: Mapping[str, Any]) -> PipelineError:
    """What the error of one document of a multi-get means."""
    status = 404 if error["type"] == "index_not_found_exception" else 503
    return status_error(status, "a document cannot be read", index=alias, error=error["reason"])


def _range(path: str, start: Any, end: Any) -> Query:
    bounds = {"gte": start, "lt": end}
    return {"range": {path: {name: _written(at) for name, at in bounds.items() if at is not None}}}


def _written(value: Any) -> Any:
    return rfc3339(value) if isinstance(value, datetime) else value
