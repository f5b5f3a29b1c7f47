"""Bulk writes, each item settled by what its status means (the table of the note on Elasticsearch, §2).

201, 200           stored
409                held: another version, or the document, is there already
400, 413           rejected for its own sake; a whole request that fails so is halved to find the culprit
401, 403, 404      stop: the API key, or no index
429, 502, 503, 504 again, with growing pauses, then stop
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import msgspec
from elasticsearch import ApiError

from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_clients import RETRIED, Client, ask, status_error
from pipeline.errors import IndexUnavailable, InvalidRecord

CHUNK_ITEMS = 500
CHUNK_BYTES = 8 * 2**20
MAX_ID_BYTES = 512
"""Elasticsearch's limit on `_id`; a longer one would fail the whole request."""
OWN_FAULT = (400, 413)
"""Statuses that a document is to blame for."""
REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Operation:
    """One document to write: `action` is `index` or `create`, `options` what else its header line says."""

    id: str
    document: dict[str, Any]
    action: str = "index"
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """Ids that were held back by what is there, and ids that were rejected, with the reason."""

    held: list[str] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)

    def accepted(self) -> list[str]:
        """The held ids. Raises InvalidRecord (facts `id`, `ids`) when a document was rejected."""
        for id, reason in self.rejected.items():
            raise InvalidRecord(
                "document-rejected", f"the index rejects it: {reason}", id=id, ids=tuple(self.rejected)
            )
        return self.held


@dataclass(frozen=True, slots=True)
class _Encoded:
    id: str
    lines: bytes


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    reason: str = ""


def write(client: Client, alias: str, operations: Iterable[Operation], *, at_once: int = 1) -> Settled:
    """Write all through an alias that must exist, settling every item.

    `at_once` requests share the work of each chunk, in no order between them but for one id, whose operations
    stay in one request: the documents of a request are analysed one after the other. Raises IndexUnavailable
    or ConfigError for what is not about one document; some may be stored by then.
    """
    settled = Settled()
    with ThreadPoolExecutor(at_once) as pool:
        for chunk in _chunks(_encoded(operations, settled)):
            parts = _shared(chunk, at_once)
            for part in list(pool.map(lambda items: _write_chunk(client, alias, items), parts)):
                settled.held += part.held
                settled.rejected |= part.rejected
    return settled


def _shared(chunk: Sequence[_Encoded], at_once: int) -> list[list[_Encoded]]:
    parts: list[list[_Encoded]] = [[] for _ in range(at_once)]
    for item in chunk:
        parts[crc32(item.id.encode()) % at_once].append(item)
    return [part for part in parts if part]


def _write_chunk(client: Client, alias: str, chunk: Sequence[_Encoded]) -> Settled:
    settled = Settled()
    for attempt in range(1, elastic_clients.ATTEMPTS + 1):
        chunk = _settle(chunk, _send(client, alias, chunk), settled)
        if not chunk:
            return settled
        elastic_clients.pause(attempt)
    raise IndexUnavailable("Elasticsearch is too busy to write", index=alias, documents=len(chunk))


def _encoded(operations: Iterable[Operation], settled: Settled) -> Iterator[_Encoded]:
    for operation in operations:
        if not 0 < len(operation.id.encode(errors="replace")) <= MAX_ID_BYTES:
            settled.rejected[operation.id] = f"an id has 1 to {MAX_ID_BYTES} bytes"
            continue
        header = {operation.action: {"_id": operation.id, **operation.options}}
        try:
            lines = msgspec.json.encode(header) + b"\n" + msgspec.json.encode(operation.document)
        except UnicodeEncodeError as error:
            settled.rejected[operation.id] = str(error)
        else:
            yield _Encoded(operation.id, lines)


def _chunks(items: Iterable[_Encoded]) -> Iterator[list[_Encoded]]:
    chunk: list[_Encoded] = []
    size = 0
    for item in items:
        if chunk and (len(chunk) == CHUNK_ITEMS or size + len(item.lines) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item.lines)
    if chunk:
        yield chunk


def _send(client: Client, alias: str, items: Sequence[_Encoded]) -> list[_Answer]:
    """One answer an item, in order; a request that fails as a whole for one of its items is halved."""
    lines: Any = [item.lines for item in items]  # the client passes encoded lines on as they are
    try:
        answer = ask(
            "the documents cannot be written",
            lambda: client.bulk(index=alias, operations=lines, require_alias=True),
            but=OWN_FAULT,
            index=alias,
        )
    except ApiError as error:
        if len(items) == 1:
            return [_Answer(error.meta.status, str(error))]
        half = len(items) // 2
        return _send(client, alias, items[:half]) + _send(client, alias, items[half:])
    return [_answer(result) for item in answer.body["items"] for result in item.values()]


def _answer(item: dict[str, Any]) -> _Answer:
    error = item.get("error") or {}
    return _Answer(item["status"], f"{error.get('type')}: {error.get('reason')}")


def _settle(items: Sequence[_Encoded], answers: Sequence[_Answer], settled: Settled) -> Sequence[_Encoded]:
    """Note what is settled and return the items to be sent again."""
    again = []
    for item, answer in zip(items, answers, strict=True):
        if answer.status == 409:
            settled.held.append(item.id)
        elif answer.status in OWN_FAULT:
            settled.rejected[item.id] = answer.reason[:REASON_CHARACTERS]
        elif answer.status in RETRIED:
            again.append(item)
        elif answer.status >= 300:
            raise status_error(answer.status, "a document cannot be written", id=item.id, error=answer.reason)
    return again
