"""Rebuild: stories decided anew from the start of the retained log, while readers use those there are.

    begin ──► what is older than the log comes over ──► the log, by the index stage ──► ready
              (rebuild_carry)                           into stores of its own            │
                                                                                          ▼
                             the writer of the log switches between two batches (index_succession)

Bounded and restartable like any run: how far it is lies beside the stores it fills, and in the committed
offset of a consumer group of its own. It publishes nothing; the switch does.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipeline import log
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.generations import Generation, Phase
from pipeline.core.positions import Standing, offset, position, version
from pipeline.core.records import Message, Record
from pipeline.ports import Consumer, TopicReader, Transactions, Where
from pipeline.stages.furniture import LOG, furniture_of, list_in_force
from pipeline.stages.index import IndexPorts, IndexStage
from pipeline.stages.index_takeover import Takeover
from pipeline.stages.outcome import Outcome
from pipeline.stages.rebuild_carry import Carrier, CarryPorts
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import Run

Heard = Callable[[str, int], None]
Progressed = Literal["ready", "unfinished", "stood-by"]
"""ready: the writer of the log may switch · unfinished: out of time, the next run goes on · stood-by: another
process is at it"""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildPorts:
    """`member` joins a consumer group on the log, together with its transactions, for as long as needed."""

    carry: CarryPorts
    reader: TopicReader
    member: Callable[[str], AbstractContextManager[tuple[Consumer, Transactions]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What a rebuild would do: `resumes` is how far one begun before is, None for a new one. `records` of the
    log would be decided anew, `older` articles come over as they are, `furniture` phrases are in the list in
    force."""

    epoch: int
    resumes: Phase | None
    records: int
    older: int
    furniture: int


@dataclass(frozen=True, slots=True)
class Silent:
    """Transactions that commit offsets and publish nothing: readers hear of a rebuild when it is in force."""

    inner: Transactions

    def initialise(self) -> None:
        self.inner.initialise()

    def begin(self, positions: Mapping[int, int], metadata: str) -> None:
        self.inner.begin(positions, metadata)

    def publish(self, messages: Sequence[Message]) -> None:
        """Nothing: the switch publishes stories, and dead letters were sent when the log was first read."""

    def commit(self) -> None:
        self.inner.commit()

    def abort(self) -> None:
        self.inner.abort()


def rebuild(
    ports: RebuildPorts, standing: Standing, pace: Pace, run: Run, clock: Callable[[], datetime], heard: Heard
) -> Progressed:
    """Go on with the rebuild in progress, or begin one: at the next epoch, under the list in force.

    `standing` is what the writer of the log goes by. Raises ConfigError when the log lost the list.
    """
    deadline = time.monotonic() + pace.seconds

    def halted() -> bool:
        return pace.stop() or time.monotonic() > deadline

    if _is_in_force(ports, standing):
        ports.carry.generations.drop()
        return "ready"
    generation = _present(ports, standing)
    furniture = _list_for(ports.reader, standing, generation.epoch)
    carrier = Carrier(
        ports=ports.carry,
        epoch=standing.epoch,
        furniture=furniture,
        now=clock(),
        halted=halted,
        heard=heard,
    )
    while generation.phase in ("texts", "accounts"):
        run.heard()
        generation = _still_begins(ports, carrier(generation))
        if halted():
            return "unfinished"
    if generation.phase != "building":
        return "ready"
    left = replace(pace, seconds=max(0.0, deadline - time.monotonic()), follow=False)
    ended = _decide(ports, generation, furniture, left, run, clock, heard)
    if ended == "at-the-ends":
        ports.carry.generations.save(replace(generation, phase="ready"))
        log.event(logger, "rebuild.ready", epoch=generation.epoch)
        return "ready"
    return "stood-by" if ended == "stood-by" else "unfinished"


