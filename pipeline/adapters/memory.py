"""A whole world in memory: what the tests run the stages against, and the commands that need no servers.

It passes the contract suites that Kafka and Elasticsearch pass, refresh lag and transaction markers
included, and dies on demand (`crash_before`, `crash_after`) at any single write.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import schemas
from pipeline.adapters.memory_broker import MemoryBroker, TopicShape
from pipeline.adapters.memory_faults import Crash, Faults
from pipeline.adapters.memory_generations import MemoryArchive, MemoryGenerations
from pipeline.adapters.memory_index import MemoryDocuments
from pipeline.adapters.memory_snapshots import MemorySnapshots
from pipeline.adapters.memory_stories import MemoryRevisions, MemoryStories
from pipeline.adapters.memory_topics import (
    MemoryConsumer,
    MemoryPublisher,
    MemoryTopicReader,
    MemoryTransactions,
)
from pipeline.core.evidence import SourceBody
from pipeline.core.hosts import HostState
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision
from pipeline.core.records import Record
from pipeline.core.reports import RunReport
from pipeline.core.sources import SourceState

__all__ = [
    "Crash",
    "MemoryArchive",
    "MemoryBroker",
    "MemoryConsumer",
    "MemoryDocuments",
    "MemoryGenerations",
    "MemoryPublisher",
    "MemoryRevisions",
    "MemorySnapshots",
    "MemoryStories",
    "MemoryTopicReader",
    "MemoryTransactions",
    "MemoryWorld",
    "TopicShape",
]

T = TypeVar("T")


def topics() -> dict[str, TopicShape]:
    """The topics of the contract."""
    return {
        name: TopicShape(
            partitions=topic.partitions,
            compacted=topic.config["cleanup.policy"] == "compact",
            max_bytes=int(topic.config["max.message.bytes"]),
        )
        for name, topic in schemas.topics().items()
    }


def _utc_now() -> datetime:
    return datetime.now(UTC)


class MemoryWorld:
    """Broker and stores that outlive the processes using them.

    `shapes` are the topics, by default those of the contract. Not `strict`, it does not look at the mappings
    of revisions and stories, which a corpus of many thousand texts would feel.
    """

    def __init__(
        self,
        *,
        shapes: Mapping[str, TopicShape] | None = None,
        now: Callable[[], datetime] = _utc_now,
        strict: bool = True,
    ) -> None:
        self.faults = Faults()
        self.crash_before = self.faults.crash_before
        self.crash_after = self.faults.crash_after
        self.broker = MemoryBroker(topics() if shapes is None else shapes, now)
        self.revisions = MemoryRevisions(self.faults, strict=strict)
        self.stories = MemoryStories(self.faults, strict=strict)
        self.generations = MemoryGenerations(self.faults, self.stories, self.revisions, strict=strict)
        self.snapshots = MemorySnapshots(self.faults, now)
        self._documents: dict[str, MemoryDocuments[Any]] = {}

    @property
    def articles(self) -> MemoryDocuments[LedgerEntry]:
        return self.documents("articles", LedgerEntry)

    @property
    def sources(self) -> MemoryDocuments[SourceState]:
        return self.documents("sources", SourceState)

    @property
    def source_bodies(self) -> MemoryDocuments[SourceBody]:
        return self.documents("source_bodies", SourceBody)

    @property
    def hosts(self) -> MemoryDocuments[HostState]:
        return self.documents("hosts", HostState)

    @property
    def runs(self) -> MemoryDocuments[RunReport]:
        return self.documents("runs", RunReport)

    def documents(self, name: str, kind: type[T]) -> MemoryDocuments[T]:
        """The store of that name, made at first use."""
        return self._documents.setdefault(name, MemoryDocuments(name, kind, self.faults))

    def texts(self) -> MemoryArchive[Revision]:
        """The revisions, seen whole."""
        held = self.revisions
        return MemoryArchive("revisions", self.faults, held.searchable, held.forget, held.refresh)

    def old_bodies(self) -> MemoryArchive[SourceBody]:
        """The last documents of sources, seen whole."""
        held = self.source_bodies
        return MemoryArchive("source_bodies", self.faults, held.searchable, held.forget, held.refresh)

    def old_runs(self) -> MemoryArchive[RunReport]:
        """The run reports, seen whole."""
        held = self.runs
        return MemoryArchive("runs", self.faults, held.searchable, held.forget, held.refresh)

    def publisher(self) -> MemoryPublisher:
        return MemoryPublisher(self.broker, self.faults)

    def consumer(self, group: str, topic: str) -> MemoryConsumer:
        return MemoryConsumer(self.broker, self.faults, group, topic)

    def transactions(self, consumer: MemoryConsumer, transactional_id: str) -> MemoryTransactions:
        return MemoryTransactions(self.broker, self.faults, consumer, transactional_id)

    def reader(self) -> MemoryTopicReader:
        return MemoryTopicReader(self.broker)

    def records(self, topic: str) -> list[Record]:
        """Every committed record of a topic by partition and offset, for assertions."""
        ends = {number: end for number, (_, end) in self.reader().ends(topic).items()}
        return list(self.reader().read(topic, {}, ends))

    def refresh(self) -> None:
        """Make everything findable, as time would."""
        self.revisions.refresh()
        self.stories.refresh()
        for store in self._documents.values():
            store.refresh()

    def kill(self, consumer: MemoryConsumer) -> None:
        """The member stops without a word; its group waits for it until `expire`."""
        self.broker.group(consumer.group, consumer.topic).dead.append(consumer)

    def expire(self, consumer: MemoryConsumer) -> None:
        """The member's session times out, whether it died or only stalled."""
        self.broker.group(consumer.group, consumer.topic).expel(consumer)

    def restart(self) -> None:
        """Begin the next process after a crash: clients of the old one are dead, their sessions expired.

        Open transactions stay open, and what was not refreshed is still not found.
        """
        self.faults.revive()
        for group in self.broker.groups.values():
            group.members, group.owners, group.dead = [], {}, []
