"""A host's state: what all workers, runs and machines must share to be polite to it.

One document of `news-hosts` per host (`name` or `name:port`). Whoever holds its lease is the only one who
sends it requests; pace, holds and the copy of its robots.txt travel in the same document, so taking the
lease by compare-and-set hands over all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

RobotsVerdict = Literal["parsed", "allow-all", "deny-all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsCopy:
    """The robots.txt of one origin (`https://name:port`) as last fetched.

    `verdict` is what its HTTP status means (RFC 9309 §2.3.1): a 2xx is `parsed`, a 4xx allows all, a 5xx or
    no answer denies all. `body` is stored, never searched; it is null unless the verdict is `parsed`.
    `unreachable_since` is the first failed attempt of the present series.
    """

    origin: str
    verdict: RobotsVerdict
    fetched_at: datetime
    status: int | None = None
    reason: str | None = None
    body: bytes | None = None
    unreachable_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """One document of `news-hosts`. `pace_seconds` is the delay in force, `next_request_at` what it allows.

    A hold stops every request to the host (429, or its own request for quiet); `failures` counts requests
    in a row that got no HTTP answer at all.
    """

    host: str
    lease_owner: str | None = None
    lease_until: datetime | None = None
    pace_seconds: float | None = None
    last_request_at: datetime | None = None
    next_request_at: datetime | None = None
    held_until: datetime | None = None
    hold_reason: str | None = None
    failures: int = 0
    failed_at: datetime | None = None
    robots: tuple[RobotsCopy, ...] = ()
