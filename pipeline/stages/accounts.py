"""Do the books balance? The three checks of guarantee 2, over the ledger, the run reports and the lag.

1. Every ledger document names the run that created it, and for each run of the last 90 days the ledger holds
   exactly as many as its report counted new.
2. With no run active and no lag, only deferred articles are in flight.
3. Without lag, nothing stays in flight for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import schemas
from pipeline.core.ledger import IN_FLIGHT, LedgerEntry
from pipeline.core.reports import RunReport
from pipeline.ports import Documents, TopicReader, Where
from pipeline.stages.runs import DEAD_AFTER

REMEMBERED = timedelta(days=90)
IN_FLIGHT_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicState:
    """Where a topic ends, and how many offsets each of its consumer groups is behind."""

    end_offsets: dict[int, int]
    lag: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The ledger in numbers. `problems` says in words what does not balance; empty when all does."""

    discovered: int
    in_flight: int
    states: dict[str, int]
    problems: tuple[str, ...]

    @property
    def balanced(self) -> bool:
        """Whether all three checks hold."""
        return not self.problems


def topic_states(reader: TopicReader) -> dict[str, TopicState]:
    """Every topic of the contract: ends, and the lag of the groups that consume it."""
    found = {}
    for name, topic in schemas.topics().items():
        ends = reader.ends(name)
        lag = {group: lag_of(ends, reader.committed(group, name)) for group in topic.groups}
        found[name] = TopicState(end_offsets={p: end for p, (_, end) in ends.items()}, lag=lag)
    return found


def audit(
    ledger: Documents[LedgerEntry],
    runs: Documents[RunReport],
    topics: Mapping[str, TopicState],
    now: datetime,
) -> Accounts:
    """Count the ledger and check it. Reads what was written up to now."""
    ledger.refresh()
    runs.refresh()
    states = ledger.counts("state", Where())
    active = list(runs.find(_active(now)))
    lag = sum(behind for topic in topics.values() for behind in topic.lag.values())
    problems = _missing_by_run(ledger, runs, now)
    if not lag:
        problems += _stuck(ledger, now)
        if not active:
            problems += _unexplained(ledger)
    return Accounts(
        discovered=sum(states.values()),
        in_flight=sum(states.get(state, 0) for state in IN_FLIGHT),
        states=dict(sorted(states.items())),
        problems=tuple(problems),
    )


def lag_of(ends: Mapping[int, tuple[int, int]], committed: Mapping[int, tuple[int, str]]) -> int:
    """Offsets still to be read; what retention took before it was read is no lag."""
    return sum(
        end - min(end, max(first, committed[partition][0] if partition in committed else first))
        for partition, (first, end) in ends.items()
    )


def _active(now: datetime) -> Where:
    return Where(terms={"status": ["open"]}, ranges={"heard_at": (now - DEAD_AFTER, None)})


def _missing_by_run(ledger: Documents[LedgerEntry], runs: Documents[RunReport], now: datetime) -> list[str]:
    held = ledger.counts("fetch.run_id", Where())
    closed = Where(terms={"stage": ["fetch"]}, ranges={"started_at": (now - REMEMBERED, None)})
    problems = []
    for stored in runs.find(closed):
        report = stored.value
        found = held.get(report.run_id, 0)
        if report.status != "open" and found != report.discovered:
            problems.append(f"run {report.run_id} counted {report.discovered} new, the ledger holds {found}")
    unnamed = sum(ledger.counts("state", Where(absent=["fetch.run_id", "edit.position"])).values())
    if unnamed:
        problems.append(f"{unnamed} ledger documents do not name the run that created them")
    return problems


def _stuck(ledger: Documents[LedgerEntry], now: datetime) -> list[str]:
    limit = now - IN_FLIGHT_AT_MOST
    waiting = {
        "discovered": Where(terms={"state": ["discovered"]}, ranges={"fetch.discovered_at": (None, limit)}),
        "fetched": Where(terms={"state": ["fetched"]}, ranges={"fetch.fetched_at": (None, limit)}),
        "cleaned": Where(terms={"state": ["cleaned"]}, ranges={"fetch.fetched_at": (None, limit)}),
    }
    counts = {state: sum(ledger.counts("state", where).values()) for state, where in waiting.items()}
    return [
        f"{count} articles are {state} for more than an hour although nothing lags"
        for state, count in counts.items()
        if count
    ]


def _unexplained(ledger: Documents[LedgerEntry]) -> list[str]:
    outcomes = ledger.counts("fetch.outcome", Where(terms={"state": list(IN_FLIGHT)}))
    count = sum(number for outcome, number in outcomes.items() if outcome != "deferred")
    return [f"{count} articles are in flight although no run is active and nothing lags"] if count else []
