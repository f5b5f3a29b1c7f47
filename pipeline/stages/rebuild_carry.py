"""What is older than the log comes over into a rebuild as it is: texts, removals, stories.

    texts first seen before the log begins ──► the same, under the list in force now
    edits in force                         ──► the same, so that what was removed stays removed
    articles last counted before it begins ──► their stories, whole, and who is in them

All of it lies below every position of the new epoch's log, and every step may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar

from pipeline.core.copies.document import prepare
from pipeline.core.copies.furniture import Furniture
from pipeline.core.copies.sketch import sketch
from pipeline.core.generations import Generation, Phase
from pipeline.core.ledger import EditSection, IndexSection, LedgerEntry, Section
from pipeline.core.model import Revision, Story
from pipeline.core.positions import position
from pipeline.core.stories.decide import SPREAD_BY
from pipeline.core.stories.kept import kept_document
from pipeline.ports import Archive, Documents, Generations, Revisions, Stories, Where
from pipeline.stages.ledger import record as record_sections
from pipeline.stages.tracing import followed

CHUNK = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPorts:
    """From the stores in use into the next ones."""

    generations: Generations
    ledger: Documents[LedgerEntry]
    stories: Stories
    texts: Archive[Revision]
    next_ledger: Documents[LedgerEntry]
    next_revisions: Revisions
    next_stories: Stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Carries over for one generation. `epoch` is the one in force, `halted` says that time is up."""

    ports: CarryPorts
    epoch: int
    furniture: Furniture
    now: datetime
    halted: Callable[[], bool]
    heard: Callable[[str, int], None]

    def __call__(self, generation: Generation) -> Generation:
        """Go on from where the generation is; it is `building` once all came over."""
        if generation.phase == "texts":
            generation = self._walk(generation, self._texts(generation), self._take_texts, "accounts")
        if generation.phase == "accounts" and not self.halted():
            self._edits(generation)
            generation = self._walk(generation, self._old(generation), self._take_accounts, "building")
        return generation

    def _walk(
        self,
        generation: Generation,
        found: Iterable[T],
        take: Callable[[Generation, Sequence[T]], str],
        following: Phase,
    ) -> Generation:
        """Take chunk after chunk, keeping the last article id as the cursor."""
        done = 0
        for chunk in _chunks(found):
            generation = replace(generation, cursor=take(generation, chunk))
            self.ports.generations.save(generation)
            self.heard(f"{generation.phase} carried over", done := done + len(chunk))
            if self.halted():
                return generation
        generation = replace(generation, phase=following, cursor="")
        self.ports.generations.save(generation)
        return generation

    def _texts(self, generation: Generation) -> Iterator[Revision]:
        self.ports.texts.refresh()
        where = Where(
            ranges={
                "position": (None, self._log_begins(generation)),
                "kept_until": (self.now, None),
                "article_id": (generation.cursor or None, None),
            }
        )
        return self.ports.texts.find(where, order="article_id")

    def _take_texts(self, generation: Generation, texts: Sequence[Revision]) -> str:
        self.ports.next_revisions.add([self._anew(generation, kept) for kept in texts])
        return texts[-1].article_id

    def _anew(self, generation: Generation, kept: Revision) -> Revision:
        prepared = prepare(kept_document(kept), self.furniture)
        return replace(
            kept,
            position=_before(generation),
            terms=sketch(prepared),
            net_shingles=prepared.n_net,
            furniture=self.furniture.position,
        )

    def _edits(self, generation: Generation) -> None:
        """Of all articles, as the log may have forgotten an edit of an article it still holds."""
        self.ports.ledger.refresh()
        found = self.ports.ledger.find(Where(present=["edit.position"]), order="article_id")
        for chunk in _chunks(stored.value for stored in found):
            sections: list[tuple[str, Section]] = [
                (entry.article_id, replace(edit, position=_before(generation)))
                for entry in chunk
                if (edit := _in_force(entry.edit)) is not None
            ]
            record_sections(self.ports.next_ledger, sections)

    def _old(self, generation: Generation) -> Iterator[LedgerEntry]:
        where = Where(
            present=["index.story_id"],
            ranges={
                "index.position": (None, self._log_begins(generation)),
                "article_id": (generation.cursor or None, None),
            },
        )
        return (stored.value for stored in self.ports.ledger.find(where, order="article_id"))

    def _take_accounts(self, generation: Generation, entries: Sequence[LedgerEntry]) -> str:
        homes = self._homes(entries)
        version = position(generation.first, generation.epoch)
        carried = [replace(story, version=version, change="carried") for story in homes.values()]
        self.ports.next_stories.put(carried)
        sections = [pair for story in carried for pair in _memberships(story, _before(generation))]
        record_sections(self.ports.next_ledger, sections)
        return entries[-1].article_id

    def _homes(self, entries: Sequence[LedgerEntry]) -> dict[str, Story]:
        """The present stories of the articles."""
        firsts = {entry.index.story_id for entry in entries if entry.index and entry.index.story_id}
        found = self.ports.stories.get(firsts)
        homes: dict[str, Story] = {}
        for story in found.values():
            trail = (
                [story] if story.merged_into is None else list(followed(story.story_id, self.ports.stories))
            )
            homes[trail[-1].story_id] = trail[-1]
        return {story_id: story for story_id, story in homes.items() if story.status != "merged"}

    def _log_begins(self, generation: Generation) -> int:
        """The position, in the epoch in force, of the first record of the log."""
        return position(generation.first, self.epoch)


def _before(generation: Generation) -> int:
    """The position that all that is carried over gets: before the first record of the log."""
    return position(generation.first, generation.epoch) - 1


def _in_force(edit: EditSection | None) -> EditSection | None:
    """What of the edits must be honoured. That an article was removed as a copy of another is left out: the
    rebuild finds it again if it still is one."""
    if edit is None:
        return None
    if edit.by == SPREAD_BY:
        edit = replace(edit, removed=False)
    return edit if edit.removed or edit.gone or edit.parked_fetch else None


def _memberships(story: Story, place: int) -> Iterator[tuple[str, Section]]:
    fetched = {member.article_id: member.fetched_at for member in story.members}
    fetched |= dict.fromkeys(story.more_member_ids, story.event_at)
    for article_id, at in fetched.items():
        yield article_id, IndexSection(position=place, fetched_at=at, story_id=story.story_id)


def _chunks(items: Iterable[T]) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
