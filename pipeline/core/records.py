"""Records as they lie in a topic and messages on their way into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record as Kafka holds it. `value` may be None (a tombstone) or anything at all."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    headers: Mapping[str, str]
    timestamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One record to be published: already encoded, validated and within its cap."""

    topic: str
    key: str
    value: bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an acknowledged message lies."""

    topic: str
    partition: int
    offset: int
