"""Dataclasses as JSON values, by their type hints alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Literal

import pytest

from pipeline.core.plain import plain, rfc3339, value_of

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Leaf:
    at: datetime
    body: bytes = b""


@dataclass(frozen=True)
class Tree:
    name: str
    mood: Literal["glad", "grim"] = "glad"
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    by_name: Mapping[str, Leaf] | None = None
    counts: dict[str, int] | None = None


@dataclass(frozen=True)
class Ambiguous:
    either: datetime | bytes


@dataclass(frozen=True)
class Unordered:
    names: frozenset[str]


@dataclass(frozen=True)
class Pair:
    pair: tuple[str, datetime]


def test_every_nested_value_is_written_and_read_back() -> None:
    leaf = Leaf(at=NOON, body=b"\x00\xff")
    tree = Tree(name="oak", mood="grim", leaf=leaf, leaves=(leaf, leaf), by_name={"a": leaf}, counts={"x": 1})
    written = plain(tree)
    assert written["leaf"] == {"at": "2026-11-24T12:00:00.000000Z", "body": "AP8="}
    assert tree == value_of(Tree, written)


def test_absent_values_are_written_as_null() -> None:
    assert plain(Tree(name="oak")) == {
        "name": "oak",
        "mood": "glad",
        "leaf": None,
        "leaves": [],
        "by_name": None,
        "counts": None,
    }


@pytest.mark.parametrize(
    "kind", [Ambiguous, Unordered, Pair], ids=["two written forms", "no order", "mixed tuple"]
)
def test_type_without_one_written_form_is_refused_rather_than_guessed(kind: Any) -> None:
    with pytest.raises(TypeError, match="written form"):
        plain(kind(NOON))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (NOON, "2026-11-24T12:00:00.000000Z"),
        (NOON.replace(microsecond=7), "2026-11-24T12:00:00.000007Z"),
        (NOON.astimezone(timezone(timedelta(hours=-5))), "2026-11-24T12:00:00.000000Z"),
        (datetime(7, 1, 2, tzinfo=UTC), "0007-01-02T00:00:00.000000Z"),
    ],
    ids=["whole second", "microseconds", "another zone", "an early year"],
)
def test_time_is_written_in_one_width(time: datetime, text: str) -> None:
    assert text == rfc3339(time)


def test_what_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"leaves\[0\]\.at"):
        value_of(Tree, {"name": "oak", "leaves": [{"at": "noon"}]})
