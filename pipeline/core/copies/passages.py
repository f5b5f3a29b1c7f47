"""Where two texts say the same: for explaining a verdict, never for reaching one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.core.copies.document import Prepared


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of `length` tokens that stands in both texts, from token number `one` of the first and number
    `other` of the second: the same numbers index `words` of the texts.
    """

    one: int
    other: int
    length: int


def passages(one: Prepared, other: Prepared, limit: int = 10) -> tuple[Passage, ...]:
    """The longest passages both texts share, longest first, none overlapping another in `one`.

    Furniture is left out, as it is from the verdict.
    """
    mine, theirs = one.shingles.tolist(), other.shingles.tolist()
    places: dict[int, list[int]] = defaultdict(list)
    for place, value in enumerate(theirs):
        if other.net[place]:
            places[value].append(place)
    found: list[Passage] = []
    start = 0
    while start < len(mine):
        starts = places.get(mine[start], ()) if one.net[start] else ()
        run, place = max(
            ((_run(mine, start, theirs, place), -place) for place in starts[:_TRIED]), default=(0, 0)
        )
        if run:
            found.append(Passage(start, -place, run + one.width - 1))
        start += max(1, run)
    return tuple(sorted(found, key=lambda passage: (-passage.length, passage.one))[:limit])


_TRIED = 50
"""Occurrences of a phrase that are tried: a text that repeats one line a thousand times needs no more."""


def _run(mine: list[int], start: int, theirs: list[int], place: int) -> int:
    longest = min(len(mine) - start, len(theirs) - place)
    return next((run for run in range(longest) if mine[start + run] != theirs[place + run]), longest)
