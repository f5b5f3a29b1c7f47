"""The loop around a stage that consumes a topic: poll, hand over a batch, commit, until done or told to stop.

    join the group ──► note the ends ──► poll ──► step(batch) ──► commit ──► at the ends? ──► report
                            ▲                                                    │ no
                            └────────────────────────────────────────────────────┘

A step has everything it causes acknowledged before it returns, so committing after it loses nothing. A
transactional step commits its own offsets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from pipeline import log
from pipeline.core.records import Record
from pipeline.errors import BrokerUnavailable, DeadLetterLimit
from pipeline.ports import Consumer
from pipeline.stages.outcome import Outcome
from pipeline.stages.runs import Run

JOIN_SECONDS = 60.0
"""How long a drain waits for its group: a dead member must time out first."""

POLL_SECONDS = 0.5
POISON_LEAST = 50
POISON_SHARE = 0.5
"""A run stops once it met this many poison records and they are more than this share of all it read."""

Ended = Literal["at-the-ends", "out-of-time", "stood-by", "stopped", "fenced"]
logger = logging.getLogger(__name__)


class Step(Protocol):
    """One batch of a stage: at least one record, or none when only transaction markers were passed."""

    def __call__(self, records: Sequence[Record]) -> Sequence[Outcome]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a loop runs: batch size, whether it follows, how long a drain may take, when to stop.

    A drain that read something stays at the ends until nothing came for `linger` seconds: where the next one
    is seconds away from its first record, the one at hand is faster, and cheaper.
    """

    batch: int
    follow: bool = False
    seconds: float = 240.0
    linger: float = 0.0
    stop: Callable[[], bool] = lambda: False


@dataclass(slots=True)
class PoisonGuard:
    """Stops a run that would empty its topic into the dead letters."""

    read: int = 0
    poison: int = 0

    def admit(self, records: int, poison: int) -> None:
        """Count a batch before its dead letters are sent. Raises DeadLetterLimit."""
        self.read += records
        self.poison += poison
        if self.poison >= POISON_LEAST and self.poison > POISON_SHARE * self.read:
            raise DeadLetterLimit(
                "most records of this run cannot be processed; nothing of this batch was committed",
                poison=self.poison,
                read=self.read,
            )


def consume(
    consumer: Consumer,
    step: Step,
    pace: Pace,
    run: Run,
    *,
    commits: bool = True,
    idle: Callable[[], object] = lambda: None,
) -> Ended:
    """Run `step` over the topic; count its outcomes in the run. `commits=False` for a transactional step.
    `idle` is called instead when nothing came.

    A drain ends at the ends it saw when it got its partitions, or lingers there, or ends out of time, or at
    once when others own all partitions. Raises what the step raises, with nothing of its batch committed.
    """
    loop = _Loop(consumer, step, pace, run, commits, idle)
    _join(consumer, pace)
    while True:
        ended = loop.ended()
        if ended is not None:
            log.event(logger, "loop.ended", run=run.run_id, how=ended)
            return ended
        loop.turn()


def _join(consumer: Consumer, pace: Pace) -> None:
    deadline = time.monotonic() + JOIN_SECONDS
    while consumer.progress() is None and not pace.stop():
        if time.monotonic() > deadline and not pace.follow:
            raise BrokerUnavailable("the consumer group did not settle in time", seconds=JOIN_SECONDS)
        consumer.poll(0, POLL_SECONDS)


@dataclass(slots=True)
class _Loop:
    consumer: Consumer
    step: Step
    pace: Pace
    run: Run
    commits: bool
    idle: Callable[[], object]
    targets: dict[int, int] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    read_at: float | None = None

    def turn(self) -> None:
        records = self.consumer.poll(self.pace.batch, POLL_SECONDS)
        if records:
            self.read_at = time.monotonic()
        if records or self._passed_markers():
            for outcome in self.step(records):
                self.run.tally.count(outcome.name, outcome.reason)
            if self.commits:
                self.consumer.commit()
        else:
            self.idle()
        self.run.heard()

    def ended(self) -> Ended | None:
        if self.pace.stop():
            return "stopped"
        if self.pace.follow:
            return None
        progress = self.consumer.progress()
        if progress is not None and not progress:
            return "stood-by"
        if time.monotonic() - self.started > self.pace.seconds:
            return "out-of-time"
        for partition, held in (progress or {}).items():
            self.targets.setdefault(partition, held.end)
        behind = progress is None or any(held.position < self.targets[p] for p, held in progress.items())
        return None if behind or self._lingers() else "at-the-ends"

    def _lingers(self) -> bool:
        return self.read_at is not None and time.monotonic() - self.read_at < self.pace.linger

    def _passed_markers(self) -> bool:
        held = (self.consumer.progress() or {}).values()
        return any(progress.position > (progress.committed or 0) for progress in held)
