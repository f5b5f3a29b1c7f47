"""Furniture lists in the log: which one is in force, which one waits, and what if the log lost it.

    committed offset ──► position of the list ──► its edit ──► the list
                                                    │ lost
                                                    ▼
                                     the first list after it, else ConfigError

The log forgets after thirty days and maintenance publishes a list every seven, so only an installation whose
maintenance rested for weeks loses one. It then stops until maintenance published another, and goes on under
that: nothing else says any more what the lost one held.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline import log
from pipeline.core.codec import FURNITURE_KEY, from_record
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.model import Edit
from pipeline.core.positions import Standing, offset, position, version
from pipeline.errors import ConfigError, InvalidRecord
from pipeline.ports import TopicReader

LOG = "news.articles.clean.v1"
LOST = datetime.min.replace(tzinfo=UTC)
"""Stands for the time of a list that the log no longer holds."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInForce:
    """The edit that brought a list; `position` is the list's, one above that of the edit."""

    edit: Edit
    position: int


def list_in_force(reader: TopicReader, standing: Standing) -> ListInForce | None:
    """The list in force, read from the log; None before the first list. Instead of one that the log lost, the
    first after it.

    Raises ConfigError when the log holds neither.
    """
    if not standing.furniture:
        return None
    place = offset(standing.furniture - 1)
    for found, edit in _lists(reader, place):
        if found != place:
            log.event(logger, "furniture.replaced", level=logging.WARNING, lost=place, instead=found)
        return ListInForce(edit=edit, position=version(position(found, standing.epoch)))
    raise ConfigError(
        "the log no longer holds the furniture list in force, nor a newer one: publish one with"
        " `copydesk maintenance run --only furniture`",
        position=standing.furniture,
    )


def furniture_of(reader: TopicReader, standing: Standing) -> Furniture:
    """The list itself, empty before the first. Raises as `list_in_force`."""
    found = list_in_force(reader, standing)
    return decode(found.edit.furniture or "", found.position) if found else Furniture()


def standing_of(reader: TopicReader, group: str) -> tuple[int, Standing]:
    """Up to where the group read the log, and what it goes by there."""
    done, metadata = reader.committed(group, LOG).get(0, (0, ""))
    return done, Standing.read(metadata)


def newest_list(reader: TopicReader, group: str) -> datetime | None:
    """When the newest list was made, in force or still to be read by the group; None before the first, and
    `LOST` when the log holds none any more."""
    done, standing = standing_of(reader, group)
    waiting = [edit.at for _, edit in _lists(reader, done)]
    if waiting:
        return max(waiting)
    try:
        found = list_in_force(reader, standing)
    except ConfigError as error:
        log.event(logger, "furniture.lost", level=logging.WARNING, error=error)
        return LOST
    return found.edit.at if found else None


def _lists(reader: TopicReader, start: int) -> Iterator[tuple[int, Edit]]:
    """The lists in the log from `start` on, with their offsets."""
    first, end = reader.ends(LOG)[0]
    for record in reader.read(LOG, {0: max(first, start)}, {0: end}):
        if record.key != FURNITURE_KEY:
            continue
        try:
            value = from_record(record)
        except InvalidRecord:
            continue  # the index stage dead-letters it
        if isinstance(value, Edit) and value.furniture is not None and _is_readable(value.furniture):
            yield record.offset, value


def _is_readable(furniture: str) -> bool:
    try:
        decode(furniture, 0)
    except ValueError:
        return False
    return True
