"""Word alignment: how many words of one text stand in another in the same order.

A copy with half of its words replaced keeps hardly any three words in a row, but it keeps their order; two
reports of one event do not.
"""

from __future__ import annotations


def longest_common_subsequence(one: list[int], other: list[int]) -> int:
    """Length of the longest common subsequence of two token sequences, bit-parallel (Hyyrö 2004).

    A row of the dynamic program is one Python integer with a bit for each token of `one` that `other` has at
    all, so each token of `other` costs four operations on long integers: about .2 ms for two texts of 900
    tokens. What is carried out at the upper end never comes back and is cut off at the end.
    """
    also = frozenset(other)
    kept = [token for token in one if token in also]
    places: dict[int, int] = {}
    for place, token in enumerate(kept):
        places[token] = places.get(token, 0) | 1 << place
    full = row = (1 << len(kept)) - 1
    for matches in map(places.get, other):
        if matches is not None:
            hit = row & matches
            row = (row + hit) | (row - hit)
    return len(kept) - (row & full).bit_count()
