"""The contracts as data, and the one loader that reads them.

    topics.yaml                  topics, and the kinds of message in them
    messages/*.schema.json       what a message of each kind is (JSON Schema 2020-12)
    elasticsearch/*.json         what each index is (aliases, settings, mappings)
    examples/<kind>/*.json       messages worth knowing; examples/invalid/<kind>/*.json, and why not
    released/                    the contracts as last released; a test compares

Everything is read through importlib.resources, so it works from a checkout and from a wheel, and once per
process. What the functions return is shared: do not change it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

HEADROOM = 64 * 1024
"""Bytes of a topic's limit left for key, headers and framing; a value may have the rest."""

_ROOT = files(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One topic of `topics.yaml`. `kinds` come in order: the first is what a record without a type is."""

    name: str
    purpose: str
    key: str
    partitions: int
    kinds: tuple[str, ...]
    groups: tuple[str, ...]
    config: Mapping[str, str]

    @property
    def max_value_bytes(self) -> int:
        """The largest value we publish: the topic's `max.message.bytes` less `HEADROOM`."""
        return int(self.config["max.message.bytes"]) - HEADROOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of message: `type` is its `ce_type`, `schema_id` its `ce_dataschema`."""

    name: str
    type: str
    purpose: str
    schema_id: str
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """One index: its first concrete name is `<name>-v0001`, and code knows the aliases only."""

    name: str
    purpose: str
    version: int
    aliases: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    mappings: Mapping[str, Any]

    @property
    def pattern(self) -> str:
        """Which concrete indices are versions of this one."""
        return f"{self.name}-v*"

    @property
    def first(self) -> str:
        """The concrete index of the contract's version."""
        return f"{self.name}-v{self.version:04}"


@cache
def topics() -> dict[str, Topic]:
    """The topics by name, in the order of the pipeline."""
    return {
        name: Topic(
            name=name,
            purpose=given["purpose"],
            key=given["key"],
            partitions=given["partitions"],
            kinds=tuple(given["kinds"]),
            groups=tuple(given["groups"]),
            config={setting: str(value) for setting, value in given["config"].items()},
        )
        for name, given in _topics_file()["topics"].items()
    }


@cache
def kinds() -> dict[str, Kind]:
    """The kinds of message by name."""
    carried_by = {kind: topic.name for topic in topics().values() for kind in topic.kinds}
    return {
        name: Kind(
            name=name,
            type=given["type"],
            purpose=given["purpose"],
            schema_id=message_schema(name)["$id"],
            topic=carried_by[name],
        )
        for name, given in _topics_file()["kinds"].items()
    }


@cache
def kind_of_type(ce_type: str) -> Kind | None:
    """The kind with that `ce_type`; None for one we do not know."""
    return next((kind for kind in kinds().values() if kind.type == ce_type), None)


@cache
def message_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind; for `dead_letter` that of its headers."""
    schema: dict[str, Any] = _json(_ROOT / "messages" / f"{kind}.schema.json")
    return schema


@cache
def validator(kind: str) -> Draft202012Validator:
    """The compiled schema of a kind, formats checked; its errors never quote the value (a page)."""
    return Draft202012Validator(message_schema(kind), validate_formats=True, mask="the value", offline=True)


@cache
def indices() -> dict[str, Index]:
    """The indices by name."""
    return {index.name: index for index in map(_index, _json_files(_ROOT / "elasticsearch"))}


def examples(kind: str) -> dict[str, Any]:
    """The examples of a kind by case; `invalid/<kind>` gives `{"reason", "value"}` per case."""
    return {_stem(file): _json(file) for file in _json_files(_ROOT.joinpath("examples", *kind.split("/")))}


@cache
def _topics_file() -> Any:
    return yaml.safe_load((_ROOT / "topics.yaml").read_text(encoding="utf-8"))


def _index(file: Traversable) -> Index:
    given = _json(file)
    return Index(
        name=_stem(file),
        purpose=given["mappings"]["_meta"]["purpose"],
        version=given["mappings"]["_meta"]["version"],
        aliases=given["aliases"],
        settings=given["settings"],
        mappings=given["mappings"],
    )


def _json_files(folder: Traversable) -> list[Traversable]:
    found = (file for file in folder.iterdir() if file.name.endswith(".json"))
    return sorted(found, key=lambda file: file.name)


def _stem(file: Traversable) -> str:
    return file.name.removesuffix(".json")


def _json(file: Traversable) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
