"""What the tasks of the DAGs do: plain functions that open the world, run one thing and return plain counts.

Nothing here knows Airflow, so any other scheduler, a test or a person in a shell can call the same. Clients
are made and closed inside each call: Airflow's workers fork.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypedDict

from pipeline import bootstrap, log
from pipeline.errors import PipelineError
from pipeline.stages.accounts import lag_of
from pipeline.stages.runner import Pace

if TYPE_CHECKING:
    from pipeline.bootstrap import World
    from pipeline.core.reports import RunReport

PAGES_PER_WORKER = 5_000
"""Waiting pages from which a further clean worker pays: about what one does in half its time budget."""
WORKERS_AT_MOST = 6
"""The raw topic's partitions: more members of its group would stand by."""


class Counts(TypedDict):
    """What one run, or several together, did: outcomes as counted in the reports named by `runs`."""

    runs: list[str]
    ended: list[str]
    discovered: int
    outcomes: dict[str, int]


class Shard(TypedDict):
    """Hosts that one task works, and what the grid calls it."""

    number: int
    label: str
    hosts: list[str]


def plan_scrape(options: Mapping[str, Any]) -> list[Shard]:
    """Shards of the hosts with something to do; none for a dry run, which only says what it found."""
    with _world() as world:
        return bootstrap.plan_fetch(world, options)


def scrape(hosts: Sequence[str], options: Mapping[str, Any], trigger: str) -> Counts:
    """Everything due at these hosts."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = _pace(world, None, stop)
        return _counts(*bootstrap.run_fetch(world, pace, trigger, hosts=hosts, options=options))


def plan_clean() -> list[int]:
    """Numbers for the clean workers that what is waiting deserves; none when nothing waits."""
    with _world() as world:
        ends = world.reader.ends(bootstrap.RAW)
        waiting = lag_of(ends, world.reader.committed(bootstrap.CLEAN_GROUP, bootstrap.RAW))
    return list(range(1, min(WORKERS_AT_MOST, math.ceil(waiting / PAGES_PER_WORKER)) + 1))


def clean(trigger: str, seconds: float | None = None) -> Counts:
    """One clean worker until the ends of its partitions, or for `seconds`."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = _pace(world, seconds, stop)
        return _counts(*bootstrap.run_clean(world, pace, trigger))


def index(trigger: str, seconds: float | None = None) -> Counts:
    """The index stage until the end of the log, or for `seconds`; at once when another writer owns it."""
    with _world() as world, bootstrap.stopping() as stop:
        pace = _pace(world, seconds, stop)
        return _counts(*bootstrap.run_index(world, pace, trigger))


def total(planned: Sequence[Any] | None, done: Iterable[Counts] | None) -> Counts:
    """All parts of a plan together. Raises PipelineError when there is no plan, or parts but no survivor."""
    if planned is None:
        raise PipelineError("the planning task failed, so nothing was done; its log says why")
    counted = list(done or ())
    if planned and not counted:
        raise PipelineError(
            "every part of the plan failed; the logs of the parts say why", parts=len(planned)
        )
    outcomes: Counter[str] = Counter()
    for part in counted:
        outcomes.update(part["outcomes"])
    return Counts(
        runs=[run for part in counted for run in part["runs"]],
        ended=[how for part in counted for how in part["ended"]],
        discovered=sum(part["discovered"] for part in counted),
        outcomes=dict(sorted(outcomes.items())),
    )


def how_many(counts: Counts, *outcomes: str) -> int:
    """How often the run ended articles in one of `outcomes`, whatever the reasons."""
    return sum(times for name, times in counts["outcomes"].items() if name.partition("(")[0] in outcomes)


@contextmanager
def _world() -> Iterator[World]:
    log.quiet()
    world = bootstrap.World()
    try:
        yield world
    finally:
        world.close()


def _pace(world: World, seconds: float | None, stop: Any) -> Pace:
    settings = world.settings
    return Pace(batch=settings.batch_records, seconds=seconds or settings.drain_seconds, stop=stop)


def _counts(ended: str, report: RunReport) -> Counts:
    outcomes: Mapping[str, int] = report.outcomes
    return Counts(runs=[report.run_id], ended=[ended], discovered=report.discovered, outcomes=dict(outcomes))
