"""What runs did, as plain counts that travel between tasks and on asset events.

Apart from `tasks`, since the tasks that only add up must not pay for importing the pipeline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NotRequired, TypedDict

from pipeline.core.costs import HostCost, together
from pipeline.errors import PipelineError


class Slow(TypedDict):
    """A host whose pages cost much to extract: CPU milliseconds a page."""

    host: str
    pages: int
    cpu_ms: float


class Counts(TypedDict):
    """What one run, or several together, did: outcomes as counted in the reports named by `runs`.

    `slowest` is there where pages were extracted, `changes` where sources failed, fell silent or came back: a
    line each, with since when and why.
    """

    runs: list[str]
    ended: list[str]
    discovered: int
    outcomes: dict[str, int]
    slowest: NotRequired[list[Slow]]
    changes: NotRequired[list[str]]


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
    counts = Counts(
        runs=[run for part in counted for run in part["runs"]],
        ended=[how for part in counted for how in part["ended"]],
        discovered=sum(part["discovered"] for part in counted),
        outcomes=dict(sorted(outcomes.items())),
    )
    if slow := together([HostCost(**host) for host in part.get("slowest", ())] for part in counted):
        counts["slowest"] = slow_hosts(slow)
    if changes := [line for part in counted for line in part.get("changes", ())]:
        counts["changes"] = changes
    return counts


def slow_hosts(costs: Iterable[HostCost]) -> list[Slow]:
    """The costs as they travel."""
    return [Slow(host=cost.host, pages=cost.pages, cpu_ms=cost.cpu_ms) for cost in costs]


def how_many(counts: Counts, *outcomes: str) -> int:
    """How often the run ended articles in one of `outcomes`, whatever the reasons."""
    return sum(times for name, times in counts["outcomes"].items() if name.partition("(")[0] in outcomes)
