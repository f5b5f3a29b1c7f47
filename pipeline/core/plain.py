"""Our dataclasses as plain JSON values and back, by their type hints alone.

Times are written in UTC with six digits of the second, so that the order of the texts is the order of the
times; bytes are written as base64. `msgspec` reads; it would write times of varying width, hence our own
writer, compiled once per type.
"""

from __future__ import annotations

import binascii
import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec

T = TypeVar("T")
Write = Callable[[Any], Any]


def plain(value: Any) -> dict[str, Any]:
    """The dataclass `value` as JSON values, every field present. Raises ValueError for a naive datetime."""
    kind: Any = type(value)
    return cast(dict[str, Any], _fields_writer(kind)(value))


def value_of(kind: type[T], given: Mapping[str, Any]) -> T:
    """The dataclass `kind` from JSON values; unknown fields are ignored, absent ones take their default.

    Raises ValueError with the path of what does not fit.
    """
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error


def rfc3339(time: datetime) -> str:
    """`time` in UTC with microseconds and `Z`, always 27 characters. Raises ValueError for a naive one."""
    if time.tzinfo is None:
        raise ValueError(f"a datetime without a zone: {time}")
    return time.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


@cache
def _writer(kind: Any) -> Write | None:
    """How to write a value of `kind`; None when it is a JSON value already."""
    if kind in _AS_IT_IS or get_origin(kind) is Literal:
        return None
    if kind in _LEAVES:
        return _LEAVES[kind]
    if hasattr(kind, "__dataclass_fields__"):
        return _fields_writer(kind)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_writer(parts)
    if origin is tuple and parts[1:] == (...,):
        return _list_writer(parts[0])
    if origin in (dict, Mapping):
        return _mapping_writer(parts[1])
    raise TypeError(f"no written form for {kind}")


@cache
def _fields_writer(kind: Any) -> Write:
    hints = get_type_hints(kind)
    writers = [(field.name, _writer(hints[field.name])) for field in fields(kind)]

    def write(value: Any) -> dict[str, Any]:
        return {
            name: getattr(value, name) if writer is None else writer(getattr(value, name))
            for name, writer in writers
        }

    return write


def _union_writer(parts: tuple[Any, ...]) -> Write | None:
    """Only `X | None` needs a writer of its own; a union of two written forms would be ambiguous to read."""
    forms = {_writer(part) for part in parts if part is not type(None)}
    if len(forms) != 1:
        raise TypeError(f"more than one written form in {parts}")
    (inner,) = forms
    return inner and (lambda value: None if value is None else inner(value))


def _list_writer(item: Any) -> Write:
    inner = _writer(item)
    return list if inner is None else (lambda values: [inner(value) for value in values])


def _mapping_writer(item: Any) -> Write:
    inner = _writer(item)
    return dict if inner is None else (lambda values: {name: inner(value) for name, value in values.items()})


def _base64(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


_AS_IT_IS = (str, int, float, bool, Any)
_LEAVES: dict[Any, Write] = {datetime: rfc3339, bytes: _base64}
