"""What is wrong with the saved objects, as far as mappings can say. Kibana and Elasticsearch say nothing.

A panel over a field that was renamed is not refused: it is drawn empty. So `build` asks here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Objects = Sequence[Mapping[str, Any]]
Mappings = Mapping[str, Mapping[str, Any]]
_NUMBERS = ("long", "integer", "double", "float")
_KQL_FIELD = re.compile(r"([A-Za-z_.]+)\s*(?::|[<>]=?)")


def faults(objects: Objects, mappings: Mappings) -> list[str]:
    """In words, empty when all is well. `mappings` are those of the indices, by their read alias."""
    return [*_references(objects), *_fields(objects, mappings)]


def used_fields(objects: Objects) -> dict[str, set[str]]:
    """Every field by its data view, apart from those the view computes itself."""
    found: dict[str, set[str]] = {}
    for made in objects:
        view, computed = _view_of(made, objects)
        names = {field for field, _ in _uses(made)} - computed.keys()
        if names:
            found.setdefault(view, set()).update(names)
    return found


def _references(objects: Objects) -> Iterator[str]:
    known: set[tuple[str, str]] = set()
    for made in objects:
        name = f"{made['type']} {made['id']}"
        for reference in made["references"]:
            if (reference["type"], reference["id"]) not in known:
                yield f"{name}: {reference['type']} {reference['id']} does not stand before it"
        if (made["type"], made["id"]) in known:
            yield f"{name}: there are two"
        known.add((made["type"], made["id"]))
        if made["type"] == "dashboard":
            names = {reference["name"] for reference in made["references"]}
            for panel in json.loads(made["attributes"]["panelsJSON"]):
                if f"{panel['panelIndex']}:{panel['panelRefName']}" not in names:
                    yield f"{name}: panel {panel['panelIndex']} has no reference"


def _fields(objects: Objects, mappings: Mappings) -> Iterator[str]:
    for made in objects:
        if made["type"] == "dashboard":
            continue
        view, computed = _view_of(made, objects)
        if view not in mappings:
            yield f"{made['type']} {made['id']}: no index {view}"
            continue
        for field, use in _uses(made):
            held = computed.get(field) or _mapping(mappings[view], field)
            if held is None:
                yield f"{made['type']} {made['id']}: {view} has no field {field}"
            elif not _fits(held, use):
                yield f"{made['type']} {made['id']}: {view}.{field} is a {held['type']}, of no use for {use}"


def _view_of(made: Mapping[str, Any], objects: Objects) -> tuple[str, dict[str, dict[str, Any]]]:
    """The alias, and the fields that the data view computes."""
    named = [reference["id"] for reference in made["references"] if reference["type"] == "index-pattern"]
    views = {each["id"]: each["attributes"] for each in objects if each["type"] == "index-pattern"}
    attributes = views.get(named[0] if named else made["id"], {})
    return attributes.get("title", ""), json.loads(attributes.get("runtimeFieldMap", "{}"))


def _uses(made: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Fields with what they are used for: a time, buckets, an operation, a search, a column, the order."""
    attributes = made["attributes"]
    if made["type"] == "index-pattern":
        if "timeFieldName" in attributes:
            yield attributes["timeFieldName"], "time"
    elif made["type"] == "search":
        source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
        yield from ((column, "shown") for column in attributes["columns"])
        yield from ((field, "sorted") for field, _ in attributes["sort"])
        yield from _searched(source["query"]["query"])
    elif made["type"] == "lens":
        yield from _searched(attributes["state"]["query"]["query"])
        for layer in attributes["state"]["datasourceStates"]["formBased"]["layers"].values():
            for column in layer["columns"].values():
                if column["operationType"] != "count":
                    yield column["sourceField"], column["operationType"]


def _searched(query: str) -> Iterator[tuple[str, str]]:
    return ((field, "searched") for field in _KQL_FIELD.findall(query))


def _mapping(mappings: Mapping[str, Any], path: str) -> Mapping[str, Any] | None:
    found: Any = mappings
    for name in path.split("."):
        found = {**found.get("properties", {}), **found.get("fields", {})}.get(name)
        if found is None:
            return None
    return found if "type" in found else None


def _fits(held: Mapping[str, Any], use: str) -> bool:
    kind = held["type"]
    counted = kind != "text" and bool(held.get("doc_values", True))
    match use:
        case "shown":
            return True
        case "searched":
            return bool(held.get("index", True))
        case "time" | "date_histogram":
            return kind == "date" and counted
        case "terms":
            return kind in ("keyword", "boolean", *_NUMBERS) and counted
        case "max" | "min":
            return kind in ("date", *_NUMBERS) and counted
        case "sum" | "average":
            return kind in _NUMBERS and counted
        case _:
            return counted
