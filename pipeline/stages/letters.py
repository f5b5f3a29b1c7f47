"""Rescue: what lies in the dead letters, sending it through again, setting it aside for good.

A dead letter is *open* while its article's state is `dead-lettered`: a replay that succeeds, a later fetch
or a `park` closes it without anybody touching the letter itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.codec import read_dead_letter, replayed, to_message
from pipeline.core.dead_letters import DeadLetter
from pipeline.core.ledger import LedgerEntry, State
from pipeline.core.model import Edit
from pipeline.errors import InvalidRecord, PipelineError
from pipeline.ports import Documents, Publisher, TopicReader
from pipeline.stages.tracing import DEAD_LETTERS


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter and the present state of its article; None when the ledger knows no such article."""

    letter: DeadLetter
    state: State | None

    @property
    def is_open(self) -> bool:
        """Whether somebody should still look at it."""
        return self.state in (None, "dead-lettered")


def letters(
    reader: TopicReader,
    ledger: Documents[LedgerEntry],
    wanted: Callable[[DeadLetter], bool] = lambda _: True,
) -> list[Letter]:
    """The retained dead letters in order; of several about one record of one article, all."""
    found = [letter for letter in _read(reader) if wanted(letter)]
    entries = ledger.get({letter.key for letter in found if letter.key})
    return [
        Letter(letter, entries[letter.key].value.state if letter.key in entries else None) for letter in found
    ]


def replay(chosen: Sequence[DeadLetter], publisher: Publisher) -> list[str]:
    """Send the originals to the topics they came from; return what could not be sent, in words."""
    problems = []
    for letter in chosen:
        try:
            publisher.publish([replayed(letter)])
        except InvalidRecord as error:
            problems.append(f"dead letter {letter.offset_here}: {error}")
    return problems


def park(
    chosen: Sequence[Letter],
    ledger: Documents[LedgerEntry],
    publisher: Publisher,
    *,
    by: str,
    reason: str,
    now: datetime,
) -> list[str]:
    """Put a `park` into the log for each article; return the article ids.

    The index stage brings it into force. Raises PipelineError for a letter without an article.
    """
    entries = ledger.get({held.letter.key for held in chosen if held.letter.key})
    edits = {}
    for held in chosen:
        key = held.letter.key
        if key is None or key not in entries:
            raise PipelineError("no article of the ledger, so there is nothing to park", key=key)
        edits[key] = Edit(
            kind="park",
            at=now,
            by=by,
            article_id=key,
            reason=reason,
            fetched_at=_fetch_of(entries[key].value),
        )
    publisher.publish([to_message(edit, source="/stages/dead-letters") for edit in edits.values()])
    return list(edits)


def _read(reader: TopicReader) -> Iterator[DeadLetter]:
    ends = {partition: end for partition, (_, end) in reader.ends(DEAD_LETTERS).items()}
    for record in reader.read(DEAD_LETTERS, {}, ends):
        try:
            yield read_dead_letter(record)
        except InvalidRecord:
            continue  # somebody else's record in our topic; it is in nobody's account


def _fetch_of(entry: LedgerEntry) -> datetime | None:
    """The latest fetch a park is about, so that a later one brings the article back."""
    times = [
        entry.fetch.fetched_at if entry.fetch else None,
        entry.clean.fetched_at if entry.clean else None,
        entry.index.fetched_at if entry.index else None,
    ]
    return max((time for time in times if time), default=None)
