"""Values to messages and documents and back: the only place where dicts and our dataclasses meet.

    value ──plain──► JSON value ──validate──► bytes ──► Message     to_message, before anything is published
    Record ──kind by ce_type──► JSON ──validate──► value            from_record, before anything is believed
    value ◄──────────────────────────────────────► document         to_document, from_document

Nothing is published that does not validate, and readers are tolerant: unknown fields are ignored, absent
ones take their default, kinds we do not know are skipped.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec

import schemas
from pipeline.core import cloudevents, story_form
from pipeline.core.dead_letters import DeadLetter, DeadLetterReason, dead_letter, read_dead_letter, replayed
from pipeline.core.model import CleanArticle, Edit, RawArticle, Story
from pipeline.core.plain import plain, value_of
from pipeline.core.records import Message, Record
from pipeline.core.validation import fault
from pipeline.errors import InvalidRecord

__all__ = [
    "DeadLetter",
    "DeadLetterReason",
    "Value",
    "dead_letter",
    "from_document",
    "from_record",
    "key_of",
    "read_dead_letter",
    "replayed",
    "to_document",
    "to_message",
]

T = TypeVar("T")
Value = RawArticle | CleanArticle | Edit | Story

FURNITURE_KEY = "furniture"
"""The key of the one edit that is about no article."""

_KINDS: dict[type, str] = {
    RawArticle: "raw_article",
    CleanArticle: "clean_article",
    Edit: "edit",
    Story: "story",
}
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}


def to_message(value: Value, *, source: str) -> Message:
    """The record that publishes `value`; `source` is its `ce_source`, `/sources/<id>` or `/stages/<name>`.

    Raises InvalidRecord: `schema` for what readers must never see, `too-large` for what exceeds the topic.
    """
    kind = schemas.kinds()[_KINDS[type(value)]]
    key = key_of(value)
    written = _written(value)
    _check(kind.name, written, key=key)
    encoded = _encoded(written, key)
    limit = schemas.topics()[kind.topic].max_value_bytes
    if len(encoded) > limit:
        raise InvalidRecord("too-large", f"{len(encoded)} bytes; {kind.topic} takes {limit}", key=key)
    headers = cloudevents.headers(kind, key=key, value=encoded, time=_time_of(value), source=source)
    return Message(topic=kind.topic, key=key, value=encoded, headers=headers)


def from_record(record: Record) -> Value | None:
    """The value a record holds, or None for a kind we do not know; dead letters have a reader of their own.

    The kind is what `ce_type` says; a record without one is taken for its topic's first kind. Raises
    InvalidRecord: `tombstone`, `not-json`, `schema`, or `key` for a record under a key that is not its own.
    """
    kind = _kind(record)
    if kind is None or kind not in _TYPES:
        return None
    written = _json(record)
    _check(kind, written, **_place(record))
    value = _value(kind, written, record)
    if record.key != key_of(value):
        raise InvalidRecord(
            "key", f"the record lies under key {record.key!r}, not {key_of(value)!r}", **_place(record)
        )
    return value


def key_of(value: Value) -> str:
    """The key `value` is published under."""
    match value:
        case Story():
            return value.story_id
        case Edit():
            return value.article_id or FURNITURE_KEY
        case _:
            return value.article_id


def to_document(value: Any) -> dict[str, Any]:
    """The document Elasticsearch holds for a Story, Revision, LedgerEntry, RunReport or other dataclass."""
    return story_form.search_document(value) if isinstance(value, Story) else plain(value)


def from_document(kind: type[T], document: Mapping[str, Any]) -> T:
    """The value of type `kind` in a document. Raises ValueError with the path of what does not fit."""
    if kind is Story:
        return cast(T, story_form.story_of(document))
    return value_of(kind, document)


def _written(value: Value) -> dict[str, Any]:
    if isinstance(value, Story):
        return story_form.flat(value)
    written = plain(value)
    if isinstance(value, RawArticle):
        written["body_base64"] = written.pop("body")
    return written


def _value(kind: str, written: dict[str, Any], record: Record) -> Value:
    """Decode what has passed its schema; what still fails is a time or base64 that only looks like one."""
    try:
        if kind == "story":
            return story_form.story_of(written)
        if kind == "raw_article":
            written["body"] = binascii.a2b_base64(written.pop("body_base64"), strict_mode=True)
        return cast(Value, value_of(_TYPES[kind], written))
    except ValueError as error:
        raise InvalidRecord("schema", str(error), **_place(record)) from error


def _time_of(value: Value) -> datetime:
    match value:
        case Story():
            return value.changed_at
        case Edit():
            return value.at
        case _:
            return value.fetched_at


def _kind(record: Record) -> str | None:
    topic = schemas.topics().get(record.topic)
    ce_type = record.headers.get("ce_type")
    if ce_type is None:
        return topic.kinds[0] if topic else None
    kind = schemas.kind_of_type(ce_type)
    if kind and topic and kind.name not in topic.kinds:
        raise InvalidRecord("schema", f"{ce_type} does not belong in {record.topic}", **_place(record))
    return kind.name if kind else None


def _json(record: Record) -> dict[str, Any]:
    if record.value is None:
        raise InvalidRecord("tombstone", "the record has no value", **_place(record))
    try:
        written = msgspec.json.decode(record.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRecord("not-json", str(error), **_place(record)) from error
    if not isinstance(written, dict):
        raise InvalidRecord("not-json", "the value is JSON but no object", **_place(record))
    return written


def _check(kind: str, written: dict[str, Any], **facts: object) -> None:
    if wrong := fault(kind, written):
        raise InvalidRecord("schema", wrong, **facts)


def _encoded(written: dict[str, Any], key: str) -> bytes:
    try:
        return msgspec.json.encode(written)
    except UnicodeEncodeError as error:
        raise InvalidRecord("schema", f"text that is not Unicode: {error.reason}", key=key) from error


def _place(record: Record) -> dict[str, object]:
    return {"topic": record.topic, "partition": record.partition, "offset": record.offset}
