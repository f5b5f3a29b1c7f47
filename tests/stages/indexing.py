"""Running the index stage over the in-memory world, as a process that may die."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.codec import from_record, to_message
from pipeline.core.model import CleanArticle, Edit, Story
from pipeline.core.reports import RunReport
from pipeline.stages.index import IndexPorts, IndexStage
from pipeline.stages.index_takeover import Takeover
from pipeline.stages.runner import Ended, Pace, consume
from pipeline.stages.runs import reported

GROUP = "copydesk-index"
LOG = "news.articles.clean.v1"
STORIES = "news.stories.v1"
Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime(2026, 11, 21, 9, tzinfo=UTC)


def publish(world: MemoryWorld, *values: CleanArticle | Edit) -> None:
    """Append to the log."""
    world.publisher().publish([to_message(value, source="/stages/clean") for value in values])


def ports(world: MemoryWorld) -> IndexPorts:
    consumer = world.consumer(GROUP, LOG)
    return IndexPorts(
        consumer=consumer,
        transactions=world.transactions(consumer, GROUP),
        ledger=world.articles,
        revisions=world.revisions,
        stories=world.stories,
        takeover=Takeover(
            reader=world.reader(), ledger=world.articles, revisions=world.revisions, stories=world.stories
        ),
    )


def drain(world: MemoryWorld, *, batch: int = 100, epoch: int = 0) -> tuple[Ended, RunReport]:
    """One run of the stage to the end of the log."""
    with reported("index", world.runs, world.articles, now) as run:
        held = ports(world)
        stage = IndexStage(held, run, epoch, now)
        try:
            ended = consume(held.consumer, stage, Pace(batch=batch), run, commits=False)
        finally:
            held.consumer.close()
    return ended, run.report


def published(world: MemoryWorld) -> dict[str, Story]:
    """The topic as compaction would leave it: the last record of every story."""
    values = [from_record(record) for record in world.records(STORIES)]
    return {story.story_id: story for story in values if isinstance(story, Story)}


def indexed(world: MemoryWorld, ids: Iterable[str]) -> dict[str, Story]:
    return world.stories.get(list(ids))


def active(world: MemoryWorld) -> list[Story]:
    """Active stories of the topic, by id."""
    return [story for _, story in sorted(published(world).items()) if story.status == "active"]
