"""Poison records on their way to `news.dead-letters.v1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline.core.codec import dead_letter
from pipeline.core.records import Message, Record
from pipeline.core.reports import Stage
from pipeline.errors import InvalidRecord

Poison = tuple[Record, InvalidRecord]


def messages(poison: Sequence[Poison], stage: Stage, now: datetime) -> list[Message]:
    """The dead letters for these records, original values untouched."""
    return [dead_letter(record, stage=stage, error=error, failed_at=now) for record, error in poison]
