"""Word alignment: how many words of one text stand in another in the same order.

A copy with half of its words replaced keeps hardly any three words in a row, but it keeps their order; two
reports of one event do not.
"""

from __future__ import annotations


def longest_common_subsequence(one: list[int], other: list[int]) -> int:
    """Length of the longest common subsequence of two token sequences, bit-parallel (Hyyrö 2004).

    A row of the dynamic program is one Python integer of `len(one)` bits, so each token of `other` costs
    four operations on long integers: about .3 ms for two texts of 900 tokens.
    """
    places: dict[int, int] = {}
    for place, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << place
    full = (1 << len(one)) - 1
    row = full
    for token in other:
        matches = places.get(token)
        if matches is not None:
            hit = row & matches
            row = ((row + hit) | (row - hit)) & full
    return len(one) - row.bit_count()
