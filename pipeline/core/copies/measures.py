"""What the copy test measures beyond counting shared shingles: where they stand, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.alignment import longest_common_subsequence
from pipeline.core.copies.document import Prepared
from pipeline.core.copies.shingles import member
from pipeline.core.copies.tokens import Hashes


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of the edge test; shares between 0 and 1, `*_positions` in shingles or tokens."""

    contained: float = 0.30
    derived: float = 0.15
    related: float = 0.08
    cover: float = 0.30
    anchor: float = 0.15
    anchor_positions: int = 30
    abridged: float = 0.60
    lead_alone: float = 0.40
    aligned: float = 0.50
    align_reach: float = 1.25
    align_positions: int = 32
    align_net: int = 60
    align_net_share: float = 0.60
    foreign: float = 0.15
    match_edge: float = 0.05
    opens: float = 0.50
    opening: float = 0.20


LIMITS: Final = Limits()

MAX_ALIGNED: Final = 4096
"""Tokens of the shorter text that are aligned at most, since the cost grows with the square."""


def anchor(shorter: Prepared, longer: Prepared, shared: Hashes, limits: Limits) -> float:
    """Share of the longer text's opening, as long as the whole shorter text, whose shingles are shared.

    Taken from the raw sequence: furniture and repeats in the opening count as not shared.
    """
    zone = longer.shingles[: max(limits.anchor_positions, len(shorter.shingles))]
    return _share(member(zone, shared))


def foreign(longer: Prepared, shared: Hashes, limits: Limits) -> tuple[float, float]:
    """Share of the longer text that stands before and after what is shared, furniture left out.

    The outermost twentieth of the matching positions on either side is ignored, since a stray phrase in the
    first line would otherwise hide that everything around the match is foreign. Nothing stands before a text
    that opens with what is shared: an outlet that puts its own paragraphs below a copy's first one is no
    round-up.
    """
    matching = member(longer.shingles[longer.net], shared)
    opens = _share(matching[: limits.anchor_positions]) >= limits.opens
    places = np.flatnonzero(matching)
    strays = int(len(places) * limits.match_edge)
    first, last = int(places[strays]), int(places[len(places) - 1 - strays])
    before = 0.0 if opens else first / len(matching)
    return before, (len(matching) - 1 - last) / len(matching)


def alignment(shorter: Prepared, longer: Prepared, limits: Limits) -> float | None:
    """Share of the shorter text's words that stand in the longer one's opening in the same order.

    None where the test does not apply: robot templates, which are short or mostly furniture, align too.
    """
    if shorter.n_net < limits.align_net or _share(shorter.net) < limits.align_net_share:
        return None
    words = _net_tokens(shorter)[:MAX_ALIGNED]
    reach = max(limits.align_positions, int(limits.align_reach * len(words)))
    return longest_common_subsequence(words, _net_tokens(longer)[:reach]) / len(words)


def in_opening(text: Prepared, shared: Hashes, limits: Limits) -> bool:
    """Whether what is shared takes up enough of the text's first fifth to be its lead."""
    zone = text.shingles[: max(limits.anchor_positions, int(limits.opening * len(text.shingles)))]
    return _share(member(zone, shared)) >= limits.anchor


def _share(found: NDArray[np.bool_]) -> float:
    """The part that is true; as `mean`, in a fifth of its time."""
    return int(np.count_nonzero(found)) / len(found)


def _net_tokens(text: Prepared) -> list[int]:
    """The tokens that stand in at least one net shingle."""
    hashes = text.document.tokens.hashes
    kept = np.zeros(len(hashes), dtype=np.bool_)
    for offset in range(text.width):
        kept[offset : offset + len(text.net)] |= text.net
    tokens: list[int] = hashes[kept].tolist()
    return tokens
