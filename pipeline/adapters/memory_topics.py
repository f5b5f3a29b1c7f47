"""The Kafka ports over the in-memory broker; each client belongs to the life it was made in (`Faults`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.adapters.memory_broker import MemoryBroker, Transaction
from pipeline.adapters.memory_faults import Faults
from pipeline.core.records import Message, Placed, Record
from pipeline.errors import Fenced, InvalidRecord
from pipeline.ports import Progress


class MemoryPublisher:
    """Publisher. A refused message does not keep the others of the call from being sent."""

    def __init__(self, broker: MemoryBroker, faults: Faults) -> None:
        self._broker, self._faults, self._life = broker, faults, faults.life

    def publish(self, messages: Sequence[Message]) -> list[Placed]:
        placed: list[Placed] = []
        refused: list[InvalidRecord] = []
        with self._faults.write("publisher.publish", messages, self._life) as admitted:
            for index, message in enumerate(admitted):
                try:
                    placed.append(self._broker.append(message))
                except InvalidRecord as error:
                    error.facts["index"] = index
                    refused.append(error)
        if refused:
            raise refused[0]
        return placed

    def close(self) -> None:
        pass


class MemoryConsumer:
    """Consumer. It joins its group with the first poll and never waits."""

    def __init__(self, broker: MemoryBroker, faults: Faults, group: str, topic: str) -> None:
        self._broker, self._faults, self._life = broker, faults, faults.life
        self.group, self.topic = group, topic
        self._partitions = broker.partitions(topic)
        self._group = broker.group(group, topic)
        self._positions: dict[int, int] = {}
        self._joined = False

    def poll(self, limit: int, timeout: float) -> list[Record]:  # noqa: ARG002 - memory has no waiting
        self._faults.check(self._life)
        self._settle()
        records: list[Record] = []
        for number in sorted(self._positions):
            records += self._take(number, limit - len(records))
        return records

    def progress(self) -> dict[int, Progress] | None:
        self._faults.check(self._life)
        if not self._joined or self not in self._group.members:
            return None
        return {number: self._progress(number) for number in sorted(self._positions)}

    def commit(self) -> None:
        with self._faults.write("consumer.commit", life=self._life):
            self.require_ownership()
            self.commit_positions(self._positions, "")

    def rewind(self) -> None:
        self._faults.check(self._life)
        self._positions = {number: self._start(number) for number in self._positions}

    def close(self) -> None:
        self._group.expel(self)

    def require_ownership(self) -> None:
        """Raises Fenced when this member lost one of its partitions without noticing."""
        if not self._positions.keys() <= self._group.owned(self):
            raise Fenced("the partition has another owner", group=self.group)

    def commit_positions(self, positions: Mapping[int, int], metadata: str) -> None:
        for number, position in positions.items():
            self._broker.offsets[self.group, self.topic, number] = (position, metadata)

    def _settle(self) -> None:
        if self not in self._group.members:
            self._positions.clear()
        owned = self._group.settle(self)
        self._joined = owned is not None
        if owned is None:
            owned = self._positions.keys() & self._group.owned(self)
        kept = {number: at for number, at in self._positions.items() if number in owned}
        self._positions = kept | {number: self._start(number) for number in owned - kept.keys()}

    def _start(self, number: int) -> int:
        committed = self._broker.offsets.get((self.group, self.topic, number), (0, ""))[0]
        return max(committed, self._partitions[number].first)

    def _take(self, number: int, limit: int) -> list[Record]:
        """Up to `limit` records; the position then stands behind the last of them, before any marker."""
        partition = self._partitions[number]
        records: list[Record] = []
        while len(records) < limit:
            at = partition.next_visible(max(self._positions[number], partition.first))
            if at >= partition.end:
                if not records:
                    self._positions[number] = at
                break
            records += partition.visible(at, at + 1)
            self._positions[number] = at + 1
        return records

    def _progress(self, number: int) -> Progress:
        committed, metadata = self._broker.offsets.get((self.group, self.topic, number), (None, ""))
        return Progress(
            position=self._positions[number],
            end=self._partitions[number].end,
            committed=committed,
            metadata=metadata,
        )


class MemoryTransactions:
    """Transactions, bound to the consumer whose positions they commit."""

    def __init__(
        self, broker: MemoryBroker, faults: Faults, consumer: MemoryConsumer, transactional_id: str
    ) -> None:
        self._broker, self._faults, self._life = broker, faults, faults.life
        self._consumer, self._id = consumer, transactional_id
        self._epoch: int | None = None
        self._transaction: Transaction | None = None
        self._offsets: tuple[Mapping[int, int], str] = ({}, "")
        self._error: InvalidRecord | None = None

    def initialise(self) -> None:
        with self._faults.write("transactions.initialise", life=self._life):
            self._epoch = self._broker.fence(self._id)
            self._transaction = None

    def begin(self, positions: Mapping[int, int], metadata: str) -> None:
        with self._faults.write("transactions.begin", life=self._life):
            self._check_epoch()
            if self._transaction is not None:
                raise RuntimeError("a transaction is open already")
            self._consumer.require_ownership()
            self._offsets = (dict(positions), metadata)
            self._transaction = self._broker.open(self._id)
            self._error = None

    def publish(self, messages: Sequence[Message]) -> None:
        with self._faults.write("transactions.publish", messages, self._life) as admitted:
            transaction = self._open()
            for index, message in enumerate(admitted):
                try:
                    self._broker.append(message, transaction)
                except InvalidRecord as error:
                    error.facts["index"] = index
                    self._error = error
                    raise

    def commit(self) -> None:
        with self._faults.write("transactions.commit", life=self._life):
            transaction = self._open()
            if self._error is not None:
                raise self._error
            self._broker.end(transaction, "committed")
            self._consumer.commit_positions(*self._offsets)
            self._transaction = None

    def abort(self) -> None:
        with self._faults.write("transactions.abort", life=self._life):
            if self._transaction is not None and self._epoch == self._broker.epoch(self._id):
                self._broker.end(self._transaction, "aborted")
            self._transaction = None

    def _open(self) -> Transaction:
        self._check_epoch()
        if self._transaction is None:
            raise RuntimeError("no transaction is open")
        return self._transaction

    def _check_epoch(self) -> None:
        if self._epoch is None:
            raise RuntimeError("initialise the transactions first")
        if self._epoch != self._broker.epoch(self._id):
            raise Fenced("a newer writer exists", transactional_id=self._id)


class MemoryTopicReader:
    """TopicReader."""

    def __init__(self, broker: MemoryBroker) -> None:
        self._broker = broker

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        partitions = self._broker.partitions(topic)
        return {number: (partition.first, partition.end) for number, partition in enumerate(partitions)}

    def read(self, topic: str, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[Record]:
        for number, partition in enumerate(self._broker.partitions(topic)):
            if number in ends:
                yield from partition.visible(starts.get(number, 0), ends[number])

    def committed(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
        return {
            number: commit
            for (name, of, number), commit in self._broker.offsets.items()
            if (name, of) == (group, topic)
        }
