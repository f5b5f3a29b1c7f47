"""The sketches of many revisions in memory, so that a lookup costs microseconds instead of a search.

    add ──► one posting a term: 40 bits of it, 24 bits of revision number ──► sorted runs, merged as they grow
    near ──► all terms of all questions searched in every run ──► shared terms counted ──► gates ──► keys

What comes out is a superset: nothing that matches is missing; what merely looks alike (postings hold 40 bits
of a term), was replaced or is deleted is for the caller to sort out with `CandidateQuery.matches`. Memory is
bounded: past the budget the oldest quarter by event time is let go and the `horizon` rises. Of what is dated
before the horizon a window knows nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.lookup import CandidateQuery, Sketched, milliseconds, numbers
from pipeline.core.copies.tokens import Hashes

BUDGET: Final = 20_000_000
"""Postings kept at most, 8 bytes each: 340,000 articles of 58 terms, with their keys below 200 MiB."""

_RUN: Final = 2_000_000
"""Postings in a run that is merged no further, which bounds the memory a merge takes."""
_AT_ONCE: Final = 50
"""Questions counted together."""
_NUMBER_BITS: Final = np.uint64(24)
_NUMBERS: Final = np.uint64(2**24 - 1)
_TERM: Final = np.uint64(2**40 - 1)

_Integers = NDArray[np.int64]


class Window:
    """Sketches of the revisions dated from `horizon` on, in milliseconds since 1970."""

    def __init__(self, horizon: int, budget: int = BUDGET) -> None:
        self.horizon = horizon
        self._budget = budget
        self._runs: list[Hashes] = []
        self._keys: list[str] = []
        self._events, self._positions, self._nets = array("q"), array("q"), array("q")
        self._languages = array("q")
        self._codes: dict[str, int] = {}

    def __len__(self) -> int:
        """How many revisions it holds; one that was added again counts twice."""
        return len(self._keys)

    @property
    def postings(self) -> int:
        """How many terms it holds."""
        return sum(map(len, self._runs))

    def add(self, kept: Iterable[Sketched]) -> None:
        """Take in revisions; those dated before the horizon are passed over."""
        new = [_postings(one.terms, self._enter(one)) for one in kept if self._reaches(one)]
        if new:
            self._append(np.sort(np.concatenate(new)))
        while self.postings > self._budget or len(self._keys) > int(_NUMBERS) - 10_000:
            self._forget()

    def near(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        """Per query the keys of what may be candidates, ascending."""
        found: list[list[str]] = []
        for start in range(0, len(queries), _AT_ONCE):
            found += self._near(queries[start : start + _AT_ONCE])
        return found

    def _reaches(self, kept: Sketched) -> bool:
        return milliseconds(kept.event_at) >= self.horizon

    def _enter(self, kept: Sketched) -> int:
        self._keys.append(kept.key)
        self._events.append(milliseconds(kept.event_at))
        self._positions.append(kept.position)
        self._nets.append(kept.net_shingles)
        self._languages.append(self._codes.setdefault(kept.language, len(self._codes)))
        return len(self._keys) - 1

    def _append(self, run: Hashes) -> None:
        """A run is merged with the one before it while that is no more than twice as long."""
        while self._runs and len(self._runs[-1]) <= 2 * len(run) and len(self._runs[-1]) + len(run) <= _RUN:
            run = np.concatenate([self._runs.pop(), run])
            run.sort(kind="stable")  # which merges what is sorted already
        self._runs.append(run)

    def _near(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        terms = [numbers(query.terms) for query in queries]
        asked = np.repeat(np.arange(len(queries)), [len(each) for each in terms])
        values = np.concatenate(terms) & _TERM
        order = np.argsort(values)
        values, asked = values[order], asked[order]
        pairs = [_pairs(run, values, asked) for run in self._runs]
        together, shared = np.unique(np.concatenate([*pairs, _none()]), return_counts=True)
        owner, number = together >> 24, together & int(_NUMBERS)
        passing = self._passes(queries, owner, number, shared)
        found: list[list[str]] = [[] for _ in queries]
        for one, kept in zip(owner[passing].tolist(), number[passing].tolist(), strict=True):
            found[one].append(self._keys[kept])
        return [sorted(set(keys)) for keys in found]

    def _passes(
        self, queries: Sequence[CandidateQuery], owner: _Integers, number: _Integers, shared: _Integers
    ) -> NDArray[np.bool_]:
        """`CandidateQuery.admits` for many pairs of question and revision, but for whose text it is."""
        events, nets = _held(self._events)[number], _held(self._nets)[number]
        starts = np.array([milliseconds(query.event_from) for query in queries])[owner]
        ends = np.array([milliseconds(query.event_to) for query in queries])[owner]
        least = np.array([query.minimum for query in queries])[owner]
        short = np.array([query.short_below for query in queries])[owner]
        before = np.array([query.before for query in queries])[owner]
        spoken = np.array([self._codes.get(query.language, -1) for query in queries])[owner]
        passing: NDArray[np.bool_] = (
            (shared >= np.where(nets < short, 1, least))
            & (starts <= events)
            & (events <= ends)
            & (_held(self._positions)[number] < before)
            & (_held(self._languages)[number] == spoken)
        )
        return passing

    def _forget(self) -> None:
        """Let the oldest quarter go, and whatever shares its last moment."""
        events = _held(self._events)
        self.horizon = int(np.quantile(events, 0.25, method="lower")) + 1
        stays = events >= self.horizon
        moved = np.cumsum(stays).astype(np.uint64) - np.uint64(1)
        self._runs = [kept for run in self._runs if len(kept := _remaining(run, stays, moved))]
        places = np.flatnonzero(stays)
        self._keys = [self._keys[place] for place in places.tolist()]
        for name in ("_events", "_positions", "_nets", "_languages"):
            setattr(self, name, array("q", _held(getattr(self, name))[places].tobytes()))


def _postings(terms: Hashes, number: int) -> Hashes:
    return ((terms & _TERM) << _NUMBER_BITS) | np.uint64(number)


def _pairs(run: Hashes, values: Hashes, asked: _Integers) -> _Integers:
    """For each posting of one of the values: question number × 2²⁴ + revision number."""
    first = values << _NUMBER_BITS
    starts, ends = run.searchsorted(first), run.searchsorted(first | _NUMBERS, side="right")
    counts = ends - starts
    total = int(counts.sum())
    if not total:
        return _none()
    shifts = np.repeat(starts - (np.cumsum(counts) - counts), counts)
    numbers_hit = (run[shifts + np.arange(total)] & _NUMBERS).astype(np.int64)
    return (np.repeat(asked, counts) << 24) | numbers_hit


def _remaining(run: Hashes, stays: NDArray[np.bool_], moved: Hashes) -> Hashes:
    numbers_held = (run & _NUMBERS).astype(np.int64)
    kept = stays[numbers_held]
    return (run[kept] & ~_NUMBERS) | moved[numbers_held[kept]]


def _held(values: array[int]) -> _Integers:
    """The values without a copy; not to be kept, since an array that is looked at cannot grow."""
    return np.frombuffer(values, dtype=np.int64)


def _none() -> _Integers:
    return np.empty(0, dtype=np.int64)
