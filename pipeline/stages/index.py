"""The index stage: the log → stories, by one writer, effectively once.

    take over ──► begin, offsets in ──► refresh, look up ──► decide, record by record
                                                                  │
              commit ◄── changed stories ◄── ledger ◄── merged ◄── growing stories ◄── revisions

Each write is acknowledged before the next begins; `docs/architecture.md` says, crash by crash, why the next
writer ends in the same state. A batch is cut after a furniture list, since what follows it is looked up
under that list.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline import log
from pipeline.core.codec import from_record
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.ledger import IndexSection, LedgerEntry
from pipeline.core.model import CleanArticle, Edit
from pipeline.core.positions import Standing, position, version
from pipeline.core.records import Message, Record
from pipeline.core.stories.decide import Decision, decide_article, decide_edit
from pipeline.errors import InvalidRecord
from pipeline.ports import Consumer, Documents, Revisions, Stories, Transactions
from pipeline.stages import dead_letters
from pipeline.stages.dead_letters import Poison
from pipeline.stages.index_recent import RecentStories
from pipeline.stages.index_succession import Succession, owns_log
from pipeline.stages.index_takeover import Takeover
from pipeline.stages.index_texts import Texts
from pipeline.stages.index_view import BatchView
from pipeline.stages.index_writes import announced, write
from pipeline.stages.ledger import record as record_sections
from pipeline.stages.outcome import Outcome
from pipeline.stages.runner import PoisonGuard
from pipeline.stages.runs import Run

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPorts:
    """What the stage reads and writes. `succession` brings a finished rebuild into force."""

    consumer: Consumer
    transactions: Transactions
    ledger: Documents[LedgerEntry]
    revisions: Revisions
    stories: Stories
    takeover: Takeover
    succession: Succession | None = None


@dataclass(frozen=True, slots=True)
class _Read:
    """A record of the log at its position, and what it holds: None for a kind we do not know."""

    record: Record
    place: int
    value: CleanArticle | Edit | None


@dataclass(slots=True)
class _Done:
    """What a batch came to so far."""

    outcomes: list[Outcome] = field(default_factory=list)
    poison: list[Poison] = field(default_factory=list)
    changed: dict[str, Message] = field(default_factory=dict)


class IndexStage:
    """A `runner.Step` that commits its own offsets; one instance for one ownership of the log."""

    def __init__(self, ports: IndexPorts, run: Run, least_epoch: int, clock: Callable[[], datetime]) -> None:
        self._ports = ports
        self._run = run
        self._epoch = least_epoch
        self._clock = clock
        self._guard = PoisonGuard()
        self._furniture: Furniture | None = None
        self._texts = Texts()
        self._recent = RecentStories()
        self._unsent: dict[str, Message] = {}

    def __call__(self, records: Sequence[Record]) -> list[Outcome]:
        """Decide and write one batch. Raises Fenced when another writer took over, DeadLetterLimit, and
        TransientError with nothing committed."""
        if self._furniture is None or self._is_succeeded():
            self._take_over()
            return []
        positions = {p: held.position for p, held in (self._ports.consumer.progress() or {}).items()}
        try:
            return self._batch(records, positions, self._furniture)
        except InvalidRecord as error:
            log.event(logger, "batch.rejected", level=logging.WARNING, records=len(records), error=error)
            self._take_back()
            return [outcome for record in records for outcome in self._alone(record)]

    def settle(self) -> bool:
        """Bring a finished rebuild into force although no record waits; whether there was one."""
        due = self._is_succeeded() and owns_log(self._ports.consumer)
        if due:
            self._take_over()
        return due

    def _take_over(self) -> None:
        """Fence the writer before us, then go back to what it committed: records read so far are dropped."""
        self._ports.transactions.initialise()
        self._ports.consumer.rewind()
        if self._ports.succession is not None and self._is_succeeded():
            self._ports.succession(self._ports.consumer, self._ports.transactions)
        inherited = self._ports.takeover(self._ports.consumer, self._epoch)
        self._epoch = inherited.epoch
        self._furniture, self._unsent = inherited.furniture, announced(inherited.unsent.values())
        self._recent.clear()
        self._texts = Texts()  # a rebuild may have put other revisions behind the same keys
        log.event(logger, "log.taken-over", run=self._run.run_id, unsent=len(self._unsent))

    def _is_succeeded(self) -> bool:
        """Whether a rebuild waits for us to bring it into force."""
        return self._ports.succession is not None and self._ports.succession.is_due()

    def _take_back(self) -> None:
        """Abort; what was stored already goes into the next transaction."""
        self._ports.transactions.abort()
        self._recent.clear()
        held = next(iter((self._ports.consumer.progress() or {}).values()))
        self._unsent = announced(self._ports.takeover.unsent(held, self._epoch).values())

    def _alone(self, record: Record) -> list[Outcome]:
        """A batch of one; if even that is rejected the record itself is to blame.

        A rejection while its dead letter is written follows no record, and stops the writer.
        """
        after = {record.partition: record.offset + 1}
        furniture = self._furniture or Furniture()
        try:
            return self._batch([record], after, furniture)
        except InvalidRecord as error:
            self._take_back()
            return self._batch([], after, furniture, [(record, error)])

    def _batch(
        self,
        records: Sequence[Record],
        positions: dict[int, int],
        furniture: Furniture,
        poison: Sequence[Poison] = (),
    ) -> list[Outcome]:
        """One transaction: everything the records cause, and the positions after them."""
        with self._timed("decode"):
            reads, broken = self._decoded(records)
        done = _Done(poison=[*broken, *poison])
        self._guard.admit(len(records) + len(poison), len(done.poison))
        rounds = list(_cut_after_furniture(reads))
        lists = [version(round_[-1].place) for round_ in rounds if _is_furniture(round_[-1])]
        standing = Standing(self._epoch, max([furniture.position, *lists]))
        self._ports.transactions.begin(positions, standing.written())
        for round_ in rounds:
            furniture = self._round(round_, furniture, done)
        self._write_off(done.poison)
        stories = self._unsent | done.changed
        messages = [stories[story_id] for story_id in sorted(stories)]
        messages += dead_letters.messages(done.poison, "index", self._clock())
        with self._timed("publish"):
            self._ports.transactions.publish(messages)
        with self._timed("commit"):
            self._ports.transactions.commit()
        self._furniture, self._unsent = furniture, {}
        return done.outcomes + [Outcome("dead-lettered", error.reason) for _, error in done.poison]

    def _decoded(self, records: Sequence[Record]) -> tuple[list[_Read], list[Poison]]:
        reads: list[_Read] = []
        poison: list[Poison] = []
        for record in records:
            try:
                value = from_record(record)
                _check_furniture(value)
            except InvalidRecord as error:
                poison.append((record, error))
                continue
            place = position(record.offset, self._epoch)
            reads.append(_Read(record, place, value if isinstance(value, CleanArticle | Edit) else None))
        return reads, poison

    def _round(self, reads: Sequence[_Read], furniture: Furniture, done: _Done) -> Furniture:
        """Look up, decide and write; return the furniture list in force afterwards."""
        ports = self._ports
        self._texts.use(furniture)
        view = BatchView(ports.ledger, ports.revisions, ports.stories, self._texts, self._recent.known)
        with self._timed("lookup"):
            ports.revisions.refresh()
            articles = {read.place: read.value for read in reads if isinstance(read.value, CleanArticle)}
            view.load(articles, {edit.article_id for edit in _edits(reads) if edit.article_id})
        with self._timed("decide"):
            decisions = [_decide(read, view) for read in reads if read.value is not None]
        with self._timed("write"):
            done.changed |= write(
                decisions, view.held, ports.ledger, ports.revisions, ports.stories, self._recent
            )
        self._run.tally.details["candidates"] = self._run.tally.details.get("candidates", 0) + sum(
            decision.compared for decision in decisions
        )
        done.outcomes += [Outcome(decision.outcome) for decision in decisions]
        last = reads[-1]
        if isinstance(last.value, Edit) and last.value.furniture is not None:
            return _newer(furniture, decode(last.value.furniture, version(last.place)))
        return furniture

    def _write_off(self, poison: Sequence[Poison]) -> None:
        """Tell the ledger of records that are dead letters, as far as they say whose they are."""
        named = {record.key: (record, error) for record, error in poison if record.key}
        entries = self._ports.ledger.get(list(named))
        sections = []
        for article_id, stored in entries.items():
            record, error = named[article_id]
            held, clean = stored.value.index, stored.value.clean
            if clean is not None:
                section = IndexSection(
                    position=position(record.offset, self._epoch),
                    fetched_at=clean.published_fetch or clean.fetched_at,
                    story_id=held.story_id if held else None,
                    error=error.reason,
                )
                sections.append((article_id, section))
        record_sections(self._ports.ledger, sections, entries)

    def _timed(self, step: str) -> _Timer:
        return _Timer(self._run.tally.details, f"{step}_seconds")


@dataclass(slots=True)
class _Timer:
    details: dict[str, float]
    name: str
    started: float = 0.0

    def __enter__(self) -> None:
        self.started = time.perf_counter()

    def __exit__(self, *raised: object) -> None:
        spent = time.perf_counter() - self.started
        self.details[self.name] = round(self.details.get(self.name, 0.0) + spent, 6)


def _decide(read: _Read, view: BatchView) -> Decision:
    match read.value:
        case CleanArticle() as article:
            decision = decide_article(article, read.place, view)
        case Edit(article_id=str()) as edit:
            decision = decide_edit(edit, read.place, view)
        case _:
            return Decision(outcome="unchanged")
    view.remember(decision)
    return decision


def _edits(reads: Sequence[_Read]) -> Iterator[Edit]:
    return (read.value for read in reads if isinstance(read.value, Edit))


def _is_furniture(read: _Read) -> bool:
    return isinstance(read.value, Edit) and read.value.kind == "furniture"


def _newer(held: Furniture, brought: Furniture) -> Furniture:
    """A rebuild goes by the newest list from the start, so older ones in the log are passed over."""
    return brought if brought.position > held.position else held


def _check_furniture(value: object) -> None:
    """A list that cannot be read must not come into force. Raises InvalidRecord."""
    if isinstance(value, Edit) and value.kind == "furniture":
        try:
            decode(value.furniture or "", 1)
        except ValueError as error:
            raise InvalidRecord("schema", f"not a furniture list: {error}") from error


def _cut_after_furniture(reads: Sequence[_Read]) -> Iterator[list[_Read]]:
    current: list[_Read] = []
    for read in reads:
        current.append(read)
        if _is_furniture(read):
            yield current
            current = []
    if current:
        yield current
