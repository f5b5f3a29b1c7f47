"""Run reports: what one bounded execution of a stage did, counted once per attempt at an article."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.core.costs import HostCost
from pipeline.core.health import HealthChange

Stage = Literal["fetch", "clean", "index"]
Work = Literal[Stage, "rebuild", "maintenance"]
"""What a run can be of: a stage, or work that is no stage and gives up on no record."""
RunStatus = Literal["open", "finished", "failed", "dead"]

MOST_CHANGES = 100
"""Changes of health named in one report; a run in which more sources fail has a fault of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One document of `news-runs`. `outcomes` maps `outcome` or `outcome(reason)` to a count.

    `heard_at` is the last sign of life of an open run; one that stays silent past `DEAD_AFTER` is closed
    as `dead` by the next run. `discovered` counts the URLs the run created in the ledger.
    `slowest` are the hosts whose pages cost the most to extract; `changes` the sources that failed, fell
    silent or came back, at most `MOST_CHANGES`.
    """

    run_id: str
    stage: Work
    started_at: datetime
    heard_at: datetime
    status: RunStatus = "open"
    ended_at: datetime | None = None
    discovered: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    details: dict[str, float] = field(default_factory=dict)
    slowest: tuple[HostCost, ...] = ()
    changes: tuple[HealthChange, ...] = ()
    error: str | None = None
    trigger: str | None = None


@dataclass(slots=True)
class Tally:
    """The counts of a run while it goes on; the only mutable half of a report."""

    outcomes: Counter[str] = field(default_factory=Counter)
    discovered: int = 0
    details: dict[str, float] = field(default_factory=dict)
    slowest: tuple[HostCost, ...] = ()
    changes: list[HealthChange] = field(default_factory=list)

    def count(self, outcome: str, reason: str | None = None, times: int = 1) -> None:
        """Count one attempt at one article: `count("discarded", "robots")` → `discarded(robots)`."""
        self.outcomes[f"{outcome}({reason})" if reason else outcome] += times
