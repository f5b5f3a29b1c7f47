"""Taking the log over: is this the index that belongs to these topics, and what did the last writer leave?

A fresh Elasticsearch under an old log would turn every story into a new one at a higher version, and
compaction would then destroy the old. So the writer looks before it writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.core.codec import from_record
from pipeline.core.copies.furniture import Furniture
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Story
from pipeline.core.positions import Standing, epoch_of, offset, position
from pipeline.errors import ConfigError
from pipeline.ports import Consumer, Documents, Progress, Revisions, Stories, TopicReader
from pipeline.stages.furniture import furniture_of

STORIES = "news.stories.v1"
LOOK_BACK = 200
"""Offsets read from the end of a topic to find its last record among transaction markers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inheritance:
    """What a writer starts from: its epoch, the furniture list in force, stories written but never sent."""

    epoch: int
    furniture: Furniture = field(default_factory=Furniture)
    unsent: Mapping[str, Story] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """Looks at topics and index after the writer before us is fenced.

    `begin_with` is the list of a writer that committed nothing yet. `published` is false for one whose
    stories are not in the topic, as those of a rebuild in progress.
    """

    reader: TopicReader
    ledger: Documents[LedgerEntry]
    revisions: Revisions
    stories: Stories
    begin_with: Furniture = field(default_factory=Furniture)
    published: bool = True

    def __call__(self, consumer: Consumer, least_epoch: int) -> Inheritance:
        """The epoch is the highest of `least_epoch`, the one committed last and that of the last story.

        Raises ConfigError when the log, or the index, is not the one that belongs to the stories.
        """
        held = next(iter((consumer.progress() or {}).values()))
        standing = Standing.read(held.metadata)
        last = self._last_story() if self.published else None
        epoch = max(least_epoch, standing.epoch, epoch_of(last.version) if last else 0)
        if last is not None:
            self._check_belongs(last, held, epoch)
        return Inheritance(
            epoch=epoch,
            furniture=self.begin_with if held.committed is None else furniture_of(self.reader, standing),
            unsent=self.unsent(held, epoch),
        )

    def unsent(self, held: Progress, epoch: int) -> dict[str, Story]:
        """Stories above the committed position: a crash or an abort left them out of the topic."""
        self.stories.refresh()
        done = position(held.committed or 0, epoch)
        return {story.story_id: story for story in self.stories.above(done)}

    def _check_belongs(self, last: Story, held: Progress, epoch: int) -> None:
        if epoch_of(last.version) == epoch and offset(last.version) > held.end:
            raise ConfigError(
                "the log ends before the last story's position, so it was begun anew: "
                f"set COPYDESK_EPOCH to {epoch + 1}",
                story=last.story_id,
                version=last.version,
            )
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
