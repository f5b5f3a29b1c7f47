"""The report of a run: opened before its first write, saved as it goes, closed at the end.

A run that dies leaves its report open. The next run of any stage finds it silent, counts from the ledger
what it discovered, and closes it as `dead`, so that the books balance again without anybody's help.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline import log
from pipeline.core.ledger import LedgerEntry
from pipeline.core.reports import MOST_CHANGES, RunReport, RunStatus, Tally, Work
from pipeline.errors import PipelineError
from pipeline.ports import Documents, Where, Write

SAVE_EVERY = timedelta(seconds=15)
DEAD_AFTER = timedelta(minutes=3)
"""Silence after which an open run is taken for dead: a dozen missed saves."""

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Run:
    """A run in progress. Stages count into `tally` and call `heard` from their loops."""

    report: RunReport
    clock: Clock
    runs: Documents[RunReport]
    tally: Tally = field(default_factory=Tally)

    @property
    def run_id(self) -> str:
        return self.report.run_id

    def heard(self) -> None:
        """Give a sign of life and save the counts so far, at most every `SAVE_EVERY`."""
        if self.clock() - self.report.heard_at >= SAVE_EVERY:
            self._save("open")

    def close(self, error: BaseException | None) -> None:
        """Save the final counts; a failure keeps them and says why."""
        self._save("failed" if error else "finished", error)

    def _save(self, status: RunStatus, error: BaseException | None = None) -> None:
        now = self.clock()
        self.report = replace(
            self.report,
            status=status,
            heard_at=now,
            ended_at=None if status == "open" else now,
            discovered=self.tally.discovered,
            outcomes=dict(sorted(self.tally.outcomes.items())),
            details=dict(self.tally.details),
            slowest=self.tally.slowest,
            changes=tuple(self.tally.changes[:MOST_CHANGES]),
            error=_described(error) if error else None,
        )
        self.runs.put([Write(id=self.run_id, value=self.report)])


@contextmanager
def reported(
    stage: Work,
    runs: Documents[RunReport],
    ledger: Documents[LedgerEntry],
    clock: Clock,
    trigger: str | None = None,
) -> Iterator[Run]:
    """Run the body under a report; whatever it raises is written down and raised on."""
    close_dead(runs, ledger, clock())
    now = clock()
    run_id = f"{stage}-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    run = Run(
        RunReport(run_id=run_id, stage=stage, started_at=now, heard_at=now, trigger=trigger), clock, runs
    )
    runs.put([Write(id=run_id, value=run.report, tag="")])
    try:
        yield run
    except BaseException as error:
        run.close(error)
        raise
    run.close(None)
    log.event(logger, "run.finished", run=run_id, discovered=run.tally.discovered, **run.report.outcomes)


def close_dead(runs: Documents[RunReport], ledger: Documents[LedgerEntry], now: datetime) -> list[str]:
    """Close open runs that fell silent; return their ids. Safe to race: the first close wins."""
    runs.refresh()
    silent = Where(terms={"status": ["open"]}, ranges={"heard_at": (None, now - DEAD_AFTER)})
    found = list(runs.find(silent))
    if found:
        ledger.refresh()
    for stored in found:
        known = ledger.counts("fetch.run_id", Where(terms={"fetch.run_id": [stored.id]}))
        closed = replace(
            stored.value, status="dead", ended_at=stored.value.heard_at, discovered=known.get(stored.id, 0)
        )
        runs.put([Write(id=stored.id, value=closed, tag=stored.tag)])
        log.event(logger, "run.found-dead", run=stored.id, discovered=closed.discovered)
    return [stored.id for stored in found]


def _described(error: BaseException) -> str:
    text = str(error) if isinstance(error, PipelineError) else f"{type(error).__name__}: {error}"
    return text[:2000]
