"""The revision id: what makes two texts of one article the same text (DESIGN.md §2)."""

from __future__ import annotations

import hashlib
import unicodedata


def revision_of(title: str, text: str) -> str:
    """First 16 hex digits of SHA-256 of title, line feed, text; each NFC, white space runs as one space."""
    joined = f"{_canonical(title)}\n{_canonical(text)}"
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()[:16]


def _canonical(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
