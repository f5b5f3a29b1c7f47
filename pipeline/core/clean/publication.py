"""Whether a clean article says something new: the comparison that decides what enters the log."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

import msgspec

from pipeline.core.ledger import CleanSection, EditSection, LedgerEntry
from pipeline.core.model import CleanArticle

Decision = Literal["publish", "unchanged"]
_ABOUT_THE_FETCH = ("fetched_at", "raw", "extraction_version", "changed")
"""What differs between two fetches of one page without anything being new to a reader."""


def content_hash(article: CleanArticle) -> str:
    """A hash of text and metadata, the same for two fetches that show the same."""
    fields = msgspec.to_builtins(article)
    for name in _ABOUT_THE_FETCH:
        del fields[name]
    return hashlib.sha256(msgspec.json.encode(fields, order="sorted")).hexdigest()[:32]


def is_superseded(entry: LedgerEntry | None, fetched_at: datetime) -> bool:
    """Whether a later fetch of the article was cleaned already: this record is a redelivery or a replay."""
    return entry is not None and entry.clean is not None and fetched_at < entry.clean.fetched_at


def is_removed(entry: LedgerEntry | None) -> bool:
    """Whether a removal by the operator is in force."""
    return entry is not None and entry.edit is not None and entry.edit.removed


def decide(entry: LedgerEntry | None, digest: str) -> Decision:
    """Publish what differs from the last publication, and what an edit has overtaken.

    After `restored` or `back` readers see the article with its next record, so one must come even if the
    page is the same as ever.
    """
    clean = entry.clean if entry else None
    if clean is None or clean.content_hash != digest:
        return "publish"
    return "publish" if _edited_since(clean, entry.edit if entry else None) else "unchanged"


def _edited_since(clean: CleanSection, edit: EditSection | None) -> bool:
    if edit is None or edit.at is None or clean.published_fetch is None:
        return False
    return edit.at > clean.published_fetch
