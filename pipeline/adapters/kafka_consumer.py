"""A member of a consumer group, and what the broker keeps for the group."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection
from typing import Any

from kafka import TopicPartition, errors
from kafka.structs import MemberState, OffsetAndMetadata

from pipeline.adapters.kafka_clients import REQUEST_SECONDS, admin, consumer, translated
from pipeline.adapters.kafka_records import as_record
from pipeline.core.records import Record
from pipeline.errors import BrokerUnavailable, ConfigError, Fenced
from pipeline.ports import Progress
from pipeline.settings import Settings

CLOSE_SECONDS = 5.0
REJOIN_SECONDS = 60.0
"""How long a commit waits for a rebalance that goes on."""
RETRY_SECONDS = 0.2
_UNDECIDED_MS = 1000
"""How long to wait for the markers of a transaction; they follow its commit within milliseconds."""
_REQUEST_MS = int(REQUEST_SECONDS * 1000)


class GroupOffsets:
    """The committed offsets of groups as they stand, although an open transaction may change them.

    A member with `read_committed` waits for such a transaction instead, which after the death of a
    transactional writer takes until its successor fences it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = None

    def of(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
        """Per partition the offset and the string beside it; absent when never committed."""
        if self._client is None:
            self._client = admin(self._settings)
        with translated("the committed offsets cannot be read", group=group):
            offsets = self._list(group)
        return {
            at.partition: (commit.offset, commit.metadata or "")
            for at, commit in offsets.items()
            if at.topic == topic and commit.offset >= 0
        }

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _list(self, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
        """Ask again while the broker is still making up its mind who looks after the group."""
        deadline = time.monotonic() + REQUEST_SECONDS
        while True:
            try:
                return dict(self._client.list_group_offsets(group)[group])
            except errors.RetriableError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(RETRY_SECONDS)


class KafkaConsumer:
    """Consumer. `session_seconds` is how long a dead member holds its partitions."""

    def __init__(self, settings: Settings, group: str, topic: str, *, session_seconds: float = 45.0) -> None:
        self.group, self.topic = group, topic
        self._offsets = GroupOffsets(settings)
        self._client: Any = consumer(settings, group=group, session_seconds=session_seconds)
        self._closing: list[Callable[[], None]] = []
        with translated("the topic cannot be looked up", topic=topic):
            if not self._client.partitions_for_topic(topic):
                raise ConfigError("no such topic; run `copydesk topics apply`", topic=topic)
            self._client.subscribe([topic])

    def poll(self, limit: int, timeout: float) -> list[Record]:
        if limit < 1:
            self._join(timeout)
            return []
        with translated("the topic cannot be read", topic=self.topic):
            polled = self._client.poll(timeout_ms=int(timeout * 1000), max_records=limit)
            if not polled:
                self._place()
        return [as_record(consumed) for batch in polled.values() for consumed in batch]

    def progress(self) -> dict[int, Progress] | None:
        if not self._joined():
            return None
        self._place()
        owned = sorted(self._owned())
        with translated("the ends cannot be read", topic=self.topic):
            ends = self._client.end_offsets(owned, timeout_ms=_REQUEST_MS) if owned else {}
        return {at.partition: self._progress(at, ends[at]) for at in owned}

    def commit(self) -> None:
        owned = self._owned()
        deadline = time.monotonic() + REJOIN_SECONDS
        while True:
            try:
                return self._commit(owned)
            except BrokerUnavailable as error:
                rebalancing = isinstance(error.__cause__, errors.RebalanceInProgressError)
                if not rebalancing or time.monotonic() > deadline:
                    raise
            self._join(1.0)

    def rewind(self) -> None:
        for at in self._owned():
            self._seek(at)

    def close(self) -> None:
        for close in self._closing:
            close()
        with contextlib.suppress(errors.KafkaError):  # saying goodbye is a courtesy
            self._client.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))
        self._offsets.close()

    def on_close(self, close: Callable[[], None]) -> None:
        """Have something that depends on this membership closed before it ends."""
        self._closing.append(close)

    def membership(self, partitions: Collection[int]) -> Any:
        """The client's proof that these partitions are ours, which fences members that were replaced.

        Raises Fenced when we know already that they are not: the broker would let a member go by that does
        not say which one it is.
        """
        if not self._joined() or not {at.partition for at in self._owned()}.issuperset(partitions):
            raise Fenced("a partition has another owner", group=self.group)
        return self._client.group_metadata()

    def _commit(self, owned: set[TopicPartition]) -> None:
        if not owned <= self._owned():
            raise Fenced("a partition has another owner", group=self.group)
        positions = {at: OffsetAndMetadata(self._position(at), "", -1) for at in self._owned()}
        with translated("the offsets cannot be committed", group=self.group):
            self._client.commit(positions, timeout_ms=_REQUEST_MS)

    def _joined(self) -> bool:
        return bool(self._client.group_metadata().state == MemberState.STABLE)

    def _owned(self) -> set[TopicPartition]:
        return set(self._client.assignment() or ())

    def _join(self, timeout: float) -> None:
        """Let the client do its group work; records that come with it are left for the next poll."""
        with translated("the group cannot be joined", group=self.group):
            polled = self._client.poll(timeout_ms=int(timeout * 1000), max_records=1)
            for at, records in polled.items():
                self._client.seek(at, records[0].offset)

    def _position(self, at: TopicPartition) -> int:
        with translated("the position cannot be read", topic=self.topic):
            position = self._client.position(at, timeout_ms=_REQUEST_MS)
        if position is None:
            raise BrokerUnavailable("the position is not known yet", topic=at.topic, partition=at.partition)
        return int(position)

    def _progress(self, at: TopicPartition, end: int) -> Progress:
        committed, metadata = self._committed(at)
        return Progress(position=self._position(at), end=end, committed=committed, metadata=metadata)

    def _committed(self, at: TopicPartition) -> tuple[int | None, str]:
        """What the group committed, as it will stay; as it stands, if an open transaction may change it."""
        with translated("the committed offset cannot be read", group=self.group):
            try:
                commit = self._client.committed(at, metadata=True, timeout_ms=_UNDECIDED_MS)
            except errors.KafkaTimeoutError:
                return self._offsets.of(self.group, self.topic).get(at.partition, (None, ""))
        return (None, "") if commit is None else (commit.offset, commit.metadata or "")

    def _place(self) -> None:
        """Give a position to partitions that have none, as an open transaction keeps the client from it."""
        for at in self._owned():
            if self._client.position(at, timeout_ms=0) is None:
                self._seek(at)

    def _seek(self, at: TopicPartition) -> None:
        """To the committed offset, or to the first that is retained."""
        committed, _ = self._committed(at)
        with translated("the position cannot be set", topic=at.topic):
            first = self._client.beginning_offsets([at], timeout_ms=_REQUEST_MS)[at]
            self._client.seek(at, max(first, committed or 0))
