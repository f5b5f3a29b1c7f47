"""`sources.yaml`: rows to values, and every mistake in it named with its line.

The fast YAML reader knows no lines, so the slow one runs only when there is something to complain about.
"""

from __future__ import annotations

import json
import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

import yaml
from jsonschema_rs import Draft202012Validator

from pipeline.core import urls, yaml_events
from pipeline.core.feeds import Listing, listing
from pipeline.core.sources import Source
from pipeline.errors import ConfigError

Path = Sequence[str | int]
MOST_COMPLAINTS = 20


def read(text: str, name: str = "sources.yaml") -> tuple[Source, ...]:
    """The rows of a catalogue. Raises ConfigError with one line `name:line: what is wrong` per mistake."""
    try:
        given = yaml_events.load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{name}:{line}: {error.problem or 'not YAML'}", file=name) from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{name}: not YAML: {error}", file=name) from error
    complaints = [*_shape(given)] or [*_sense(given["sources"])]
    if complaints:
        raise ConfigError("\n".join(_located(text, name, complaints)), file=name)
    return tuple(_source(row) for row in given["sources"])


def decoded(octets: bytes, name: str) -> str:
    """The text of a catalogue's file. Raises ConfigError, with the line, for what is not UTF-8."""
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{name}:{line}: not UTF-8", file=name) from error


def appended(text: str, sources: Iterable[Source]) -> str:
    """A catalogue's text with rows added at its end; comments, order and indentation stay as they are."""
    rows = "".join(_row(source) for source in sources)
    held = re.sub(r"(?m)^sources:[ \t]*(?:\[\s*\]|null|~)[ \t]*$", "sources:", text).rstrip() + "\n"
    first = re.search(r"(?m)^sources:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n)*([ \t]*)-", held)
    return held + textwrap.indent(rows, first[1] if first else "")


def _row(source: Source) -> str:
    """A source as lines of YAML; what is not set is left out."""
    given: dict[str, Any] = {"id": source.id, "name": source.name, "kind": source.kind, "url": source.url}
    optional = {
        "language": source.language,
        "country": source.country,
        "pace_seconds": source.pace_seconds,
        "unverified": source.unverified or None,
    }
    given |= {name: value for name, value in optional.items() if value is not None}
    return yaml.safe_dump([given], sort_keys=False, allow_unicode=True, width=1_000)


def free_id(name: str, taken: Iterable[str]) -> str:
    """An id out of a name or host, not among those `taken`: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80] or "source"
    used = set(taken)
    return next(
        name for number in count(1) if (name := base if number == 1 else f"{base}-{number}") not in used
    )


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((files("schemas") / "sources.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _shape(given: Any) -> Iterator[tuple[Path, str]]:
    for error in _validator().iter_errors(given):
        hint = _QUOTE if error.message in ('true is not of type "string"', _FALSE) else ""
        yield list(error.instance_path), error.message + hint


_FALSE = 'false is not of type "string"'
_QUOTE = ": YAML takes yes, no, on and off for true and false, so put it into quotes"


def _sense(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[Path, str]]:
    """What a schema cannot say: addresses that are none, and rows that get in each other's way."""
    ids: dict[str, int] = {}
    addresses: dict[str, str] = {}
    for at, row in enumerate(rows):
        if ids.setdefault(row["id"], at) != at:
            yield ("sources", at, "id"), f"id {row['id']!r} is taken by the row before"
        if refusal := urls.refusal(row["url"]):
            yield ("sources", at, "url"), f"{row['url']!r} cannot be fetched: {refusal}"
        elif (taken := addresses.setdefault(urls.canonical(row["url"]), row["id"])) != row["id"]:
            yield ("sources", at, "url"), f"the same address as {taken!r}"
        if "listing" in row and row["kind"] != "listing":
            yield ("sources", at, "listing"), f"only a listing has this, not a {row['kind']}"
        for name in ("links", "title", "date"):
            selector = row.get("listing", {}).get(name)
            if selector is not None and not listing.is_selector(selector):
                yield ("sources", at, "listing", name), f"{selector!r} is no CSS selector"
        pattern = row.get("listing", {}).get("pattern")
        if pattern is not None and not _compiles(pattern):
            yield ("sources", at, "listing", "pattern"), f"{pattern!r} is no regular expression"


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _located(text: str, name: str, complaints: Sequence[tuple[Path, str]]) -> Iterator[str]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for path, message in complaints[:MOST_COMPLAINTS]:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        yield f"{name}:{_line(root, path)}: {where + ': ' if where else ''}{message}"
    if len(complaints) > MOST_COMPLAINTS:
        yield f"{name}: and {len(complaints) - MOST_COMPLAINTS} more"


def _line(node: yaml.Node | None, path: Path) -> int:
    """The line of what `path` leads to, or of the last step that exists; lines begin at 1."""
    line = node.start_mark.line + 1 if node is not None else 1
    for part in path:
        below: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            below = next((value for key, value in node.value if key.value == part), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            below = node.value[part]
        if below is None:
            return line
        node, line = below, below.start_mark.line + 1
    return line


def _source(row: dict[str, Any]) -> Source:
    rules = row.get("listing")
    revisits = row.get("revisit_hours")
    return Source(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        url=row["url"],
        language=row.get("language"),
        country=row.get("country"),
        pace_seconds=row.get("pace_seconds"),
        interval=_time(row.get("interval_minutes"), 60),
        revisits=None if revisits is None else tuple(timedelta(hours=hours) for hours in sorted(revisits)),
        max_age=_time(row.get("max_age_days"), 86_400),
        listing=Listing(**rules) if rules else None,
        hosts=tuple(row.get("hosts", ())),
        news_only=row.get("news_only", True),
        conditional=row.get("conditional", True),
        paused=row.get("paused", False),
        unverified=row.get("unverified", False),
    )


def _time(number: float | None, seconds: int) -> timedelta | None:
    return None if number is None else timedelta(seconds=number * seconds)
