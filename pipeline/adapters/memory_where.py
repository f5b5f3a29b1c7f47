"""`ports.Where` over plain documents, with Elasticsearch's notions: times count in milliseconds, a list
matches when one of its values does, a null or an empty list is no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pipeline.ports import Where

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def matches(document: Mapping[str, Any], where: Where) -> bool:
    """Whether every part of the filter holds."""
    return (
        all(_any_of(document, path, wanted) for path, wanted in where.terms.items())
        and all(_within(document, path, *bounds) for path, bounds in where.ranges.items())
        and all(values(document, path) for path in where.present)
        and not any(values(document, path) for path in where.absent)
    )


def values(document: Mapping[str, Any], path: str) -> list[Any]:
    """What lies at a dotted path, comparable; lists of values or objects on the way are gone through."""
    found: list[Any] = [document]
    for name in path.split("."):
        found = [inner for outer in found for inner in _flat(outer.get(name))]
    return [comparable(value) for value in found]


def comparable(value: Any) -> Any:
    """Times, also written ones, as whole milliseconds of a datetime; anything else as it is."""
    if isinstance(value, str) and _TIME.match(value):
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    return value


def _flat(value: Any) -> Iterable[Any]:
    if isinstance(value, (list, tuple)):
        return [inner for outer in value for inner in _flat(outer)]
    return [] if value is None else [value]


def _any_of(document: Mapping[str, Any], path: str, wanted: Iterable[Any]) -> bool:
    allowed = {comparable(value) for value in wanted}
    return any(value in allowed for value in values(document, path))


def _within(document: Mapping[str, Any], path: str, start: Any, end: Any) -> bool:
    start, end = comparable(start), comparable(end)
    return any(
        (start is None or value >= start) and (end is None or value < end) for value in values(document, path)
    )
