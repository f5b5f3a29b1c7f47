"""What the tasks of the DAGs do: plain functions that open the world, run one thing and return plain counts.

Nothing here knows Airflow, so any other scheduler, a test or a person in a shell can call the same. Clients
are made and closed inside each call: Airflow's workers fork.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from pipeline import bootstrap, log
from pipeline.airflow.counts import Counts, slow_hosts
from pipeline.errors import FetchUnavailable, PipelineError, TransientError
from pipeline.stages import letters
from pipeline.stages import replay as replaying
from pipeline.stages.accounts import audit, lag_of, topic_states
from pipeline.stages.checkup import alarming_sources, late_groups, unusual_volumes
from pipeline.stages.runner import Pace
from pipeline.stages.upkeep import aging_list, resting_maintenance
from pipeline.world import World

if TYPE_CHECKING:
    from pipeline.core.maintenance import Part
    from pipeline.core.reports import RunReport

logger = logging.getLogger(__name__)

HOSTS_PER_SHARD = 12
SHARDS_AT_MOST = 12
"""A shard is a process, which costs seconds before it does anything; inside it hosts go side by side."""
LEAST_POLLS = 3
"""When fewer sources than this were asked and failed, that says something about them and not about us."""
PAGES_PER_WORKER = 5_000
"""Waiting pages from which a further clean worker pays: about what one does in half its time budget."""
WORKERS_AT_MOST = 6
"""The raw topic's partitions: more members of its group would stand by."""


LINGER_SECONDS = 20.0
"""How long a consuming task waits for more at the end of its topic. The next one would cost two seconds of
CPU, and several of everybody's time, before its first record; so a steady stream is read as by a follower."""


class NeedsAttention(PipelineError):
    """A check found something that a person should look at; each line of the message is one finding."""


class ToBeContinued(TransientError):
    """A step ended well and is not the last: trying again goes on from there."""


class Share(TypedDict):
    """One task's share of a replay, and what the grid calls it; `partition` is None for dead letters."""

    label: str
    partition: int | None


class Shard(TypedDict):
    """Hosts that one task works, and what the grid calls it."""

    number: int
    label: str
    hosts: list[str]


def plan_scrape(options: Mapping[str, Any]) -> list[Shard]:
    """Shards of the hosts with something due; a dry run logs them and returns none."""
    order = _order(options)
    with _world() as world:
        (hosts,) = bootstrap.plan_fetch(world, order, 1) or [[]]
        count = min(SHARDS_AT_MOST, math.ceil(len(hosts) / HOSTS_PER_SHARD))
        planned = [hosts] if count == 1 else bootstrap.plan_fetch(world, order, count) if hosts else []
    log.event(logger, "scrape.planned", hosts=len(hosts), shards=len(planned))
    if options.get("dry_run"):
        for name in hosts:
            log.event(logger, "scrape.would-ask", host=name)
        return []
    return [_shard(number, names) for number, names in enumerate(planned, 1) if names]


def scrape(hosts: Sequence[str], options: Mapping[str, Any], trigger: str) -> Counts:
    """Everything due at these hosts. Raises FetchUnavailable when not one of several sources answered."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = _pace(world, None, stop)
        ended, report = bootstrap.run_fetch(world, pace, trigger, hosts=hosts, order=_order(options))
    polls = report.details.get("polls", 0)
    failed = sum(report.details.get(f"polls.{result}", 0) for result in ("broken", "blocked", "throttled"))
    if polls >= LEAST_POLLS and failed == polls:
        raise FetchUnavailable("not one of the sources answered as it should", polls=int(polls))
    return _counts(ended, report)


def plan_clean() -> list[int]:
    """Numbers for the clean workers that what is waiting deserves; none when nothing waits."""
    with _world() as world:
        ends = world.reader.ends(bootstrap.RAW)
        waiting = lag_of(ends, world.reader.committed(bootstrap.CLEAN_GROUP, bootstrap.RAW))
    return list(range(1, min(WORKERS_AT_MOST, math.ceil(waiting / PAGES_PER_WORKER)) + 1))


def clean(trigger: str, seconds: float | None = None) -> Counts:
    """One clean worker until nothing more comes to its partitions, or for `seconds`."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = replace(_pace(world, seconds, stop), linger=LINGER_SECONDS)
        return _counts(*bootstrap.run_clean(world, pace, trigger))


