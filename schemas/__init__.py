"""The contracts as data, and the one loader that reads them.

    topics.yaml                  topics, and the kinds of message in them
    messages/*.schema.json       what a message of each kind is (JSON Schema 2020-12)
    elasticsearch/*.json         what each index is (aliases, settings, mappings)
    examples/<kind>/*.json       messages worth knowing; examples/invalid/<kind>/*.json, and why not
    released/<version>/          the contracts as last released (`python -m schemas.release`); a test compares

Everything is read through importlib.resources, so it works from a checkout and from a wheel, and once per
process. What the functions return is shared: do not change it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema_rs import Draft202012Validator

from schemas.contracts import HEADROOM, Contracts, Index, Kind, Topic

__all__ = [
    "HEADROOM",
    "Contracts",
    "Index",
    "Kind",
    "Topic",
    "examples",
    "indices",
    "kind_of_type",
    "kinds",
    "message_schema",
    "released",
    "topics",
    "validator",
]

_PRESENT = Contracts(files(__name__))


def topics() -> dict[str, Topic]:
    """The topics by name, in the order of the pipeline."""
    return _PRESENT.topics


def kinds() -> dict[str, Kind]:
    """The kinds of message by name."""
    return _PRESENT.kinds


def kind_of_type(ce_type: str) -> Kind | None:
    """The kind with that `ce_type`; None for one we do not know."""
    return _PRESENT.kinds_by_type.get(ce_type)


def message_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind; for `dead_letter` that of its headers."""
    return _PRESENT.message_schemas[kind]


def validator(kind: str) -> Draft202012Validator:
    """The compiled schema of a kind, formats checked; its errors never quote the value (a page)."""
    return _PRESENT.validator(kind)


def indices() -> dict[str, Index]:
    """The indices by name."""
    return _PRESENT.indices


def examples(folder: str) -> dict[str, Any]:
    """The examples of a kind by case; `invalid/<kind>` gives `{"reason", "error", "value" or "text"}`."""
    return _PRESENT.examples(folder)


@cache
def released(version: str) -> Contracts:
    """The contracts as released under `version`."""
    return Contracts(files(__name__) / "released" / version)
