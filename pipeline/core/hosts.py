"""A host's state and its rules: what all workers, runs and machines must share to be polite to it.

One document of `news-hosts` per host (`name` or `name:port`). Whoever holds its lease is the only one who
sends it requests; pace, holds and the copy of its robots.txt travel in the same document, so taking the
lease by compare-and-set hands over all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from pipeline.core import robots
from pipeline.core.feeds import dates
from pipeline.core.http import Failure, Response

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


LEASE = timedelta(seconds=45)
"""How long a lease lasts without renewal: longer than a page's deadline, and short, since after a crash the
host waits for its end. A request with a later deadline takes a longer one."""

SPARE = timedelta(seconds=10)
"""What a lease lasts beyond the deadline it was taken for."""

MOST_CRAWL_DELAY = 120.0
"""Seconds; a larger delay in a robots.txt means "go away" and is better said by a Disallow."""

ROBOTS_FRESH = timedelta(hours=24)
ROBOTS_RETRY = timedelta(minutes=30)
ROBOTS_ABSENT_AFTER = timedelta(days=30)
"""RFC 9309 §2.4, §2.3.1.4: a copy serves for a day; an unreachable file denies all, for a month at most."""

LONGEST_HOLD = timedelta(hours=24)
DEFAULT_HOLD = timedelta(minutes=5)


def leased(
    state: HostState | None, host: str, owner: str, now: datetime, seconds: float = 0.0
) -> HostState | None:
    """The state with the lease taken or renewed by `owner` for a request that may take so long.

    None while somebody else holds it.
    """
    held = state or HostState(host=host)
    if held.lease_owner not in (None, owner) and held.lease_until is not None and held.lease_until > now:
        return None
    if held.lease_owner not in (None, owner):
        held = _inherited(held)
    until = now + max(LEASE, timedelta(seconds=seconds) + SPARE)
    return replace(held, lease_owner=owner, lease_until=until)


def _inherited(state: HostState) -> HostState:
    """The state of a worker that died with its lease: an unrecorded last request ended within it."""
    if state.lease_until is None:
        return state
    last = max(state.last_request_at or state.lease_until, state.lease_until)
    earliest = last + timedelta(seconds=state.pace_seconds or 0.0)
    return replace(
        state, last_request_at=last, next_request_at=max(state.next_request_at or earliest, earliest)
    )


def outlasts(state: HostState, now: datetime, seconds: float) -> bool:
    """Whether the lease covers a request that may take so long: only then may it start."""
    return state.lease_until is not None and state.lease_until >= now + timedelta(seconds=seconds)


def released(state: HostState) -> HostState:
    """The state without the lease; pace, holds and robots stay."""
    return replace(state, lease_owner=None, lease_until=None)


def pace(asked: float, crawl_delay: float | None) -> float:
    """Seconds between two requests: what we are set to, or what robots.txt asks if that is more."""
    return max(asked, min(crawl_delay or 0.0, MOST_CRAWL_DELAY))


def requested(state: HostState, at: datetime, seconds: float) -> HostState:
    """After a request ended at `at`: the next may begin `seconds` later."""
    return replace(
        state, pace_seconds=seconds, last_request_at=at, next_request_at=at + timedelta(seconds=seconds)
    )


def answered(state: HostState, answer: Response | Failure, now: datetime) -> HostState:
    """What an answer means for the host: 429 holds all of it, no answer at all counts against it."""
    if isinstance(answer, Failure) and answer.kind in ("soft", "temporary") and answer.status is None:
        return replace(state, failures=state.failures + 1, failed_at=now)
    state = replace(state, failures=0, failed_at=None)
    status = answer.status
    if status != 429:
        return state
    header = answer.retry_after if isinstance(answer, Failure) else answer.headers.get("retry-after")
    return replace(
        state, held_until=now + (retry_after(header, now) or DEFAULT_HOLD), hold_reason="throttled"
    )


def waiting(state: HostState, now: datetime, seconds: float = 0.0) -> float:
    """Seconds until a request may begin: by the pace that was kept so far, by the asker's own of `seconds`
    (another source, or a robots.txt read since, may ask for more), and by a hold."""
    times = [at for at in (state.next_request_at, state.held_until) if at is not None]
    if state.last_request_at is not None:
        times.append(state.last_request_at + timedelta(seconds=seconds))
    return max((max(times) - now).total_seconds() if times else 0.0, 0.0)


def is_held(state: HostState, now: datetime) -> bool:
    """Whether the host asked for quiet that is not over."""
    return state.held_until is not None and state.held_until > now


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What `Retry-After` asks, in seconds or as a date, at most a day; None when absent or absurd."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        wait = timedelta(seconds=int(text))
    elif moment := dates.read(text):
        wait = moment.at - now
    else:
        return None
    return min(wait, LONGEST_HOLD) if wait > timedelta(0) else None


def robots_copy(state: HostState, origin: str) -> RobotsCopy | None:
    """The copy of an origin's robots.txt, however old."""
    return next((copy for copy in state.robots if copy.origin == origin), None)


