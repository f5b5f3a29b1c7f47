"""A bounded, order-free sample of what was seen, for learning furniture.

Every source may keep an equal number of documents, those with the smallest hashes: the same documents are
kept whatever order they come in, and a large source cannot crowd out a small one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import xxhash

from pipeline.core.copies.document import primary_language
from pipeline.core.copies.shingles import shingle, width
from pipeline.core.copies.tokens import Hashes, Tokens

MAX_DOCUMENTS: Final = 12_000
"""Documents kept, so that learning stays within about 400 MiB whatever was seen."""

MAX_TOKENS: Final = 4_096
"""Tokens kept of each document, half from either end: furniture stands at the ends of very long pages."""


class Seen(NamedTuple):
    """One text that was published: by whom, in which language, when (aware), and its tokens."""

    source_id: str
    language: str
    event_at: datetime
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Sampled:
    """A document of the sample: shingles in text order, of `width` tokens each; `day` counts from 1970."""

    source_id: str
    day: float
    shingles: Hashes
    width: int


def sample(seen: Iterable[Seen], limit: int = MAX_DOCUMENTS) -> list[Sampled]:
    """At most `limit` documents, by time; a pure function of the set of documents, not of their order."""
    kept: dict[str, list[tuple[int, Sampled]]] = defaultdict(list)
    total, share = 0, limit
    for document in seen:
        kept[document.source_id].append(_sampled(document))
        total += 1
        if total > limit + limit // 4:
            total, share = _trim(kept, limit, share)
    _trim(kept, limit, share)
    chosen = [entry for entries in kept.values() for entry in entries]
    return [document for _, document in sorted(chosen, key=lambda entry: (entry[1].day, entry[0]))]


def _sampled(seen: Seen) -> tuple[int, Sampled]:
    day = seen.event_at.timestamp() / 86_400
    hashes = seen.tokens.hashes
    digest = xxhash.xxh3_64_intdigest(hashes.tobytes() + f"{seen.source_id} {day}".encode())
    each = width(primary_language(seen.language))
    return digest, Sampled(seen.source_id, day, shingle(Tokens(_ends(hashes)), each), each)


def _ends(hashes: Hashes) -> Hashes:
    if len(hashes) <= MAX_TOKENS:
        return hashes
    half = MAX_TOKENS // 2
    return np.concatenate([hashes[:half], hashes[-half:]])


def _trim(kept: dict[str, list[tuple[int, Sampled]]], limit: int, share: int) -> tuple[int, int]:
    """Cut every source to the largest equal share that keeps all within `limit`; returns total and share.

    A share never grows again: what was cut under a smaller one is gone.
    """
    share = min(share, _equal_share([len(entries) for entries in kept.values()], limit))
    for entries in kept.values():
        if len(entries) > share:
            entries.sort(key=lambda entry: entry[0])
            del entries[share:]
    return sum(map(len, kept.values())), share


def _equal_share(sizes: list[int], limit: int) -> int:
    """The largest share q for which the sizes, each cut to q, add up to at most `limit`; at least one."""
    left = limit
    for done, size in enumerate(sorted(sizes)):
        share = left // (len(sizes) - done)
        if size > share:
            return max(1, share)
        left -= size
    return max(sizes, default=1)
