"""What Elasticsearch would reject: the mappings of the contract applied to documents in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import schemas
from pipeline.core.codec import to_document
from pipeline.errors import InvalidRecord

MAX_ID_BYTES = 512
"""Elasticsearch's limit on `_id`."""
MAX_KEYWORD_BYTES = 32_766
"""Lucene's limit on one term; a longer keyword fails its whole document."""


def rejected(index: str, id: str, value: Any) -> bool:
    """Whether the index would not take this document; one we have no contract for takes everything."""
    contract = schemas.indices().get(index)
    if not 0 < len(id.encode(errors="replace")) <= MAX_ID_BYTES:
        return True
    return contract is not None and any(_faults(contract.mappings, to_document(value)))


def refuse(ids: Sequence[str]) -> None:
    """Raise InvalidRecord for the first of the ids, if any, naming all of them."""
    if ids:
        raise InvalidRecord("document-rejected", "the index rejects a document", id=ids[0], ids=tuple(ids))


def _faults(mapping: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        field = mapping["properties"].get(name)
        if field is None:
            yield f"{name} is not mapped"
        else:
            for one in value if isinstance(value, list) else [value]:
                yield from _faults_of(name, field, one)


def _faults_of(name: str, field: Mapping[str, Any], value: Any) -> Iterator[str]:
    if "properties" in field and value is not None:
        yield from _faults(field, value)
    elif _is_term(field) and isinstance(value, str) and len(value.encode()) > MAX_KEYWORD_BYTES:
        yield f"{name} is too long"


def _is_term(field: Mapping[str, Any]) -> bool:
    stored_only = field.get("index") is False and field.get("doc_values") is False
    return field.get("type") == "keyword" and "ignore_above" not in field and not stored_only
