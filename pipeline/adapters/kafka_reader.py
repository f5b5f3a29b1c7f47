"""Reading a topic without a group."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import Any

from kafka import TopicPartition, errors

from pipeline.adapters.kafka_clients import REQUEST_SECONDS, consumer, translated
from pipeline.adapters.kafka_consumer import GroupOffsets
from pipeline.adapters.kafka_records import as_record
from pipeline.core.records import Record
from pipeline.errors import BrokerUnavailable, ConfigError
from pipeline.settings import Settings

POLL_MS = 500
SILENCE_SECONDS = 60.0
"""A read that moves nowhere for this long has lost its broker."""
_REQUEST_MS = int(REQUEST_SECONDS * 1000)


class KafkaTopicReader:
    """TopicReader. Every read has a client of its own, so several may go on at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._offsets = GroupOffsets(settings)
        self._client: Any = consumer(settings)

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        with translated("the ends cannot be read", topic=topic):
            numbers = self._client.partitions_for_topic(topic)
            if not numbers:
                raise ConfigError("no such topic; run `copydesk topics apply`", topic=topic)
            partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
            firsts = self._client.beginning_offsets(partitions, timeout_ms=_REQUEST_MS)
            ends = self._client.end_offsets(partitions, timeout_ms=_REQUEST_MS)
        return {at.partition: (firsts[at], ends[at]) for at in partitions}

    def read(self, topic: str, starts: Mapping[int, int], ends: Mapping[int, int]) -> Iterator[Record]:
        client = consumer(self._settings)
        try:
            yield from _read(client, topic, self._bounds(topic, starts, ends))
        finally:
            with contextlib.suppress(errors.KafkaError):
                client.close(autocommit=False)

    def committed(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
        return self._offsets.of(group, topic)

    def close(self) -> None:
        with contextlib.suppress(errors.KafkaError):
            self._client.close(autocommit=False)
        self._offsets.close()

    def _bounds(
        self, topic: str, starts: Mapping[int, int], ends: Mapping[int, int]
    ) -> dict[TopicPartition, tuple[int, int]]:
        """What there is to read: no further back than retained, no further on than stable."""
        bounds = {
            TopicPartition(topic, number): (max(first, starts.get(number, 0)), min(end, ends[number]))
            for number, (first, end) in self.ends(topic).items()
            if number in ends
        }
        return {at: (start, end) for at, (start, end) in bounds.items() if start < end}


def _read(client: Any, topic: str, bounds: Mapping[TopicPartition, tuple[int, int]]) -> Iterator[Record]:
    if not bounds:
        return
    client.assign(list(bounds))
    for at, (start, _) in bounds.items():
        client.seek(at, start)
    reading, heard = set(bounds), time.monotonic()
    while reading:
        with translated("the topic cannot be read", topic=topic):
            polled = client.poll(timeout_ms=POLL_MS)
            behind = {at for at in reading if _position(client, at) < bounds[at][1]}
        for at, records in polled.items():
            yield from (as_record(record) for record in records if record.offset < bounds[at][1])
        if polled or behind != reading:
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE_SECONDS:
            raise BrokerUnavailable("the topic stopped answering", topic=topic)
        for at in reading - behind:
            client.pause(at)
        reading = behind


def _position(client: Any, at: TopicPartition) -> int:
    """Where a read is; at the beginning while the client finds out what retention left."""
    return client.position(at, timeout_ms=_REQUEST_MS) or 0
