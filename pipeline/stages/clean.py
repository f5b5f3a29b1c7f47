"""The clean stage: raw records → clean articles in the log.

    decode ──► read the ledger ──► extract ──► compare ──► publish, acknowledged ──► ledger ──► commit
      │                              │ in worker processes                                 (the runner)
      └── InvalidRecord ─────────────┴──► dead letters, acknowledged before the ledger too

Why a crash neither loses nor doubles. Nothing is committed before the ledger is written, and nothing is
written to the ledger before the log has it. Killed
  - before the log acknowledged: the batch is redelivered and starts afresh;
  - between log and ledger: the batch is redelivered, the ledger still holds the publication before, so the
    same records are published once more, with the same article, revision, fetch and what changed, which is
    told from the ledger's sketch of the publication before: the index stage counts
    them `unchanged` and raises no version. This is the only case of a second publication;
  - between ledger and commit: the batch is redelivered, each article equals the content hash of its last
    publication, and ends `unchanged`. Of two fetches of one article in the batch the earlier is older than
    the fetch the ledger names, so it is not even extracted.
A record older than the ledger's clean fetch is thus always one that has been dealt with, or a replay that a
later fetch has overtaken: `unchanged`. One of the very fetch the ledger names is done again, which is what
makes a replay of a dead letter succeed.

Takedowns: while a removal is in force no text is published; the record ends `discarded(removed)`. When it is
taken back, fetch brings the page anew and `publication.decide` lets it pass although it may be unchanged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from pipeline import log
from pipeline.core.clean.changes import changed_since, sketch_of
from pipeline.core.clean.publication import content_hash, decide, is_removed, is_superseded
from pipeline.core.codec import from_record, to_message
from pipeline.core.ledger import CleanOutcome, CleanSection, LedgerEntry, apply
from pipeline.core.model import CleanArticle, RawArticle, RecordPointer
from pipeline.core.records import Message, Placed, Record
from pipeline.errors import Discard, InvalidRecord
from pipeline.ports import Documents, Extraction, Extractor, Publisher, Stored
from pipeline.stages import dead_letters
from pipeline.stages.dead_letters import Poison
from pipeline.stages.ledger import record as record_sections
from pipeline.stages.outcome import Outcome
from pipeline.stages.runner import PoisonGuard
from pipeline.stages.runs import Run

SOURCE = "/stages/clean"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanPorts:
    """What the stage reads and writes."""

    publisher: Publisher
    ledger: Documents[LedgerEntry]
    extractor: Extractor


@dataclass(slots=True)
class _Job:
    """One record on its way: what it holds, how it ended, and what the ledger shall say."""

    record: Record
    raw: RawArticle | None = None
    error: InvalidRecord | None = None
    outcome: Outcome | None = None
    message: Message | None = None
    section: CleanSection | None = None


@dataclass(slots=True)
class _Batch:
    """The jobs and the ledger as it stands after each of them."""

    jobs: list[_Job]
    stored: dict[str, Stored[LedgerEntry]]
    entries: dict[str, LedgerEntry] = field(default_factory=dict)

    def entry(self, article_id: str) -> LedgerEntry | None:
        held = self.stored.get(article_id)
        return self.entries.get(article_id) or (held.value if held else None)

    def settle(self, job: _Job, section: CleanSection) -> None:
        """Note what the ledger shall say, so that a later record of the same article sees it."""
        assert job.raw is not None
        article_id = job.raw.article_id
        job.section = section
        entry = self.entry(article_id) or LedgerEntry(article_id=article_id)
        self.entries[article_id] = apply(entry, section)


class CleanStage:
    """A `runner.Step`; the runner commits after each call."""

    def __init__(self, ports: CleanPorts, run: Run) -> None:
        self._ports = ports
        self._run = run
        self._guard = PoisonGuard()

    def __call__(self, records: Sequence[Record]) -> list[Outcome]:
        """Clean one batch. Raises DeadLetterLimit, or TransientError with nothing to be committed."""
        jobs = [_decoded(record) for record in records]
        ids = {job.raw.article_id for job in jobs if job.raw} | {
            job.record.key or "" for job in jobs if job.error
        }
        batch = _Batch(jobs, self._ports.ledger.get(ids - {""}))
        self._extract(batch)
        self._guard.admit(len(jobs), sum(job.error is not None for job in jobs))
        self._publish(batch)
        self._bury(batch)
        sections = [(_id(job), job.section) for job in jobs if job.section is not None]
        record_sections(self._ports.ledger, sections, batch.stored)
        return [job.outcome for job in jobs if job.outcome is not None]

    def _extract(self, batch: _Batch) -> None:
        """Extract every record that is due, then decide one after the other, in the order of the records."""
        due: list[_Job] = []
        for job in batch.jobs:
            if job.raw is None:
                continue
            entry = batch.entry(job.raw.article_id)
            if is_superseded(entry, job.raw.fetched_at):
                job.outcome = Outcome("unchanged")
            else:
                due.append(job)
        started = time.perf_counter()
        results = self._ports.extractor.extract_all([job.raw for job in due if job.raw])
        self._count("extract_seconds", time.perf_counter() - started)
        self._count("pages", len(due))
        self._run.tally.slowest = self._ports.extractor.slowest()
        for job, result in zip(due, results, strict=True):
            self._decide(batch, job, result)

    def _decide(self, batch: _Batch, job: _Job, result: Extraction) -> None:
        assert job.raw is not None
        entry = batch.entry(job.raw.article_id)
        if is_removed(entry):
            result = Discard("removed")
        match result:
            case CleanArticle():
                self._count_rule(result)
                self._compare(batch, job, replace(result, raw=_pointer(job.record)), entry)
            case Discard():
                job.outcome = Outcome("discarded", result.reason)
                batch.settle(job, _section(entry, job.raw, job.outcome, self._run))
            case InvalidRecord():
                job.error = result

    def _compare(self, batch: _Batch, job: _Job, article: CleanArticle, entry: LedgerEntry | None) -> None:
        assert job.raw is not None
        digest = content_hash(article)
        if decide(entry, digest) == "unchanged":
            job.outcome = Outcome("unchanged")
            batch.settle(job, _section(entry, job.raw, job.outcome, self._run))
            return
        held = entry.clean if entry else None
        if held is not None:
            article = replace(article, changed=changed_since(held.revision, held.sketch, article))
        try:
            job.message = to_message(article, source=SOURCE)
        except InvalidRecord as error:
            job.error = error
            return
        job.outcome = Outcome("published")
        section = CleanSection(
            fetched_at=article.fetched_at,
            outcome="published",
            run_id=self._run.run_id,
            published_fetch=article.fetched_at,
            revision=article.revision,
            content_hash=digest,
            sketch=sketch_of(article),
        )
        batch.settle(job, section)

    def _publish(self, batch: _Batch) -> None:
        """Send what is new and wait until the log has it; the ledger learns the offsets."""
        jobs = [job for job in batch.jobs if job.message is not None]
        for job, placed in zip(jobs, self._placed([job.message for job in jobs if job.message]), strict=True):
            if isinstance(placed, InvalidRecord):
                job.error, job.section = placed, None
            elif job.section is not None:
                job.section = replace(job.section, offset=placed.offset)

    def _placed(self, messages: list[Message]) -> list[Placed | InvalidRecord]:
        if not messages:
            return []
        try:
            return list(self._ports.publisher.publish(messages))
        except InvalidRecord:
            return [self._placed_alone(message) for message in messages]

    def _placed_alone(self, message: Message) -> Placed | InvalidRecord:
        """After a refusal each message by itself; those taken before are sent twice, which is harmless."""
        try:
            return self._ports.publisher.publish([message])[0]
        except InvalidRecord as error:
            return InvalidRecord("record-rejected", error.message, **error.facts)

    def _bury(self, batch: _Batch) -> None:
        """Dead-letter what failed, in all steps, and say so in the ledger."""
        failed = [job for job in batch.jobs if job.error is not None]
        poison: list[Poison] = [(job.record, job.error) for job in failed if job.error]
        if poison:
            self._ports.publisher.publish(dead_letters.messages(poison, "clean", self._run.clock()))
        for job in failed:
            assert job.error is not None
            job.outcome = Outcome("dead-lettered", job.error.reason)
            entry = batch.entry(_id(job))
            fetched_at = job.raw.fetched_at if job.raw else _fetch_of(entry, job.record)
            if fetched_at is not None:
                job.section = _ended(entry, fetched_at, job.outcome, self._run)

    def _count_rule(self, article: CleanArticle) -> None:
        """How often each rule for a site was used, and missed: one that misses has aged with its site."""
        if rule := article.provenance.get("site_rule"):
            self._count(f"site_rule.{rule}", 1)
        if rule and "site_rule_missed" in article.provenance:
            self._count(f"site_rule_missed.{rule}", 1)
            log.event(
                logger,
                "site_rule.missed",
                rule=rule,
                fields=article.provenance["site_rule_missed"],
                url=article.url,
            )

    def _count(self, name: str, more: float) -> None:
        details = self._run.tally.details
        details[name] = round(details.get(name, 0.0) + more, 6)


def _decoded(record: Record) -> _Job:
    """The job of a record; one of an unknown kind, or no raw article, has nothing to do."""
    try:
        value = from_record(record)
    except InvalidRecord as error:
        return _Job(record, error=error)
    return _Job(record, raw=value if isinstance(value, RawArticle) else None)


def _id(job: _Job) -> str:
    return job.raw.article_id if job.raw else job.record.key or ""


def _pointer(record: Record) -> RecordPointer:
    return RecordPointer(topic=record.topic, partition=record.partition, offset=record.offset)


def _fetch_of(entry: LedgerEntry | None, record: Record) -> datetime | None:
    """Which fetch a record that cannot be read is of: the ledger remembers where fetch put its last one."""
    fetch = entry.fetch if entry else None
    if fetch is None or (fetch.partition, fetch.offset) != (record.partition, record.offset):
        return None
    return fetch.fetched_at


def _section(entry: LedgerEntry | None, raw: RawArticle, outcome: Outcome, run: Run) -> CleanSection:
    return _ended(entry, raw.fetched_at, outcome, run)


def _ended(entry: LedgerEntry | None, fetched_at: datetime, outcome: Outcome, run: Run) -> CleanSection:
    """How this fetch ended; the last publication stays what it was."""
    name = cast(CleanOutcome, outcome.name)
    ended = CleanSection(fetched_at=fetched_at, outcome=name, run_id=run.run_id, reason=outcome.reason)
    held = entry.clean if entry else None
    if held is None:
        return ended
    return replace(
        ended,
        published_fetch=held.published_fetch,
        revision=held.revision,
        content_hash=held.content_hash,
        offset=held.offset,
        sketch=held.sketch,
    )
