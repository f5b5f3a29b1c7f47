"""The last document of a source as received: it answers "why was it missed" when nobody can ask again."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.http import Response

LARGEST = 256 * 1024
"""Bytes kept of one document: its head and its newest entries. Packed, a feed of this size takes 40 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBody:
    """One document of `news-sources-bodies`, under the source's id: the last that was new or unreadable.

    `size` is that of the whole, `packed` its beginning in gzip. `fault` says why it could not be read.
    """

    source_id: str
    url: str
    run_id: str
    fetched_at: datetime
    status: int
    content_type: str | None
    size: int
    packed: bytes
    fault: str | None = None


def kept(
    source_id: str, answer: Response, url: str, *, fault: str | None, at: datetime, run_id: str
) -> SourceBody:
    """What is kept of an answer that came from `url` after redirects."""
    return SourceBody(
        source_id=source_id,
        url=url,
        run_id=run_id,
        fetched_at=at,
        status=answer.status,
        content_type=answer.content_type[:1000] if answer.content_type else None,
        size=len(answer.body),
        # No time of packing inside, so that the same document is the same bytes.
        packed=gzip.compress(answer.body[:LARGEST], mtime=0),
        fault=fault,
    )


def unpacked(held: SourceBody) -> bytes:
    """The document as received, at most its first `LARGEST` bytes."""
    return gzip.decompress(held.packed)
