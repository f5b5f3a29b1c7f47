"""Reads one set of contracts: the present one, or a released one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

HEADROOM = 64 * 1024
"""Bytes of a topic's limit left for key, headers and framing; a value may have the rest."""


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


class Contracts:
    """The files below `root`, each read when it is asked for and once."""

    def __init__(self, root: Traversable) -> None:
        self._root = root
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def topics(self) -> dict[str, Topic]:
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
            for name, given in self._topics_file["topics"].items()
        }

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of message by name."""
        carried_by = {kind: topic.name for topic in self.topics.values() for kind in topic.kinds}
        return {
            name: Kind(
                name=name,
                type=given["type"],
                purpose=given["purpose"],
                schema_id=self.message_schemas[name]["$id"],
                topic=carried_by[name],
            )
            for name, given in self._topics_file["kinds"].items()
        }

    @cached_property
    def kinds_by_type(self) -> dict[str, Kind]:
        """The kinds of message by `ce_type`."""
        return {kind.type: kind for kind in self.kinds.values()}

    @cached_property
    def message_schemas(self) -> dict[str, dict[str, Any]]:
        """The JSON Schema of each kind; for `dead_letter` that of its headers."""
        found = _json_files(self._root / "messages")
        return {name.removesuffix(".schema"): schema for name, schema in found.items()}

    @cached_property
    def indices(self) -> dict[str, Index]:
        """The indices by name."""
        return {
            name: Index(
                name=name,
                purpose=given["mappings"]["_meta"]["purpose"],
                version=given["mappings"]["_meta"]["version"],
                aliases=given["aliases"],
                settings=given["settings"],
                mappings=given["mappings"],
            )
            for name, given in _json_files(self._root / "elasticsearch").items()
        }

    def validator(self, kind: str) -> Draft202012Validator:
        """The compiled schema, formats checked; its errors never quote the value, which may be a page."""
        if kind not in self._validators:
            self._validators[kind] = Draft202012Validator(
                self.message_schemas[kind], validate_formats=True, mask="the value", offline=True
            )
        return self._validators[kind]

    def examples(self, folder: str) -> dict[str, Any]:
        """The examples in `<kind>` or `invalid/<kind>`, by case."""
        return _json_files(self._root.joinpath("examples", *folder.split("/")))

    @cached_property
    def _topics_file(self) -> Any:
        return yaml.safe_load((self._root / "topics.yaml").read_text(encoding="utf-8"))


def _json_files(folder: Traversable) -> dict[str, Any]:
    """Every JSON file of a folder by its name without the ending, in that order."""
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".json")), key=lambda file: file.name
    )
    return {file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8")) for file in files}
