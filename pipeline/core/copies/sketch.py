"""Sketches: the few shingles by which possible copies find each other.

The numerically smallest net shingles, one in sixteen and at least 24, and the eight smallest of the opening.
Both texts keep every shared shingle that lies below both cut-offs, so a short text still meets a long one,
and no permutations or bands are needed. The opening has its own terms because that is what a shortened copy
keeps: a tenth more terms, and two of three missed pairs are found. The size is capped where a page is a book
(65,000 net shingles): an index takes only so many terms in one question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from pipeline.core.copies.document import Prepared, primary_language
from pipeline.core.copies.shingles import ascending_once, member
from pipeline.core.copies.tokens import Hashes

WINDOW: Final = timedelta(days=7)
"""How far apart two articles may be dated and still be compared: beyond it outlets reuse background."""

SHORT_BELOW: Final = 72
"""Net shingles below which one shared term suffices; at 72, two are shared by 94 % of full excerpts."""

_FLOOR: Final = 24
_ONE_IN: Final = 16
_CAP: Final = 4_096
_OPENING: Final = 32
_OPENING_TERMS: Final = 8
_BIG_ENDIAN: Final = np.dtype(">u8")


@dataclass(frozen=True, slots=True)
class LookupRule:
    """What makes a stored revision a candidate: `minimum` shared terms, or one if it has fewer than
    `short_below` net shingles."""

    minimum: int
    short_below: int = SHORT_BELOW


def sketch(prepared: Prepared) -> tuple[str, ...]:
    """The terms of a text, ascending, as 16 hexadecimal digits each; none for a text without net shingles."""
    digits = terms(prepared).astype(_BIG_ENDIAN).tobytes().hex()
    return tuple(digits[at : at + 16] for at in range(0, len(digits), 16))


def terms(prepared: Prepared) -> Hashes:
    """The same terms as numbers."""
    smallest = prepared.unique[: min(_CAP, max(_FLOOR, prepared.n_net // _ONE_IN))]
    opening = ascending_once(prepared.shingles[prepared.net][:_OPENING])[:_OPENING_TERMS]
    return ascending_once(np.concatenate([smallest, opening]))


def lookup_rule(prepared: Prepared) -> LookupRule:
    """How many terms a stored revision must share with this text."""
    return LookupRule(minimum=1 if prepared.n_net < SHORT_BELOW else 2)


def is_candidate(one: Prepared, other: Prepared) -> bool:
    """The lookup's rule for two texts at hand: language, window and shared terms. Symmetric."""
    if not within_gates(one, other):
        return False
    shared = int(member(terms(one), terms(other)).sum())
    return shared >= 2 or (shared == 1 and min(one.n_net, other.n_net) < SHORT_BELOW)


def within_gates(one: Prepared, other: Prepared) -> bool:
    """Whether two texts are in one language and dated at most `WINDOW` apart."""
    return same_language(one, other) and same_window(one, other)


def same_language(one: Prepared, other: Prepared) -> bool:
    """Whether both texts are in one language, whatever the region."""
    return primary_language(one.document.language) == primary_language(other.document.language)


def same_window(one: Prepared, other: Prepared) -> bool:
    """Whether the texts are dated at most `WINDOW` apart."""
    return abs(one.document.event_at - other.document.event_at) <= WINDOW
