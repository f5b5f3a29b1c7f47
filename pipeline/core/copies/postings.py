"""Postings: for every hash that stands in more than a few documents, which ones, in order of time.

Built over arrays and in slices of the hash range, so that a sample of twelve thousand documents takes a few
seconds and little memory beyond its tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.tokens import Hashes

Counts = NDArray[np.int64]

_SLICES: Final = 8
_BOUNDS: Final = np.array([number * (2**64 // _SLICES) for number in range(1, _SLICES)], dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Hash number i, `values[i]`, stands in the documents `documents[starts[i] : starts[i] + counts[i]]`."""

    values: Hashes
    starts: Counts
    counts: Counts
    documents: Counts

    def owners(self) -> Counts:
        """For each entry of `documents`, the number of its hash."""
        return np.repeat(np.arange(len(self.values)), self.counts)

    def distinct(self, labels: Counts) -> Counts:
        """Per hash, how many different labels its documents have; a negative label does not count."""
        owners, seen = self.owners(), labels[self.documents]
        owners, seen = owners[seen >= 0], seen[seen >= 0]
        order = np.lexsort((seen, owners))
        owners, seen = owners[order], seen[order]
        fresh = np.ones(len(owners), dtype=np.bool_)
        fresh[1:] = (owners[1:] != owners[:-1]) | (seen[1:] != seen[:-1])
        return np.bincount(owners[fresh], minlength=len(self.values))


def shared_by(documents: Sequence[Hashes], more_than: int) -> Postings:
    """Postings of the hashes that stand in more than `more_than` documents.

    Documents are given as their distinct hashes, ascending. The result is in order of hashes and, within a
    hash, of documents.
    """
    cuts = [[0, *hashes.searchsorted(_BOUNDS).tolist(), len(hashes)] for hashes in documents]
    parts = [
        _slice(
            [hashes[at[number] : at[number + 1]] for hashes, at in zip(documents, cuts, strict=True)],
            more_than,
        )
        for number in range(_SLICES)
    ]
    values, counts, places = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Postings(values, np.cumsum(counts) - counts, counts, places)


def _slice(cuts: Sequence[Hashes], more_than: int) -> tuple[Hashes, Counts, Counts]:
    """The postings of one slice of the hash range; `cuts` are what each document has in it."""
    values = np.concatenate([*cuts, np.empty(0, dtype=np.uint64)])
    places = np.repeat(np.arange(len(cuts)), [len(cut) for cut in cuts])
    order = np.argsort(values, kind="stable")
    values, places = values[order], places[order]
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]])) if len(values) else places
    counts = np.diff(np.append(starts, len(values)))
    often = counts > more_than
    return values[starts[often]], counts[often], places[np.repeat(often, counts)]
