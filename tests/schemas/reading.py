"""Walks through schemas, mappings and examples side by side."""

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[str, ...]


def resolved(whole: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the definition it refers to."""
    reference = schema.get("$ref")
    return whole["$defs"][reference.removeprefix("#/$defs/")] | schema if reference else schema


def declared(whole: dict[str, Any], schema: dict[str, Any] | None = None, path: Path = ()) -> Iterator[Path]:
    """The path of every property a schema declares, through arrays."""
    schema = resolved(whole, whole if schema is None else schema)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name)
        yield from declared(whole, inner, (*path, name))
    if "items" in schema:
        yield from declared(whole, schema["items"], path)


def enumerations(
    whole: dict[str, Any], schema: dict[str, Any] | None = None, path: Path = ()
) -> Iterator[tuple[Path, list[Any]]]:
    """Every enumeration of a schema with its path."""
    schema = resolved(whole, whole if schema is None else schema)
    if "enum" in schema:
        yield path, schema["enum"]
    for name, inner in schema.get("properties", {}).items():
        yield from enumerations(whole, inner, (*path, name))
    if "items" in schema:
        yield from enumerations(whole, schema["items"], path)


def shown(example: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every property an example has, through arrays."""
    if isinstance(example, list):
        for item in example:
            yield from shown(item, path)
    if isinstance(example, dict):
        for name, inner in example.items():
            yield (*path, name)
            yield from shown(inner, (*path, name))


def values_at(example: Any, path: Path) -> Iterator[Any]:
    """The single values an example has at a path, through arrays."""
    if isinstance(example, list):
        for item in example:
            yield from values_at(item, path)
    elif not path:
        yield example
    elif isinstance(example, dict) and path[0] in example:
        yield from values_at(example[path[0]], path[1:])


def fields(mapping: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """The path of every field of an index mapping."""
    for name, field in mapping.get("properties", {}).items():
        yield (*path, name)
        yield from fields(field, (*path, name))
