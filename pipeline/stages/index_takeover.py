"""Taking the log over: is this the index that belongs to these topics, and what did the last writer leave?

A fresh Elasticsearch under an old log would turn every story into a new one at a higher version, and
compaction would then destroy the old. So the writer looks before it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.codec import from_record
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Edit, Story
from pipeline.core.positions import offset, position
from pipeline.errors import ConfigError
from pipeline.ports import Consumer, Documents, Progress, Revisions, Stories, TopicReader

LOG = "news.articles.clean.v1"
STORIES = "news.stories.v1"
LOOK_BACK = 200
"""Offsets read from the end of a topic to find its last record among transaction markers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """What a writer starts from: the furniture list in force, and stories written but never sent."""

    furniture: Furniture = field(default_factory=Furniture)
    unsent: Mapping[str, Story] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Looks at topics and index after the writer before us is fenced."""

    reader: TopicReader
    ledger: Documents[LedgerEntry]
    revisions: Revisions
    stories: Stories

    def __call__(self, consumer: Consumer, epoch: int) -> Inheritance:
        """Raises ConfigError naming `copydesk restore` when the index is not the one of these topics."""
        held = next(iter((consumer.progress() or {}).values()))
        self._check_belongs()
        return Inheritance(
            furniture=furniture_in_force(self.reader, held.metadata), unsent=self.unsent(held, epoch)
        )

    def unsent(self, held: Progress, epoch: int) -> dict[str, Story]:
        """Stories above the committed position: a crash or an abort left them out of the topic."""
        self.stories.refresh()
        done = position(held.committed or 0, epoch)
        return {story.story_id: story for story in self.stories.above(done)}

    def _check_belongs(self) -> None:
        last = self._last_story()
        if last is None:
            return
        found = self.stories.get([last.story_id]).get(last.story_id)
        members = [member.article_id for member in last.members[:1]]
        if found is None or found.version < last.version:
            raise ConfigError(
                "Elasticsearch lacks stories that the topic holds; run `copydesk restore` first",
                story=last.story_id,
                version=last.version,
            )
        if members and not self.ledger.get(members):
            raise ConfigError(
                "the ledger lacks articles that the stories hold; run `copydesk restore` first",
                article=members[0],
            )

    def _last_story(self) -> Story | None:
        last = None
        for partition, (first, end) in self.reader.ends(STORIES).items():
            start, size = end, LOOK_BACK
            while last is None and start > first:
                start, size = max(first, end - size), size * 10
                for record in self.reader.read(STORIES, {partition: start}, {partition: end}):
                    value = from_record(record)
                    last = value if isinstance(value, Story) else last
        return last


def furniture_in_force(reader: TopicReader, metadata: str) -> Furniture:
    """The list named beside the index group's committed offset, read from the log; none before the first.

    `metadata` is position + 1 of the list's edit. Raises ConfigError when the log lost it.
    """
    if not metadata:
        return Furniture()
    in_force = int(metadata)
    place = offset(in_force - 1)
    for record in reader.read(LOG, {0: place}, {0: place + 1}):
        value = from_record(record)
        if isinstance(value, Edit) and value.furniture is not None:
            return decode(value.furniture, in_force)
    raise ConfigError("the log no longer holds the furniture list in force", position=metadata)