def index(trigger: str, seconds: float | None = None) -> Counts:
    """The index stage until nothing more comes to the log, or for `seconds`; ends at once when another writer
    owns it."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = replace(_pace(world, seconds, stop), linger=LINGER_SECONDS)
        return _counts(*bootstrap.run_index(world, pace, trigger))


def check() -> None:
    """Look at sources, lag, maintenance and books. Raises NeedsAttention with every finding, a line each."""
    with _world() as world:
        now = bootstrap.now()
        rows = bootstrap.read_catalogue(world.settings.sources)
        accounts = audit(world.ledger, world.runs, topic_states(world.reader), now)
        for line in unusual_volumes(rows, world.sources, now):
            log.event(logger, "check.noted", remark=line)
        found = [
            *alarming_sources(rows, world.sources, now),
            *late_groups(world.reader, now),
            *resting_maintenance(world.runs, now),
            *aging_list(world.reader, bootstrap.INDEX_GROUP, now),
            *(f"the books do not balance: {problem}" for problem in accounts.problems),
        ]
    for line in found:
        log.event(logger, "check.found", level=logging.WARNING, finding=line)
    if found:
        raise NeedsAttention("\n".join([f"{len(found)} findings", *found]))


def maintain(parts: Sequence[Part], trigger: str) -> Counts:
    """These parts of maintenance, as far as they are due.

    Raises ToBeContinued while a rebuild is not in force: out of time, or waiting for the index stage.
    """
    with _world() as world, bootstrap.stopping() as stop:
        done = bootstrap.run_maintenance(world, _pace(world, None, stop), trigger, parts=parts)
    for waiting in ("unfinished", "ready", "stood-by", "waits-for-list"):
        if f"rebuild({waiting})" in done.done:
            raise ToBeContinued(f"the rebuild is not in force yet: {waiting}", run=done.run_id)
    runs = [done.run_id] if done.run_id else []
    return Counts(runs=runs, ended=["at-the-ends"], discovered=0, outcomes=dict(done.done))


def plan_replay(options: Mapping[str, Any]) -> list[Share]:
    """Shares of what is to be replayed; a dry run logs how much that is and returns none."""
    with _world() as world:
        if options["what"] == "dead letters":
            found = bootstrap.open_letters(world, options["stage"], options["reason"])[: options["limit"]]
            sizes: dict[int | None, int] = {None: len(found)} if found else {}
        else:
            sizes = dict(replaying.how_many(world.reader, _wanted(options)).items())
    for partition, size in sizes.items():
        log.event(logger, "replay.planned", what=options["what"], partition=partition, records=size)
    if options["dry_run"]:
        return []
    return [
        Share(label="dead letters" if partition is None else f"partition {partition}", partition=partition)
        for partition in sizes
    ]


def replay(share: Share, options: Mapping[str, Any], trigger: str) -> Counts:
    """One share. Raises NeedsAttention when time ran out, with the time from which to go on, and when dead
    letters cannot be sent."""
    if share["partition"] is None:
        return _replay_letters(options)
    with _world() as world, bootstrap.stopping() as stop:
        wanted = _wanted(options, share["partition"])
        left, report = bootstrap.replay_pages(world, wanted, _pace(world, None, stop), trigger)
    if left is not None:
        raise NeedsAttention(f"out of time; run it again with pages written from {left.isoformat()} on")
    return _counts("at-the-ends", report)


def _replay_letters(options: Mapping[str, Any]) -> Counts:
    with _world() as world:
        found = bootstrap.open_letters(world, options["stage"], options["reason"])[: options["limit"]]
        problems = letters.replay([held.letter for held in found], world.publisher)
    if problems:
        raise NeedsAttention("\n".join([f"{len(problems)} of {len(found)} cannot be sent", *problems]))
    return Counts(runs=[], ended=["at-the-ends"], discovered=0, outcomes={"sent-again": len(found)})


def _wanted(options: Mapping[str, Any], partition: int | None = None) -> replaying.Wanted:
    since, until = options["since"], options["until"]
    return replaying.Wanted(
        sources=frozenset(options["sources"] or ()),
        since=datetime.fromisoformat(since) if since else None,
        until=datetime.fromisoformat(until) if until else None,
        limit=options["limit"],
        partitions=frozenset() if partition is None else frozenset({partition}),
    )


def _order(options: Mapping[str, Any]) -> bootstrap.FetchOrder:
    return bootstrap.FetchOrder(
        sources=frozenset(options.get("sources") or ()),
        force=bool(options.get("force")),
        limit=options.get("limit"),
    )


def _shard(number: int, hosts: list[str]) -> Shard:
    others = f" and {len(hosts) - 1} more" if len(hosts) > 1 else ""
    return Shard(number=number, label=f"shard {number}: {hosts[0]}{others}", hosts=hosts)


@contextmanager
def _world() -> Iterator[World]:
    log.quiet()
    world = World()
    try:
        yield world
    finally:
        world.close()


def _pace(world: World, seconds: float | None, stop: Any) -> Pace:
    settings = world.settings
    return Pace(batch=settings.batch_records, seconds=seconds or settings.drain_seconds, stop=stop)


def _counts(ended: str, report: RunReport) -> Counts:
    outcomes: Mapping[str, int] = report.outcomes
    counts = Counts(
        runs=[report.run_id], ended=[ended], discovered=report.discovered, outcomes=dict(outcomes)
    )
    if report.slowest:
        counts["slowest"] = slow_hosts(report.slowest)
    if report.changes:
        counts["changes"] = [f"source {change}" for change in report.changes]
        for change in report.changes:
            log.event(logger, "source.changed", change=str(change))
    return counts
