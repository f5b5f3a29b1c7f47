"""Whether a message schema may replace another under the same name.

A new optional field may be added anywhere; readers ignore what they do not know. All else that a reader or
writer could notice is a new version: a field gone, a field newly required or no longer so, another type,
enumeration, limit, pattern or condition, wider or narrower alike, since old and new side meet in both roles.
Titles, descriptions and examples are for people and may change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_FOR_PEOPLE = frozenset({"title", "description", "$comment", "examples", "$defs"})


def breaking_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What makes `new` another contract than `old`, one sentence each; empty when it may take its place."""
    return list(_schema(_Whole(old), old, _Whole(new), new, "message"))


class _Whole:
    """A schema file, to find what a `$ref` in it stands for."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.definitions = schema.get("$defs", {})

    def resolved(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The keywords that count, those of the definition it refers to among them."""
        counting = {name: value for name, value in schema.items() if name not in _FOR_PEOPLE}
        reference = counting.pop("$ref", None)
        if reference is None:
            return counting
        return self.resolved(self.definitions[reference.removeprefix("#/$defs/")]) | counting


def _schema(
    old_file: _Whole, old: Mapping[str, Any], new_file: _Whole, new: Mapping[str, Any], path: str
) -> Iterator[str]:
    """Descend into both; `properties` may grow, the order of names does not count."""
    held, given = old_file.resolved(old), new_file.resolved(new)
    for name in sorted(held.keys() | given.keys()):
        before, after = held.get(name), given.get(name)
        if name == "properties":
            yield from _properties(old_file, before or {}, new_file, after or {}, path)
        elif isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _schema(old_file, before, new_file, after, f"{path} ({name})")
        elif isinstance(before, list) and isinstance(after, list) and _alike(before, after):
            for number, (one, other) in enumerate(zip(before, after, strict=True)):
                yield from _schema(old_file, one, new_file, other, f"{path} ({name} {number})")
        elif _unordered(name, before) != _unordered(name, after):
            yield f"{path}: {name} was {before}, is {after}"


def _properties(
    old_file: _Whole, old: Mapping[str, Any], new_file: _Whole, new: Mapping[str, Any], path: str
) -> Iterator[str]:
    for name, schema in old.items():
        if name in new:
            yield from _schema(old_file, schema, new_file, new[name], f"{path}.{name}")
        else:
            yield f"{path}.{name}: removed"


def _alike(before: list[Any], after: list[Any]) -> bool:
    """Whether both are lists of as many schemas (`allOf`, `anyOf`), to be compared one by one."""
    return len(before) == len(after) and all(isinstance(item, Mapping) for item in (*before, *after))


def _unordered(name: str, value: Any) -> Any:
    return (
        sorted(value, key=str) if name in ("required", "enum", "type") and isinstance(value, list) else value
    )
