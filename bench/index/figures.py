"""What one worker came to: its rate, where time and CPU went, and whether a batch still costs the same."""

from __future__ import annotations

import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pipeline.core.reports import RunReport

GOALS: Final = {100_000: 150, 300_000: 100}
"""Articles a second, sustained for ten minutes on two cores."""
MOST_MEMORY: Final = 500
"""MiB the worker may take."""
STEPS: Final = ("decode", "lookup", "decide", "write", "publish", "commit")


@dataclass(frozen=True, slots=True)
class Turn:
    """The state of things between two batches: seconds on the clock, CPU-seconds so far by process."""

    at: float
    cpu: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Took:
    """What a worker says of itself: its report, the moments between batches, its peak memory in MiB."""

    report: RunReport
    turns: Sequence[Turn]
    peak: float

    @property
    def articles(self) -> int:
        """How many records it decided."""
        return sum(self.report.outcomes.values())

    @property
    def seconds(self) -> float:
        """From the first batch to the last."""
        return self.turns[-1].at - self.turns[0].at

    def cpu(self) -> dict[str, float]:
        """CPU-seconds by process."""
        first, last = self.turns[0].cpu, self.turns[-1].cpu
        return {name: last[name] - first[name] for name in last}


def show(took: Took, window: int) -> None:
    """Print the figures, with the goals beside those that have one."""
    articles, details = took.articles, took.report.details
    pace = articles / took.seconds
    print(f"{articles:,} articles in {took.seconds:.0f} s: {pace:.0f} a second{_judged(pace, window)}")
    compared = details.get("candidates", 0) / articles
    print(f"outcomes {took.report.outcomes}; {compared:.1f} candidates an article")
    for step in STEPS:
        spent = details.get(f"{step}_seconds", 0.0)
        print(f"  {step:<8}{spent / articles * 1000:>8.2f} ms an article {spent / took.seconds:>6.0%}")
    cpu = took.cpu()
    listed = ", ".join(f"{name} {spent / articles * 1000:.2f}" for name, spent in cpu.items())
    print(f"CPU-milliseconds an article: {listed}; together {sum(cpu.values()) / articles * 1000:.2f}")
    _show_course(took.turns)
    said = "within" if took.peak <= MOST_MEMORY else "ABOVE"
    print(
        f"worker: {took.peak:.0f} MiB at its peak, {said} {MOST_MEMORY}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _judged(pace: float, window: int) -> str:
    goal = GOALS.get(window)
    return "" if goal is None else f", goal {goal} {'met' if pace >= goal else 'MISSED'}"


def _show_course(turns: Sequence[Turn]) -> None:
    """The first and the last tenth of the batches, without the two in which the worker takes over."""
    costs = [(b.at - a.at, sum(b.cpu.values()) - sum(a.cpu.values())) for a, b in pairwise(turns)]
    full = costs[2:] or costs
    tenth = max(1, len(full) // 10)
    first, first_cpu = (statistics.fmean(each) for each in zip(*full[:tenth], strict=True))
    last, last_cpu = (statistics.fmean(each) for each in zip(*full[-tenth:], strict=True))
    print(
        f"batches: {len(full)}; the first tenth {first:.2f} s and {first_cpu:.2f} CPU-seconds each, the last"
        f" {last:.2f} and {last_cpu:.2f}: ratio {last / first:.2f} and {last_cpu / max(first_cpu, 0.01):.2f}"
    )
