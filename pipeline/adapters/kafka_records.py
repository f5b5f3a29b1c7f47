"""Between Kafka's records and ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.core.records import Message, Placed, Record

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_record(consumed: Any) -> Record:
    """A record as the client hands it out. Keys and headers that are not UTF-8 are shown with escapes."""
    return Record(
        topic=consumed.topic,
        partition=consumed.partition,
        offset=consumed.offset,
        key=None if consumed.key is None else _text(consumed.key),
        value=None if consumed.value is None else bytes(consumed.value),
        headers={name: _text(value or b"") for name, value in consumed.headers or ()},
        timestamp=EPOCH + timedelta(milliseconds=max(consumed.timestamp or 0, 0)),
    )


def send(client: Any, message: Message) -> Any:
    """Hand a message to a producer; returns the client's future."""
    return client.send(
        message.topic,
        key=None if message.key is None else message.key.encode(),
        value=message.value,
        headers=[(name, value.encode()) for name, value in message.headers.items()],
    )


def as_placed(metadata: Any) -> Placed:
    """Where the broker says an acknowledged message lies."""
    return Placed(topic=metadata.topic, partition=metadata.partition, offset=metadata.offset)


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="backslashreplace")
