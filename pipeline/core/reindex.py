"""The next version of the readers' index: its name, and what tells it from the one that is served.

A version of the index holds the same stories under another mapping. Nothing is decided anew, unlike in a
rebuild of the stories themselves, which makes a next generation (`core/generations.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

_VERSION = re.compile(r"-v(\d{4,})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A version being filled: `index` beside `served`, so far from the topic's records below `offset`."""

    index: str
    served: str
    offset: int


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """How a story stands in one index."""

    story_id: str
    version: int
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two indices, story by story. `behind`: the next one lacks them or has an older version; `ahead`: it has
    what the served one lacks; `unequal`: the same version with other contents, of those looked at closely."""

    statuses: dict[str, int] = field(default_factory=dict)
    behind: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    unequal: tuple[str, ...] = ()

    @property
    def stories(self) -> int:
        """How many stories the served index holds."""
        return sum(self.statuses.values())

    @property
    def same(self) -> bool:
        """Whether readers of the next version would miss nothing."""
        return not (self.behind or self.unequal)


def next_name(name: str, versions: Collection[str]) -> str:
    """The concrete name of the version after all those there are."""
    numbers = [int(found[1]) for version in versions if (found := _VERSION.search(version))]
    return f"{name}-v{max(numbers, default=0) + 1:04}"


def compared(served: Iterable[Standing], following: Iterable[Standing]) -> Comparison:
    """Compare two runs of standings, both by story id; neither is held in memory."""
    statuses: Counter[str] = Counter()
    behind: list[str] = []
    ahead: list[str] = []
    for old, new in _side_by_side(iter(served), iter(following)):
        if old is not None:
            statuses[old.status] += 1
        if old is not None and (new is None or old.version > new.version):
            behind.append(old.story_id)
        elif new is not None and (old is None or new.version > old.version):
            ahead.append(new.story_id)
        elif old is not None and new is not None and old.status != new.status:
            behind.append(old.story_id)
    return Comparison(statuses=dict(statuses), behind=tuple(behind), ahead=tuple(ahead))


def _side_by_side(
    left: Iterator[Standing], right: Iterator[Standing]
) -> Iterator[tuple[Standing | None, Standing | None]]:
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.story_id < other.story_id):
            yield one, None
            one = next(left, None)
        elif one is None or other.story_id < one.story_id:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)
