"""The two brokers the suites run against, with what a test needs beyond the ports."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from kafka import TopicPartition
from kafka.admin import MemberToRemove, NewTopic

from pipeline.adapters import kafka_clients
from pipeline.adapters.kafka_consumer import KafkaConsumer
from pipeline.adapters.kafka_publisher import KafkaPublisher
from pipeline.adapters.kafka_reader import KafkaTopicReader
from pipeline.adapters.kafka_transactions import KafkaTransactions
from pipeline.adapters.memory import MemoryWorld, TopicShape
from pipeline.core.records import Message, Record
from pipeline.ports import Consumer, Publisher, TopicReader, Transactions
from pipeline.settings import Settings

PATIENCE = 90.0
SMALL = 20_000


class Broker(Protocol):
    """Topics made for one test: `log` (one partition), `pages` (six), `states` (one, compacted)."""

    log: str
    pages: str
    states: str

    def publisher(self) -> Publisher: ...
    def consumer(self, topic: str, group: str = "readers") -> Any: ...
    def transactions(self, consumer: Any, transactional_id: str = "writer") -> Transactions: ...
    def reader(self) -> TopicReader: ...
    def group(self, name: str) -> str: ...
    def kill(self, consumer: Any) -> None:
        """The member stops without a word and times out later."""

    def expire(self, consumer: Any) -> None:
        """Wait until a killed member timed out."""

    def evict(self, consumer: Any) -> None:
        """The group gives the member up, which does not know."""

    def forget(self, topic: str, before: int) -> None:
        """Retention takes what lies before an offset of partition 0."""

    def close(self) -> None: ...


class InMemory:
    """MemoryWorld behind the tests."""

    log, pages, states = "log", "pages", "states"

    def __init__(self) -> None:
        self.world = MemoryWorld(
            shapes={
                self.log: TopicShape(max_bytes=SMALL),
                self.pages: TopicShape(partitions=6, max_bytes=SMALL),
                self.states: TopicShape(compacted=True, max_bytes=SMALL),
            }
        )

    def publisher(self) -> Publisher:
        return self.world.publisher()

    def consumer(self, topic: str, group: str = "readers") -> Any:
        return self.world.consumer(group, topic)

    def transactions(self, consumer: Any, transactional_id: str = "writer") -> Transactions:
        return self.world.transactions(consumer, transactional_id)

    def reader(self) -> TopicReader:
        return self.world.reader()

    def group(self, name: str) -> str:
        return name

    def kill(self, consumer: Any) -> None:
        self.world.kill(consumer)

    def expire(self, consumer: Any) -> None:
        self.world.expire(consumer)

    def evict(self, consumer: Any) -> None:
        self.world.expire(consumer)

    def forget(self, topic: str, before: int) -> None:
        self.world.broker.forget(topic, 0, before)

    def close(self) -> None:
        pass


class OnKafka:
    """A real broker; topics and groups get names of their own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._mark = uuid.uuid4().hex[:8]
        self.log, self.pages, self.states = (f"{name}-{self._mark}" for name in ("log", "pages", "states"))
        self._admin = kafka_clients.admin(settings)
        small = {"max.message.bytes": str(SMALL)}
        self._admin.create_topics(
            [
                NewTopic(self.log, 1, 1, topic_configs=small),
                NewTopic(self.pages, 6, 1, topic_configs=small),
                NewTopic(self.states, 1, 1, topic_configs={**small, "cleanup.policy": "compact"}),
            ]
        )
        self._admin.wait_for_topics([self.log, self.pages, self.states])
        self._made: list[Any] = []

    def publisher(self) -> Publisher:
        return cast("Publisher", self._keep(KafkaPublisher(self._settings)))

    def consumer(self, topic: str, group: str = "readers") -> Any:
        return self._keep(KafkaConsumer(self._settings, self.group(group), topic, session_seconds=10.0))

    def transactions(self, consumer: Any, transactional_id: str = "writer") -> Transactions:
        return KafkaTransactions(self._settings, consumer, f"{transactional_id}-{self._mark}")

    def reader(self) -> TopicReader:
        return cast("TopicReader", self._keep(KafkaTopicReader(self._settings)))

    def group(self, name: str) -> str:
        return f"{name}-{self._mark}"

    def kill(self, consumer: Any) -> None:
        consumer._client._client.close()  # the sockets, without leaving the group
        self._made.remove(consumer)

    def expire(self, consumer: Any) -> None:
        pass  # time does it

    def evict(self, consumer: Any) -> None:
        member = consumer._client.group_metadata().member_id
        self._admin.remove_group_members(consumer.group, [MemberToRemove(member_id=member)])

    def forget(self, topic: str, before: int) -> None:
        self._admin.delete_records({TopicPartition(topic, 0): before})

    def close(self) -> None:
        for client in self._made:
            client.close()
        self._admin.delete_topics([self.log, self.pages, self.states])
        self._admin.close()

    def _keep(self, client: Any) -> Any:
        self._made.append(client)
        return client


def message(topic: str, key: str | None, value: bytes | None = b"value", **headers: str) -> Message:
    return Message(topic=topic, key=cast("str", key), value=value, headers=headers)


def until(done: Callable[[], Any], what: str) -> Any:
    """Retry until `done` gives something true; fail by name after PATIENCE."""
    deadline = time.monotonic() + PATIENCE
    while not (answer := done()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)
    return answer


@dataclass
class Member:
    """A consumer that is polled in a thread of its own, as in a separate process."""

    consumer: Consumer
    records: list[Record] = field(default_factory=list)
    owned: set[int] | None = None

    def poll(self, limit: int) -> None:
        self.records += self.consumer.poll(limit, 0.2)
        progress = self.consumer.progress()
        self.owned = None if progress is None else set(progress)


def together(
    consumers: Sequence[Consumer], limit: int, done: Callable[[Sequence[Member]], bool]
) -> list[Member]:
    """Poll all side by side until `done`."""
    members = [Member(consumer) for consumer in consumers]
    finished = threading.Event()

    def poll(member: Member) -> None:
        while not finished.is_set():
            member.poll(limit)

    with ThreadPoolExecutor(len(members)) as pool:
        polls = [pool.submit(poll, member) for member in members]
        try:
            until(lambda: done(members) or any(polling.done() for polling in polls), "the group")
        finally:
            finished.set()
    for polling in polls:
        polling.result()
    return members


def join(*consumers: Consumer) -> list[set[int] | None]:
    """Poll, taking nothing, until all of them are members; return what each of them owns."""

    def settled(members: Sequence[Member]) -> bool:
        return all(member.owned is not None for member in members)

    return [member.owned for member in together(consumers, 0, settled)]


def take(consumer: Consumer, count: int) -> list[Record]:
    """Poll until `count` records came, and no more than those."""
    records: list[Record] = []

    def enough() -> bool:
        records.extend(consumer.poll(count - len(records), 0.2))
        return len(records) >= count

    until(enough, f"{count} records")
    return records


def drain(consumer: Consumer) -> list[Record]:
    """Poll as a stage does: until the position of every partition is at its end."""
    records: list[Record] = []

    def drained() -> bool:
        records.extend(consumer.poll(100, 0.2))
        progress = consumer.progress()
        return progress is not None and all(held.position >= held.end for held in progress.values())

    until(drained, "the ends")
    return records


def values(records: Sequence[Record]) -> list[bytes | None]:
    return [record.value for record in records]
