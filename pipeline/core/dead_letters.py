"""Dead letters: a record that cannot succeed, its value untouched, its cause in the headers, and a way back.

Record + error ──dead_letter──► Message ⇒ news.dead-letters.v1 ⇒ Record ──read_dead_letter──► DeadLetter
DeadLetter ──replayed──► Message on the original topic, with the original's key, value and headers
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

import schemas
from pipeline.core import cloudevents
from pipeline.core.plain import rfc3339, value_of
from pipeline.core.records import Message, Record
from pipeline.core.reports import Stage
from pipeline.core.validation import fault
from pipeline.errors import InvalidRecord

DeadLetterReason = Literal[
    "not-json",
    "schema",
    "tombstone",
    "too-large",
    "key",
    "decode",
    "extraction-failed",
    "extraction-timeout",
    "extraction-crashed",
    "document-rejected",
    "record-rejected",
]
"""Every reason a record is dead-lettered for.

The record itself: the first five, `key` when it lies under one that is not its own. Its page: `decode` (no
text in any charset) and the extraction ones. What came of it: refused by Elasticsearch or by Kafka.
"""

ValueState = Literal["kept", "none", "dropped"]

ERROR_LIMIT = 2000
"""Characters of an error's message that a dead letter keeps."""
HEADERS_LIMIT = 12_000
"""Characters of the original's headers that are kept: at four bytes each still within `schemas.HEADROOM`."""
_ORIGINAL = "original_"
_REPLAYS = "replay_attempts"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A dead letter read back. `partition` and `offset` are the original's, `offset_here` its own.

    `value` is None when the original had none, and also, with `value_state` dropped, when it was too large
    even for the dead letters' topic.
    """

    offset_here: int
    topic: str
    partition: int
    offset: int
    stage: Stage
    reason: DeadLetterReason
    error: str
    failed_at: datetime
    attempts: int
    value_state: ValueState
    key: str | None
    value: bytes | None
    headers: Mapping[str, str]


def dead_letter(
    record: Record, *, stage: Stage, error: InvalidRecord, failed_at: datetime, attempts: int | None = None
) -> Message:
    """The message that keeps `record` with its cause; `attempts` is one more than before unless given.

    Raises ValueError for a reason outside the closed list, which is a bug.
    """
    if error.reason not in get_args(DeadLetterReason):
        raise ValueError(f"{error.reason!r} is no reason for a dead letter")
    kind = schemas.kinds()["dead_letter"]
    value, value_state = _kept(record.value, schemas.topics()[kind.topic].max_value_bytes)
    key = record.key or ""
    ours = cloudevents.headers(kind, key=key, value=value or b"", time=failed_at, source=f"/stages/{stage}")
    cause = {
        "dl_topic": record.topic,
        "dl_partition": str(record.partition),
        "dl_offset": str(record.offset),
        "dl_stage": stage,
        "dl_reason": error.reason,
        "dl_error": str(error)[:ERROR_LIMIT],
        "dl_failed_at": rfc3339(failed_at),
        "dl_attempts": str(attempts_before(record) + 1 if attempts is None else attempts),
        "dl_value": value_state,
    }
    return Message(
        topic=kind.topic, key=key, value=value, headers={**ours, **cause, **_originals(record.headers)}
    )


def read_dead_letter(record: Record) -> DeadLetter:
    """The dead letter in a record of the dead letters' topic. Raises InvalidRecord for anything else."""
    headers = dict(record.headers)
    if wrong := fault("dead_letter", headers):
        raise InvalidRecord("schema", f"no dead letter: {wrong}", offset=record.offset)
    cause: dict[str, Any] = {
        name.removeprefix("dl_"): value for name, value in headers.items() if name.startswith("dl_")
    }
    originals = {
        name.removeprefix(_ORIGINAL): value for name, value in headers.items() if name.startswith(_ORIGINAL)
    }
    return DeadLetter(
        offset_here=record.offset,
        topic=cause["topic"],
        partition=int(cause["partition"]),
        offset=int(cause["offset"]),
        stage=cause["stage"],
        reason=cause["reason"],
        error=cause["error"],
        failed_at=value_of(datetime, cause["failed_at"]),
        attempts=int(cause["attempts"]),
        value_state=cause["value"],
        key=record.key or None,
        value=None if cause["value"] != "kept" else record.value,
        headers=originals,
    )


def replayed(letter: DeadLetter) -> Message:
    """The message that sends the original through again, with a count of the attempts so far.

    Raises InvalidRecord `too-large` when the value was not kept.
    """
    if letter.value_state == "dropped":
        raise InvalidRecord("too-large", "the value was too large to be kept", offset=letter.offset_here)
    headers = {**letter.headers, _REPLAYS: str(letter.attempts)}
    return Message(topic=letter.topic, key=letter.key or "", value=letter.value, headers=headers)


def attempts_before(record: Record) -> int:
    """How often a record was tried before it came to this place in its topic: 0 unless it was replayed."""
    text = record.headers.get(_REPLAYS, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _kept(value: bytes | None, limit: int) -> tuple[bytes | None, ValueState]:
    if value is None:
        return None, "none"
    return (value, "kept") if len(value) <= limit else (None, "dropped")


def _originals(headers: Mapping[str, str]) -> dict[str, str]:
    """The original's headers under our prefix, as far as they leave room for the value."""
    kept: dict[str, str] = {}
    room = HEADERS_LIMIT
    for name, value in headers.items():
        room -= len(name) + len(value)
        if name != _REPLAYS and room >= 0:
            kept[_ORIGINAL + name] = value
    return kept
