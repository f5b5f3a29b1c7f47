"""How much two invented texts share, so that stories meant to be different stay different."""

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")

Shingles = frozenset[tuple[str, str, str]]


def shingles(text: str) -> Shingles:
    """All runs of three words, whatever their case."""
    words = _WORD.findall(text.casefold())
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def overlap(one: Shingles, other: Shingles) -> float:
    """The share of the smaller set that is in the other one, 0 to 1."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def highest(one: Shingles, others: Iterable[Shingles]) -> float:
    """The largest overlap with any of the others; 0 when there are none."""
    return max((overlap(one, other) for other in others), default=0.0)