def outlook(ports: RebuildPorts, standing: Standing) -> Outlook:
    """What `rebuild` would do now; changes nothing. Raises ConfigError when the log lost the list."""
    first, end = ports.reader.ends(LOG)[0]
    found = ports.carry.generations.present()
    resumed = found if found is not None and found.epoch > standing.epoch else None
    begins = Where(ranges={"index.position": (None, position(first, standing.epoch))})
    return Outlook(
        epoch=resumed.epoch if resumed else standing.epoch + 1,
        resumes=resumed.phase if resumed else None,
        records=end - first,
        older=sum(ports.carry.ledger.counts("state", begins).values()),
        furniture=furniture_of(ports.reader, standing).size,
    )


def abandon(ports: RebuildPorts, standing: Standing) -> bool:
    """Forget the rebuild in progress; False when there is none, or it is being brought into force."""
    generation = ports.carry.generations.present()
    if generation is None or (generation.phase == "switching" and generation.epoch > standing.epoch):
        return False
    ports.carry.generations.drop()
    return True


def _is_in_force(ports: RebuildPorts, standing: Standing) -> bool:
    """Whether the writer that brought a rebuild into force died before it could forget it."""
    found = ports.carry.generations.present()
    return found is not None and found.phase == "switching" and found.epoch <= standing.epoch


def _present(ports: RebuildPorts, standing: Standing) -> Generation:
    """The rebuild to go on with. One that is in force, or that the log's retention overtook, is no use."""
    generations = ports.carry.generations
    first = ports.reader.ends(LOG)[0][0]
    found = generations.present()
    if found is not None and found.epoch > standing.epoch:
        committed = ports.reader.committed(found.group, LOG).get(0)
        if committed is None or committed[0] >= first or found.phase in ("ready", "switching"):
            return found
        log.event(logger, "rebuild.overtaken", level=logging.WARNING, epoch=found.epoch)
    begun = Generation(epoch=standing.epoch + 1, token=secrets.token_hex(4), phase="texts", first=first)
    generations.begin(begun)
    log.event(logger, "rebuild.begun", epoch=begun.epoch, first=first)
    return begun


def _still_begins(ports: RebuildPorts, generation: Generation) -> Generation:
    """If the log lost records while we carried over, those have become older than the log, too."""
    first = ports.reader.ends(LOG)[0][0]
    if generation.phase != "building" or first == generation.first:
        return generation
    again = replace(generation, phase="texts", first=first, cursor="")
    ports.carry.generations.save(again)
    return again


def _list_for(reader: TopicReader, standing: Standing, epoch: int) -> Furniture:
    """The list in force, at its place in the new epoch's log: from the first record on, and until a newer."""
    found = list_in_force(reader, standing)
    if found is None:
        return Furniture()
    return decode(found.edit.furniture or "", version(position(offset(found.position - 1), epoch)))


def _decide(
    ports: RebuildPorts,
    generation: Generation,
    furniture: Furniture,
    pace: Pace,
    run: Run,
    clock: Callable[[], datetime],
    heard: Heard,
) -> str:
    """The index stage over the log, into the next stores."""
    carry = ports.carry
    with ports.member(generation.group) as (consumer, transactions):
        takeover = Takeover(
            reader=ports.reader,
            ledger=carry.next_ledger,
            revisions=carry.next_revisions,
            stories=carry.next_stories,
            begin_with=furniture,
            published=False,
        )
        index = IndexPorts(
            consumer=consumer,
            transactions=Silent(transactions),
            ledger=carry.next_ledger,
            revisions=carry.next_revisions,
            stories=carry.next_stories,
            takeover=takeover,
        )
        stage = IndexStage(index, run, generation.epoch, clock)

        def step(records: Sequence[Record]) -> Sequence[Outcome]:
            outcomes = stage(records)
            heard("log decided anew, up to offset", max((record.offset for record in records), default=0))
            return outcomes

        return consume(consumer, step, pace, run, commits=False)
