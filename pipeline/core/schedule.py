"""When to ask again: sources by their own rhythm, articles by how news is corrected, both after failures.

All times are given; chance is replaced by a hash of the name, so that due times are spread, yet repeatable.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.core.feeds import dates
from pipeline.core.http import FailureClass

SHORTEST = timedelta(minutes=5)
USUAL = timedelta(minutes=15)
LONGEST = timedelta(hours=24)
"""Bounds of a source's poll interval, and where it starts. A source may set another usual one."""

FEW_KNOWN = 0.33
MOSTLY_KNOWN = 0.67
STEADY_POLLS = 2
"""Media Cloud's thresholds: below a third known we come too late, from two thirds on too early, and only
two such polls in a row say so."""

RECENT = timedelta(days=31)

REVISITS = (timedelta(hours=1), timedelta(hours=24), timedelta(days=7))
"""Ages at which an article is asked again. Of 88 million news URLs 16 % changed within a day and 19 % within
a week, and of the deletions of a week 42 % fell on the first day (GDELT)."""

MISSING_AGAIN = timedelta(hours=20)
"""Two 404 or 410 this far apart mean that an article is gone."""

IN_FLIGHT_AT_MOST = timedelta(minutes=50)
"""Age after which an article that could not be fetched counts as discarded, while it stays due: below the
hour that DESIGN.md guarantees, by more than a run's length."""

MOST_ATTEMPTS = 12
"""Attempts in a row after which an article is no longer asked for."""

_FIRST_RETRY: Mapping[FailureClass, timedelta] = {
    "temporary": timedelta(minutes=1),
    "throttled": timedelta(minutes=5),
    "soft": timedelta(minutes=5),
    "hard": timedelta(hours=1),
    "refused": timedelta(hours=24),
    "policy": timedelta(hours=24),
}
_LAST_RETRY: Mapping[FailureClass, timedelta] = {
    "temporary": timedelta(minutes=15),
    "throttled": timedelta(hours=24),
    "soft": timedelta(hours=24),
    "hard": timedelta(days=30),
    "refused": timedelta(hours=24),
    "policy": timedelta(days=30),
}


def backoff(kind: FailureClass, failures: int) -> timedelta:
    """The wait after so many failures in a row (1 is the first), doubling within the bounds of its class."""
    first, last = _FIRST_RETRY[kind], _LAST_RETRY[kind]
    return min(first * (1 << min(failures - 1, 20)), last)


def spread(name: str, wait: timedelta, share: float = 0.1) -> timedelta:
    """`wait` and up to `share` of it more, always the same for one name: sources must not beat in time."""
    digest = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
    return wait * (1 + share * digest / 2**32)


def adapted(
    interval: timedelta, usual: timedelta, steady: int, *, known_share: float, recent: bool, on_time: bool
) -> tuple[timedelta, int]:
    """The next interval and the count of steady polls, after a poll that could be read.

    `known_share` is the part of its entries that were known; an unchanged feed counts as 1. Late polls say
    nothing about the source, in either direction: they would make an overloaded scheduler slower still.
    """
    if not on_time:
        return interval, steady
    if known_share < FEW_KNOWN:
        return max(min(interval / 2, usual), min(SHORTEST, usual)), 0
    if known_share < MOSTLY_KNOWN:
        return interval, 0
    if steady + 1 < STEADY_POLLS:
        return interval, steady + 1
    return min(interval * (1.25 if recent else 2), LONGEST), 0


def lower_bound(headers: Mapping[str, str], refresh_seconds: int | None, now: datetime) -> timedelta:
    """The least wait the publisher asks for (`max-age`, `Expires`, `ttl`): at most a day, never a hurry."""
    bounds = [timedelta(seconds=refresh_seconds or 0)]
    if found := re.search(
        r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", headers.get("cache-control", ""), re.IGNORECASE
    ):
        bounds.append(timedelta(seconds=int(found[1])))
    elif expires := dates.read(headers.get("expires")):
        bounds.append(expires.at - now)
    return min(max(bounds), LONGEST)


def next_visit(
    first_fetched_at: datetime, now: datetime, ages: Sequence[timedelta] = REVISITS
) -> datetime | None:
    """When an article is asked again after a visit at `now`; None when all its ages have passed."""
    return next((first_fetched_at + age for age in ages if first_fetched_at + age > now), None)
