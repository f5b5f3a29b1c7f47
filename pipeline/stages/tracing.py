"""Everything the system knows of one article: its account, its story, its texts and its records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.codec import from_record
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision, Story
from pipeline.core.records import Record
from pipeline.ports import Documents, Revisions, Stories, TopicReader

RAW = "news.articles.raw.v1"
LOG = "news.articles.clean.v1"
STORIES = "news.stories.v1"
DEAD_LETTERS = "news.dead-letters.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """`stories` leads from the story the article first joined to the one it is in now."""

    entry: LedgerEntry
    stories: tuple[Story, ...]
    revisions: tuple[Revision, ...]


def trace(
    article_id: str, ledger: Documents[LedgerEntry], revisions: Revisions, stories: Stories
) -> Trace | None:
    """What ledger and index say; None for an article nobody heard of."""
    stored = ledger.get([article_id]).get(article_id)
    if stored is None:
        return None
    revisions.refresh()
    first = stored.value.index.story_id if stored.value.index else None
    return Trace(
        entry=stored.value,
        stories=tuple(followed(first, stories)),
        revisions=tuple(revisions.of([article_id])),
    )


def followed(story_id: str | None, stories: Stories) -> Iterator[Story]:
    """The story and those it was merged into, one after the other; none for a story that does not exist."""
    while story_id is not None:
        story = stories.get([story_id]).get(story_id)
        if story is None:
            return
        yield story
        story_id = story.merged_into


def records_of(reader: TopicReader, keys: set[str]) -> Iterator[Record]:
    """Every retained record under these keys, topic by topic. Reads the topics whole."""
    for topic in (RAW, LOG, DEAD_LETTERS, STORIES):
        ends = {partition: end for partition, (_, end) in reader.ends(topic).items()}
        yield from (record for record in reader.read(topic, {}, ends) if record.key in keys)


def history(reader: TopicReader, story_ids: set[str]) -> Iterator[tuple[Record, Story]]:
    """Every retained record of the stories in order; compaction keeps at least the last of each. Reads the
    topic whole."""
    ends = {partition: end for partition, (_, end) in reader.ends(STORIES).items()}
    for record in reader.read(STORIES, {}, ends):
        if record.key in story_ids:
            value = from_record(record)
            if isinstance(value, Story):
                yield record, value
