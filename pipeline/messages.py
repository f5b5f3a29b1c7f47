"""Typed messages for programs that read our topics with a Kafka client of their own.

    from pipeline.messages import Story, read

    for record in KafkaConsumer("news.stories.v1", isolation_level="read_committed", ...):
        match read(record):
            case Story(status="active", content=content):
                print(content.title)

The classes are those the pipeline itself writes with; a test keeps them and `schemas/messages/` in agreement.
`docs/consumers.md` says what a reader may rely on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pipeline.adapters.kafka_records import as_record
from pipeline.core.codec import Value, from_record
from pipeline.core.model import (
    Changed,
    CleanArticle,
    Content,
    Edit,
    Entry,
    HttpFacts,
    Member,
    RawArticle,
    RecordPointer,
    Relation,
    SourceFacts,
    Story,
)
from pipeline.errors import InvalidRecord

__all__ = [
    "Changed",
    "CleanArticle",
    "Content",
    "Edit",
    "Entry",
    "HttpFacts",
    "InvalidRecord",
    "KafkaRecord",
    "Member",
    "RawArticle",
    "RecordPointer",
    "Relation",
    "SourceFacts",
    "Story",
    "Value",
    "read",
]


class KafkaRecord(Protocol):
    """What we need of a record: kafka-python's `ConsumerRecord` has it, others are easily dressed so."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Iterable[tuple[str, bytes | None]]: ...


def read(record: KafkaRecord) -> Value | None:
    """The story, article or edit in `record`, or None for a kind this version does not know: skip it.

    Raises InvalidRecord when the record breaks its schema, which none that we publish does.
    """
    return from_record(as_record(record))
