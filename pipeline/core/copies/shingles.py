"""Shingles: one hash for every three words in a row, the unit in which two texts are compared.

Three words survive an edit of every fourth one, which five do not; the furniture list removes what three
words share by chance. Where tokens are characters, a shingle is as many characters as make about three
words. The constants are part of `copies.v1`: other constants, other sketches.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.tokens import Hashes, Tokens

_WORDS: Final = 3

# Characters per shingle in languages whose tokens are characters: unrelated texts then share as few shingles
# as English ones do (1 to 2 %, measured on manuals), while three characters would make 13 % shared in
# Japanese and 31 % in Thai.
_CHARACTERS: Final = {"zh": 4, "ja": 6, "ko": 6, "th": 8, "lo": 8, "km": 8, "my": 8}

_WEIGHTS: Final = np.array(
    [
        0x20E9FA102240CC4F,
        0x7FD0AC8ACC0D7A69,
        0x99FBCBDE970C647D,
        0xA46D7C28EB6251AD,
        0xDAEF94125B34F283,
        0x89DB4B5FA4476E37,
        0x7D1D985BDB72B051,
        0x75B5DDB004520FA9,
    ],
    dtype=np.uint64,
)

# The finaliser of splitmix64: without it, sums of weighted hashes would not be evenly spread, and the
# "smallest values" of a sketch would not be a fair sample.
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_SHIFTS: Final = (np.uint64(30), np.uint64(27), np.uint64(31))


def width(language: str) -> int:
    """How many tokens a shingle has in a language, given as its primary tag."""
    return _CHARACTERS.get(language, _WORDS)


def shingle(tokens: Tokens, tokens_each: int = _WORDS) -> Hashes:
    """Every shingle in text order, repeats included; a text of too few tokens is padded to one shingle."""
    hashes = tokens.hashes
    if not len(hashes):
        return hashes
    if len(hashes) < tokens_each:
        hashes = np.concatenate([hashes, np.zeros(tokens_each - len(hashes), dtype=np.uint64)])
    count = len(hashes) - tokens_each + 1
    total = hashes[:count] * _WEIGHTS[0]
    for offset in range(1, tokens_each):
        total += hashes[offset : offset + count] * _WEIGHTS[offset]
    return _finalise(total)


def member(values: Hashes, among: Hashes) -> NDArray[np.bool_]:
    """For each value, whether it is in the ascending array `among`."""
    if not len(among):
        return np.zeros(len(values), dtype=np.bool_)
    found: NDArray[np.bool_] = among.take(among.searchsorted(values), mode="clip") == values
    return found


def ascending_once(values: Hashes) -> Hashes:
    """As numpy.unique, eight times faster for the thousand values of an article."""
    ordered = np.sort(values)
    if len(ordered) < 2:
        return ordered
    first = np.empty(len(ordered), dtype=np.bool_)
    first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _finalise(values: Hashes) -> Hashes:
    values = (values ^ (values >> _SHIFTS[0])) * _MIX_1
    values = (values ^ (values >> _SHIFTS[1])) * _MIX_2
    return values ^ (values >> _SHIFTS[2])