def is_fresh(copy: RobotsCopy | None, now: datetime) -> bool:
    """Whether a copy may be used without asking again."""
    if copy is None:
        return False
    return now - copy.fetched_at < (ROBOTS_RETRY if copy.unreachable_since else ROBOTS_FRESH)


def with_robots(state: HostState, origin: str, answer: Response | Failure, now: datetime) -> HostState:
    """The state with what asking for `origin`'s robots.txt brought."""
    copy = _copy(robots_copy(state, origin), origin, answer, now)
    others = tuple(held for held in state.robots if held.origin != origin)
    return replace(state, robots=(*others, copy))


def _copy(held: RobotsCopy | None, origin: str, answer: Response | Failure, now: datetime) -> RobotsCopy:
    status = answer.status
    if isinstance(answer, Response) and status is not None and 200 <= status < 300:
        return RobotsCopy(
            origin=origin, verdict="parsed", fetched_at=now, status=status, body=answer.body[: robots.LARGEST]
        )
    if status is not None and 400 <= status < 500 and status != 429:
        return RobotsCopy(origin=origin, verdict="allow-all", fetched_at=now, status=status)
    reason = answer.reason if isinstance(answer, Failure) else "unexpected-status"
    since = (held.unreachable_since if held else None) or now
    if held is not None and held.verdict == "parsed":
        # An unreachable file may be stood in for by an older copy, which says more than "nothing at all".
        return replace(held, fetched_at=now, reason=reason, unreachable_since=since)
    gone = now - since > ROBOTS_ABSENT_AFTER
    return RobotsCopy(
        origin=origin,
        verdict="allow-all" if gone else "deny-all",
        fetched_at=now,
        status=status,
        reason=reason,
        unreachable_since=since,
    )


def robots_refusal(copy: RobotsCopy, url: str, agent: str) -> str | None:
    """Why robots.txt forbids `url`, as a reason; None when it is allowed."""
    if copy.verdict == "deny-all":
        return "robots-unreachable"
    if copy.verdict == "allow-all" or _parsed(copy.body or b"").allows(url, agent):
        return None
    return "robots"


def crawl_delay(copy: RobotsCopy, agent: str) -> float | None:
    """Seconds that robots.txt asks for between requests."""
    return _parsed(copy.body or b"").crawl_delay(agent) if copy.verdict == "parsed" else None


def opt_outs(copy: RobotsCopy, url: str) -> tuple[str, ...]:
    """The collectors of texts that robots.txt names and turns away from `url`."""
    return _parsed(copy.body or b"").opt_outs(url) if copy.verdict == "parsed" else ()


@lru_cache(maxsize=512)
def _parsed(body: bytes) -> robots.Robots:
    return robots.parse(body)
