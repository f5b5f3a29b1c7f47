"""The switch to what a rebuild made, done by the writer of the log between two batches.

    mark ──► accounts ──► stories that are no more ──► publish ──► swap ──► commit offset and epoch ──► forget

Until the mark the old epoch writes on; after it every writer begins here, and each step may be repeated. The
topic is ahead of the index only inside the switch. The last commit moves the log's group to where the rebuild
stands, so nothing is decided twice and nothing is left out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from pipeline import log
from pipeline.core.codec import to_message
from pipeline.core.generations import Generation
from pipeline.core.ledger import EditSection, LedgerEntry, Section
from pipeline.core.model import Story
from pipeline.core.positions import Standing, epoch_of, position
from pipeline.core.stories.decide import SPREAD_BY
from pipeline.ports import (
    Consumer,
    Documents,
    Generations,
    Progress,
    Stories,
    TopicReader,
    Transactions,
    Where,
)
from pipeline.stages.ledger import record as record_sections
from pipeline.stages.tracing import LOG, followed

CHUNK = 100
"""Documents at once; also stories in one transaction."""
JOIN_SECONDS = 60.0
SETTLE_SECONDS = 0.1

logger = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """Brings a finished rebuild into force; `stories` and `ledger` are those in use."""

    generations: Generations
    reader: TopicReader
    ledger: Documents[LedgerEntry]
    stories: Stories
    next_ledger: Documents[LedgerEntry]
    next_stories: Stories

    def is_due(self) -> bool:
        """Whether a rebuild has caught up, or a switch was begun."""
        generation = self.generations.present()
        return generation is not None and generation.phase in ("ready", "switching")

    def __call__(self, consumer: Consumer, transactions: Transactions) -> None:
        """Switch. The caller owns the log and has fenced the writer before. Raises Fenced."""
        generation = self.generations.present()
        if generation is None:
            return
        held = next(iter((consumer.progress() or {}).values()))
        if Standing.read(held.metadata).epoch < generation.epoch:
            self._switch(generation, held, consumer, transactions)
            log.event(logger, "rebuild.in-force", epoch=generation.epoch)
        self.generations.drop()

    def _switch(
        self, generation: Generation, held: Progress, consumer: Consumer, transactions: Transactions
    ) -> None:
        log.event(logger, "rebuild.switching", epoch=generation.epoch)
        self.generations.save(replace(generation, phase="switching"))
        reached, standing = self._reached(generation)
        for store in (self.stories, self.next_stories, self.next_ledger):
            store.refresh()
        for step in (
            self._accounts(generation),
            self._gone(position(reached, generation.epoch)),
            self._published(generation, held, consumer, transactions),
        ):
            for _ in step:
                consumer.poll(0, SETTLE_SECONDS)  # stay in the group however long it takes
        self.generations.swap()
        owns_log(consumer)
        transactions.begin({0: reached}, standing)
        transactions.commit()
        consumer.rewind()

    def _reached(self, generation: Generation) -> tuple[int, str]:
        """The offset up to which the rebuild decided, and what stands beside it."""
        committed = self.reader.committed(generation.group, LOG)
        return committed.get(0, (generation.first, Standing(generation.epoch).written()))

    def _accounts(self, generation: Generation) -> Iterator[None]:
        """Into the ledger, what the rebuild says of every article it met."""
        for chunk in _chunks(stored.value for stored in self.next_ledger.find(Where(), order="article_id")):
            held = self.ledger.get([entry.article_id for entry in chunk])
            sections: list[tuple[str, Section]] = []
            for entry in chunk:
                if entry.index is not None:
                    sections.append((entry.article_id, entry.index))
                before = held[entry.article_id].value.edit if entry.article_id in held else None
                edit = entry.edit or _lifted(before, position(generation.first, generation.epoch) - 1)
                if edit is not None:
                    sections.append((entry.article_id, edit))
            record_sections(self.ledger, sections, held)
            yield

    def _gone(self, version: int) -> Iterator[None]:
        """Every story id of before still leads somewhere: what the rebuild has no such story for points to
        the one that holds its smallest member."""
        for chunk in _chunks(self.stories.above(0)):
            known = self.next_stories.get([story.story_id for story in chunk])
            missing = [story for story in chunk if story.story_id not in known]
            if missing:
                self.next_stories.put([self._pointing(story, version) for story in missing])
            yield
        self.next_stories.refresh()

    def _pointing(self, story: Story, version: int) -> Story:
        if story.status == "merged":
            return story
        heir = self._holder("a-" + story.story_id.removeprefix("s-"))
        if heir is None:  # its records were neither carried over nor decided again: better kept than lost
            return replace(story, version=version, change="carried")
        return replace(
            story,
            version=version,
            status="merged",
            change="merged",
            merged_into=heir,
            members=(),
            more_member_ids=(),
            copies_removed=(),
            lead=None,
            content=None,
            relations=(),
        )

    def _holder(self, article_id: str) -> str | None:
        """The story of the rebuild the article is in."""
        stored = self.next_ledger.get([article_id]).get(article_id)
        first = stored.value.index.story_id if stored and stored.value.index else None
        trail = list(followed(first, self.next_stories))
        return trail[-1].story_id if trail else None

    def _published(
        self, generation: Generation, held: Progress, consumer: Consumer, transactions: Transactions
    ) -> Iterator[None]:
        """All stories of the new epoch into the topic; readers ignore what they were sent before."""
        for chunk in _chunks(self.next_stories.above(0)):
            new = [story for story in chunk if epoch_of(story.version) >= generation.epoch]
            owns_log(consumer)
            transactions.begin({0: held.committed or 0}, held.metadata)
            transactions.publish([to_message(story, source="/stages/index") for story in new])
            transactions.commit()
            yield


def owns_log(consumer: Consumer) -> bool:
    """Whether the log is ours, once the group has settled; a moment without certainty is no loss of it."""
    deadline = time.monotonic() + JOIN_SECONDS
    progress = consumer.progress()
    while progress is None and time.monotonic() < deadline:
        consumer.poll(0, SETTLE_SECONDS)
        progress = consumer.progress()
    return bool(progress)


def _lifted(held: EditSection | None, place: int) -> EditSection | None:
    """What was hidden only as a copy of a removed article, and is a copy no more, is not hidden any more."""
    if held is None or not held.removed or held.by != SPREAD_BY:
        return None
    return replace(held, position=place, removed=False, reason="no copy of a removed article any more")


def _chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
