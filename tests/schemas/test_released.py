"""The compatibility gate: nobody who reads or writes a released contract may notice a change."""

import copy
import json
from typing import Any

import pytest
import yaml

import schemas
from pipeline.core.contracts import LiveIndex, LiveTopic, flat_settings, plan_index, plan_topic, topic_config
from schemas.compatibility import breaking_changes

RELEASED = schemas.released("v1")


@pytest.mark.parametrize("kind", RELEASED.kinds)
def test_schema_may_take_the_place_of_the_released_one(kind: str) -> None:
    assert [] == breaking_changes(RELEASED.message_schemas[kind], schemas.message_schema(kind))


@pytest.mark.parametrize("kind", RELEASED.kinds)
def test_released_messages_are_valid_today(kind: str) -> None:
    for case, example in RELEASED.examples(kind).items():
        assert schemas.validator(kind).is_valid(example), case


@pytest.mark.parametrize("kind", RELEASED.kinds)
def test_messages_of_today_are_valid_for_released_readers(kind: str) -> None:
    for case, example in schemas.examples(kind).items():
        assert RELEASED.validator(kind).is_valid(example), case


@pytest.mark.parametrize("name", RELEASED.topics)
def test_topic_is_as_released(name: str) -> None:
    old = RELEASED.topics[name]
    live = LiveTopic(partitions=old.partitions, replication=1, config=topic_config(old, 1))
    assert plan_topic(schemas.topics()[name], 1, live).refused == ()
    assert schemas.topics()[name].key == old.key
    assert schemas.topics()[name].kinds[: len(old.kinds)] == old.kinds


@pytest.mark.parametrize("name", RELEASED.indices)
def test_index_only_gained_fields(name: str) -> None:
    old, new = RELEASED.indices[name], schemas.indices()[name]
    live = LiveIndex(
        name=old.first,
        aliases=old.aliases,
        settings=flat_settings(old.settings),
        mappings=old.mappings,
    )
    assert plan_index(new, live).refused == () or new.version > old.version


BASE: dict[str, Any] = yaml.safe_load("""
type: object
required: [id, mood]
properties:
  id: {$ref: "#/$defs/id"}
  mood: {enum: [glad, grim], description: how it feels}
  size: {type: [integer, "null"], maximum: 9}
  parts: {type: array, items: {type: object, properties: {weight: {type: number}}}}
if: {properties: {mood: {const: grim}}}
then: {properties: {size: {type: "null"}}}
$defs:
  id: {type: string, pattern: "^x"}
""")

CHANGES: list[tuple[str, str, Any, bool]] = [
    ("a new optional field", "properties.colour", {"type": "string"}, False),
    (
        "a new optional field further down",
        "properties.parts.items.properties.colour",
        {"type": "string"},
        False,
    ),
    ("another description", "properties.mood.description", "its mood", False),
    ("a title", "title", "Thing", False),
    ("a definition nobody uses", "$defs.other", {"type": "null"}, False),
    ("words of an enumeration in another order", "properties.mood.enum", ["grim", "glad"], False),
    ("a field removed", "properties.size", None, True),
    ("a field removed further down", "properties.parts.items.properties.weight", None, True),
    ("a newly required field", "required", ["id", "mood", "size"], True),
    ("a field no longer required", "required", ["id"], True),
    ("another type", "properties.size.type", "integer", True),
    ("a type that may be null", "properties.parts.type", ["array", "null"], True),
    ("a word less", "properties.mood.enum", ["glad"], True),
    ("a word more", "properties.mood.enum", ["glad", "grim", "numb"], True),
    ("a tighter limit", "properties.size.maximum", 5, True),
    ("a new limit", "properties.parts.maxItems", 5, True),
    ("another pattern behind a reference", "$defs.id.pattern", "^y", True),
    ("another condition", "if.properties.mood.const", "glad", True),
    ("another consequence", "then.properties.size.type", "integer", True),
    ("closed to unknown fields", "additionalProperties", False, True),
]


@pytest.mark.parametrize(
    ("path", "value", "breaks"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES]
)
def test_gate_tells_what_readers_would_notice(path: str, value: Any, breaks: bool) -> None:
    new = copy.deepcopy(BASE)
    *way, last = path.split(".")
    place = new
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert breaks == bool(breaking_changes(BASE, new)), breaking_changes(BASE, new)


def test_gate_sees_through_a_definition_that_was_only_moved() -> None:
    new = copy.deepcopy(BASE)
    new["properties"]["id"] = new.pop("$defs")["id"]
    assert [] == breaking_changes(BASE, new)


def test_no_change_is_no_change() -> None:
    assert [] == breaking_changes(BASE, json.loads(json.dumps(BASE)))
