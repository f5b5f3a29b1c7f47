"""CloudEvents 1.0 in binary mode: what every record says of itself in its headers."""

from __future__ import annotations

import hashlib
from datetime import datetime

import schemas
from pipeline.core.plain import rfc3339

CONTENT_TYPE = "application/json"


def headers(kind: schemas.Kind, *, key: str, value: bytes, time: datetime, source: str) -> dict[str, str]:
    """The headers of a record of `kind`.

    `ce_id` is a hash of type, key and value: the same record sent twice shows as a duplicate.
    """
    return {
        "content-type": CONTENT_TYPE,
        "ce_specversion": "1.0",
        "ce_id": _id(kind.type, key, value),
        "ce_source": source,
        "ce_type": kind.type,
        "ce_time": rfc3339(time),
        "ce_subject": key,
        "ce_dataschema": kind.schema_id,
    }


def _id(ce_type: str, key: str, value: bytes) -> str:
    digest = hashlib.sha256(f"{ce_type}\n{key}\n".encode())
    digest.update(value)
    return digest.hexdigest()[:32]
