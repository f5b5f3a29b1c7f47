"""Reads the newsroom's material (outlets, stories, furniture) from its data files.

Stories are written once and say who carries them and how; `newsroom.edition` makes articles of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from newsroom.model import Block, Charset, Outlet


@dataclass(frozen=True, slots=True)
class Carriage:
    """How one outlet carries a story: minutes after the story's own time, and what it changed.

    `teaser` fixes the form of the interruption; without it the outlet's forms take turns.
    """

    outlet_id: str
    slug: str
    after: int = 0
    title: str | None = None
    cut: int | None = None
    local: str | None = None
    local_at: int = 1
    teaser: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A second revision that waits until it is asked for."""

    title: str
    replace: tuple[tuple[str, str], ...]
    append: str


@dataclass(frozen=True, slots=True)
class Story:
    """A base text: everything that all its copies have in common."""

    id: str
    language: str
    category: str
    title: str
    blocks: tuple[Block, ...]
    offset_minutes: int
    carried: tuple[Carriage, ...]
    authors: tuple[str, ...] = ()
    agency: str | None = None
    correction: Correction | None = None
    held: bool = False
    brief: bool = False


@cache
def outlets() -> dict[str, Outlet]:
    """All outlets by id, in the order of the file."""
    return {row["id"]: _outlet(row) for row in _read("outlets.yaml")}


@cache
def stories() -> tuple[Story, ...]:
    """All base stories, in file order."""
    folder = files("newsroom") / "text" / "stories"
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return tuple(_story(row) for name in names for row in _read(f"text/stories/{name}"))


@cache
def furniture(language: str) -> Mapping[str, Any]:
    """The words around an article, in the language of the outlet."""
    words: Mapping[str, Any] = _read("text/furniture.yaml")[language]
    return words


@cache
def strays() -> tuple[Mapping[str, Any], ...]:
    """Rows of announced entries that must end as discards."""
    return tuple(_read("strays.yaml"))


@cache
def live_material(language: str) -> Mapping[str, Any]:
    """Sentence patterns for invented stories in this language; see `newsroom.grammar`."""
    material: Mapping[str, Any] = _read(f"text/live/{language}.yaml")
    return material


def blocks_of(text: str) -> tuple[Block, ...]:
    """Blocks are separated by blank lines; `## ` opens a sub-heading; line ends inside a block are spaces."""
    return tuple(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    for chunk in text.strip().split("\n\n"):
        line = " ".join(chunk.split())
        if line:
            yield Block(line.removeprefix("## "), heading=line.startswith("## "))


def _read(name: str) -> Any:
    return yaml.safe_load((files("newsroom") / name).read_text(encoding="utf-8"))


def _outlet(row: dict[str, Any]) -> Outlet:
    fields = dict(row)
    fields["charset"] = Charset(**fields.pop("charset", {}))
    for name in ("teasers", "disallow"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return Outlet(**fields)


def _story(row: dict[str, Any]) -> Story:
    fields = dict(row)
    fields["blocks"] = blocks_of(fields.pop("text"))
    fields["authors"] = tuple(fields.get("authors", ()))
    fields["carried"] = tuple(_carriage(item) for item in fields["carried"])
    if correction := fields.get("correction"):
        fields["correction"] = _correction(correction)
    return Story(**fields)


def _carriage(row: dict[str, Any]) -> Carriage:
    fields = dict(row)
    return Carriage(outlet_id=fields.pop("by"), **fields)


def _correction(row: dict[str, Any]) -> Correction:
    replace = tuple((pair["old"], pair["new"]) for pair in row["replace"])
    return Correction(title=row["title"], replace=replace, append=" ".join(row["append"].split()))
