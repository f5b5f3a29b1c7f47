"""Topics, groups and transactions in memory, true to what Kafka does where the pipeline depends on it.

Transaction markers take offsets, an open transaction holds back readers, a compacted topic refuses a null
key, partitions of a dead member stay with it until it expires. Retention and compaction never run by
themselves; `forget` does what retention would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.adapters.memory_groups import Group
from pipeline.core.records import Message, Placed, Record
from pipeline.errors import ConfigError, InvalidRecord

RECORD_OVERHEAD = 512
"""Bytes Kafka adds to key, value and headers of a lone record, generously."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicShape:
    """What the broker needs to know of a topic."""

    partitions: int = 1
    compacted: bool = False
    max_bytes: int = 6 * 2**20


@dataclass(eq=False, slots=True)
class Transaction:
    """One transaction of one transactional id; aborted ones keep their records, unseen."""

    transactional_id: str
    state: Literal["open", "committed", "aborted"] = "open"


@dataclass(slots=True)
class _Slot:
    """One offset: a record, or a transaction marker when `record` is None."""

    record: Record | None
    transaction: Transaction | None

    @property
    def visible(self) -> bool:
        return self.record is not None and (self.transaction is None or self.transaction.state == "committed")


@dataclass(slots=True)
class Partition:
    """One log. Offsets are indices, since nothing is ever taken out of the middle."""

    slots: list[_Slot] = field(default_factory=list)
    first: int = 0
    opened: dict[Transaction, int] = field(default_factory=dict)

    @property
    def end(self) -> int:
        """The last stable offset: where the oldest open transaction began, or the end."""
        return min(self.opened.values(), default=len(self.slots))

    def append(self, record: Record, transaction: Transaction | None) -> None:
        if transaction is not None:
            self.opened.setdefault(transaction, len(self.slots))
        self.slots.append(_Slot(record, transaction))

    def close(self, transaction: Transaction) -> None:
        """Write the marker of a transaction that touched this partition."""
        if self.opened.pop(transaction, None) is not None:
            self.slots.append(_Slot(None, transaction))

    def next_visible(self, offset: int) -> int:
        """The first offset from `offset` on that holds a committed record, or the stable end."""
        while offset < self.end and not self.slots[offset].visible:
            offset += 1
        return offset

    def visible(self, start: int, end: int) -> Iterator[Record]:
        """Committed records in `start` (inclusive) to `end` (exclusive), as far as the log is stable."""
        for slot in self.slots[max(start, self.first) : min(end, self.end)]:
            if slot.visible and slot.record is not None:
                yield slot.record


class MemoryBroker:
    """All topics, committed offsets and transactional ids. The ports are in `memory_topics`."""

    def __init__(self, topics: Mapping[str, TopicShape], now: Callable[[], datetime]) -> None:
        self.topics = dict(topics)
        self.offsets: dict[tuple[str, str, int], tuple[int, str]] = {}
        self.groups: dict[tuple[str, str], Group] = {}
        self._now = now
        self._partitions = {
            name: [Partition() for _ in range(shape.partitions)] for name, shape in topics.items()
        }
        self._writers: dict[str, tuple[int, Transaction | None]] = {}

    def partitions(self, topic: str) -> list[Partition]:
        """Raises ConfigError for a topic that was never created."""
        try:
            return self._partitions[topic]
        except KeyError:
            raise ConfigError("the topic does not exist", topic=topic) from None

    def append(self, message: Message, transaction: Transaction | None = None) -> Placed:
        """Raises InvalidRecord for what Kafka would refuse."""
        self.refuse(message)
        partitions = self.partitions(message.topic)
        number = partition_of(message.key, len(partitions))
        placed = Placed(topic=message.topic, partition=number, offset=len(partitions[number].slots))
        record = Record(
            topic=message.topic,
            partition=number,
            offset=placed.offset,
            key=message.key,
            value=message.value,
            headers=dict(message.headers),
            timestamp=self._now(),
        )
        partitions[number].append(record, transaction)
        return placed

    def refuse(self, message: Message) -> None:
        """Raises InvalidRecord when the topic cannot take this message."""
        self.partitions(message.topic)
        shape = self.topics[message.topic]
        if shape.compacted and message.key is None:
            raise InvalidRecord("record-rejected", "a compacted topic needs a key", topic=message.topic)
        if message_size(message) + RECORD_OVERHEAD > shape.max_bytes:
            raise InvalidRecord(
                "too-large", "larger than the topic takes", topic=message.topic, key=message.key
            )

    def fence(self, transactional_id: str) -> int:
        """Start a new epoch of the id, aborting what the one before left open; return the epoch."""
        epoch, left = self._writers.get(transactional_id, (-1, None))
        if left is not None:
            self.end(left, "aborted")
        self._writers[transactional_id] = (epoch + 1, None)
        return epoch + 1

    def epoch(self, transactional_id: str) -> int:
        return self._writers.get(transactional_id, (-1, None))[0]

    def open(self, transactional_id: str) -> Transaction:
        transaction = Transaction(transactional_id)
        self._writers[transactional_id] = (self.epoch(transactional_id), transaction)
        return transaction

    def end(self, transaction: Transaction, state: Literal["committed", "aborted"]) -> None:
        """Decide an open transaction and write its markers."""
        transaction.state = state
        for partitions in self._partitions.values():
            for partition in partitions:
                partition.close(transaction)
        self._writers[transaction.transactional_id] = (self.epoch(transaction.transactional_id), None)

    def forget(self, topic: str, partition: int, before: int) -> None:
        """Drop the records before an offset, as retention does."""
        log = self.partitions(topic)[partition]
        log.first = max(log.first, min(before, log.end))

    def group(self, name: str, topic: str) -> Group:
        return self.groups.setdefault((name, topic), Group(len(self.partitions(topic))))


def partition_of(key: str | None, partitions: int) -> int:
    """Kafka's default partitioner for a key; a message without one goes to partition 0."""
    return 0 if key is None else (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def message_size(message: Message) -> int:
    """Uncompressed bytes of key, value and headers."""
    texts = [message.key or "", *message.headers, *message.headers.values()]
    return sum(len(text.encode()) for text in texts) + len(message.value or b"")


def murmur2(data: bytes) -> int:
    """The 32-bit hash of Kafka's default partitioner, unsigned (seed and constants are Kafka's)."""
    multiplier, mask = 0x5BD1E995, 0xFFFFFFFF
    digest = (0x9747B28C ^ len(data)) & mask
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * multiplier & mask
        digest = (digest * multiplier & mask) ^ ((word ^ (word >> 24)) * multiplier & mask)
    if tail := data[whole:]:
        digest = (digest ^ int.from_bytes(tail, "little")) * multiplier & mask
    digest = (digest ^ (digest >> 13)) * multiplier & mask
    return digest ^ (digest >> 15)
