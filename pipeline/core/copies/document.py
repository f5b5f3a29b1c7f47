"""One revision of an article as the copy test sees it, and what is computed from it once.

`prepare` is the stateless part of the work: it depends on the document and the furniture list alone, so
callers keep its result for as long as the list is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.furniture import Furniture
from pipeline.core.copies.shingles import ascending_once, shingle, width
from pipeline.core.copies.tokens import Hashes, Tokens


@dataclass(frozen=True, slots=True)
class Document:
    """One revision. `event_at` is aware; `tokens` are those of the body, without the title."""

    article_id: str
    source_id: str
    title: str
    language: str
    event_at: datetime
    tokens: Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A document under one furniture list.

    `shingles` holds every shingle in text order, repeats and furniture included (the notes' W); `net` says
    for each of them whether it is not furniture; `unique` are the net ones, ascending and once each (U).
    """

    document: Document
    furniture: int
    shingles: Hashes
    net: NDArray[np.bool_]
    unique: Hashes

    @property
    def width(self) -> int:
        """Tokens in each shingle."""
        return len(self.document.tokens) - len(self.shingles) + 1

    @property
    def n_net(self) -> int:
        """How many different shingles are not furniture: what "short" is measured by."""
        return len(self.unique)


def prepare(document: Document, furniture: Furniture) -> Prepared:
    """Shingle a document and take the furniture of its source out."""
    shingles = shingle(document.tokens, width(primary_language(document.language)))
    net = ~furniture.stopped(document.source_id, shingles)
    return Prepared(document, furniture.position, shingles, net, ascending_once(shingles[net]))


@lru_cache(maxsize=1024)
def primary_language(tag: str) -> str:
    """The language a tag names, without region or script: `en-GB` and `en` are one language to the gates."""
    return tag.replace("_", "-").partition("-")[0].strip().casefold()
