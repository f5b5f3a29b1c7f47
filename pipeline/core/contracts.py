"""What must be done to a server so that it keeps our contracts: decided here, done in the adapters.

    contract + what is there ──plan──► create · unchanged · extend (in place, unnoticed) · refuse (a diff)

A contract that exists is never edited: whatever readers could notice is refused and needs a new version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import schemas

Verdict = Literal["create", "unchanged", "extend", "refuse"]

STATIC_SETTINGS = ("index.number_of_shards", "index.codec", "index.analysis.", "index.sort.")
"""Settings of an index, or beginnings of them, that Elasticsearch fixes when it is created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place where the server differs from the contract; `found` is None where it has nothing."""

    path: str
    found: Any
    wanted: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.found)} → {_shown(self.wanted)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do about one topic or index. `additions` may be made in place, `refused` may not."""

    name: str
    verdict: Verdict
    additions: tuple[Difference, ...] = ()
    refused: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTopic:
    """A topic as the broker has it, `config` with defaults."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveIndex:
    """A concrete index as Elasticsearch has it; `settings` flat, without defaults."""

    name: str
    aliases: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    mappings: Mapping[str, Any]


def topic_config(topic: schemas.Topic, replication: int) -> dict[str, str]:
    """The topic's configuration: a record must be on all replicas but one before it is acknowledged."""
    return {**topic.config, "min.insync.replicas": str(max(1, replication - 1))}


def plan_topic(topic: schemas.Topic, replication: int, live: LiveTopic | None) -> Plan:
    """What to do about `topic`: nothing about an existing one may change."""
    if live is None:
        return Plan(name=topic.name, verdict="create")
    wanted: dict[str, Any] = {"partitions": topic.partitions, "replication": replication}
    found: dict[str, Any] = {"partitions": live.partitions, "replication": live.replication}
    config = topic_config(topic, replication)
    return _plan(topic.name, [], list(_different(wanted | config, found | dict(live.config))))


def plan_index(index: schemas.Index, live: LiveIndex | None) -> Plan:
    """What to do about `index`: new fields, new aliases and dynamic settings are changed in place."""
    if live is None:
        return Plan(name=index.name, verdict="create")
    wanted, found = _named("field", fields_of(index.mappings)), _named("field", fields_of(live.mappings))
    differences = [
        *_different(wanted, found),
        *(Difference(path=path, found=found[path], wanted=None) for path in found if path not in wanted),
        *_different(_named("setting", flat_settings(index.settings)), _named("setting", live.settings)),
        *_different(_named("alias", index.aliases), _named("alias", live.aliases)),
    ]
    additions = [difference for difference in differences if _unnoticed(difference)]
    refused = [difference for difference in differences if not _unnoticed(difference)]
    return _plan(index.name, additions, refused)


def fields_of(mappings: Mapping[str, Any]) -> dict[str, Any]:
    """Every rule of a mapping by dotted path: fields with their parameters, dynamic rules, templates.

    Fields that a dynamic object grew by itself are no part of the contract and left out.
    """
    top = {
        name: mappings[name]
        for name in ("dynamic", "date_detection", "dynamic_templates")
        if name in mappings
    }
    found = {f"({name})": _normal(value) for name, value in top.items()}
    return found | dict(_fields(mappings.get("properties", {}), ""))


def flat_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as Elasticsearch returns them flat: dotted names under `index.`, values as text."""
    return dict(_flat(settings, "index"))


def is_dynamic(setting: str) -> bool:
    """Whether a setting, by its flat name, may change while the index is in use."""
    return not setting.startswith(STATIC_SETTINGS)


def _plan(name: str, additions: list[Difference], refused: list[Difference]) -> Plan:
    verdict: Verdict = "refuse" if refused else "extend" if additions else "unchanged"
    return Plan(name=name, verdict=verdict, additions=tuple(additions), refused=tuple(refused))


def _different(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Difference]:
    """Where what is found is not what is wanted, down to the parameter; more than wanted is no difference."""
    for path, rule in wanted.items():
        held = found.get(path)
        if isinstance(rule, Mapping) and isinstance(held, Mapping):
            for name in sorted(rule.keys() | held.keys()):
                if _normal(rule.get(name)) != _normal(held.get(name)):
                    yield Difference(path=f"{path} [{name}]", found=held.get(name), wanted=rule.get(name))
        elif _normal(rule) != _normal(held):
            yield Difference(path=path, found=held, wanted=rule)


def _unnoticed(difference: Difference) -> bool:
    """Whether all goes on as before when this is made equal: what is new, and dynamic settings."""
    kind, _, name = difference.path.partition(" ")
    if kind == "setting":
        return is_dynamic(name)
    return difference.found is None and not difference.path.endswith("]")


def _fields(properties: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, field in properties.items():
        path = f"{prefix}{name}"
        yield path, _parameters(field)
        if field.get("dynamic") != "true":
            yield from _fields(field.get("properties", {}), f"{path}.")
        yield from _fields(field.get("fields", {}), f"{path}/")


def _parameters(field: Mapping[str, Any]) -> dict[str, Any]:
    """A field's own rules. Elasticsearch leaves out the type of an object once that has fields."""
    return {
        name: _normal(value)
        for name, value in field.items()
        if name not in ("properties", "fields") and (name, value) != ("type", "object")
    }


def _flat(settings: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}.{name}")
        else:
            yield f"{prefix}.{name}", value


def _named(kind: str, rules: Mapping[str, Any]) -> dict[str, Any]:
    return {f"{kind} {name}": rule for name, rule in rules.items()}


def _normal(value: Any) -> Any:
    """Servers return numbers and booleans as text here and as themselves there."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _normal(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(inner) for inner in value]
    return value


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(inner)}" for name, inner in value.items()) + "}"
    return str(_normal(value))
