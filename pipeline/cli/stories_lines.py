"""The lines of `copydesk stories assign`: clean articles as JSON, reduced to what the copy test looks at."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any, BinaryIO

import msgspec

from pipeline.core.clean.revision import revision_of
from pipeline.core.copies.document import primary_language
from pipeline.core.model import CleanArticle, SourceFacts
from pipeline.errors import ConfigError, InvalidRecord

EXTRACTION = "given"
"""Stands for the extraction version: the texts came as they are."""

_WORDLESS = "."
"""Stands for an empty title or text, which the copy test sees as one without words."""

_NOWHERE = "https://unknown.invalid/"
_OUR_ID = re.compile("a-[0-9a-f]{20}")
_LANGUAGE = re.compile("[a-z]{2,3}")
_WEB = re.compile("https?://", re.IGNORECASE)


_GZIP = b"\x1f\x8b"


class _Line(msgspec.Struct):
    """One input line. Only id, source, text and the times decide; the rest is carried along."""

    article_id: str
    source_id: str
    fetched_at: str
    text: str | None
    title: str | None = None
    url: str | None = None
    language: str | None = None
    published_at: str | None = None


def lines_of(file: BinaryIO) -> Iterable[bytes]:
    """The lines of a file, unpacked if gzip packed them. Raises ConfigError when that cannot be done."""
    first = file.readline()
    return _unpacked(first + file.read()) if first.startswith(_GZIP) else chain([first], file)


def read(lines: Iterable[bytes]) -> list[CleanArticle | InvalidRecord]:
    """One value a line, empty lines left out; what is no article says why, naming the line and, in the fact
    `article_id`, the article if that much can be read."""
    seen: dict[str, datetime] = {}
    return [_read(line, number, seen) for number, line in enumerate(lines, 1) if line.strip()]


class Names:
    """Article ids of any form, for a stage that takes only those of the contract.

    Other ids are numbered in their own order, since the smallest member names the story.
    """

    def __init__(self, article_ids: Iterable[str]) -> None:
        distinct = sorted(set(article_ids))
        ours = all(_OUR_ID.fullmatch(name) for name in distinct)
        self._inner = {name: name if ours else f"a-{rank:020x}" for rank, name in enumerate(distinct)}
        self._given = {inner: name for name, inner in self._inner.items()}

    def inner(self, article_id: str) -> str:
        """The id the stage works with."""
        return self._inner[article_id]

    def given(self, inner: str) -> str:
        """The id as it was given."""
        return self._given[inner]

    def story(self, inner_story: str) -> str:
        """A story's id: `s-` and what follows `a-` in the id of its smallest member as given."""
        return "s-" + self.given("a-" + inner_story.removeprefix("s-")).removeprefix("a-")


def _unpacked(packed: bytes) -> Iterator[bytes]:
    try:
        yield from gzip.decompress(packed).splitlines(keepends=True)
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigError(f"the input begins as gzip does, but cannot be unpacked: {error}") from error


def _read(line: bytes, number: int, seen: dict[str, datetime]) -> CleanArticle | InvalidRecord:
    given: Any = None
    try:
        given = msgspec.json.decode(line)
        return _article(msgspec.convert(given, _Line), seen)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = "schema" if isinstance(error, msgspec.ValidationError) else "not-json"
        return InvalidRecord(reason, f"line {number}: {error}", article_id=_id_of(given))
    except ValueError as error:
        return InvalidRecord("schema", f"line {number}: {error}", article_id=_id_of(given))


def _article(line: _Line, seen: dict[str, datetime]) -> CleanArticle:
    fetched = _time(line.fetched_at)
    published = _time(line.published_at) if line.published_at else None
    first = seen[line.article_id] = min(fetched, seen.get(line.article_id, fetched))
    title, text = (line.title or "").strip() or _WORDLESS, (line.text or "").strip() or _WORDLESS
    url = line.url if line.url and _WEB.match(line.url) else _NOWHERE
    return CleanArticle(
        article_id=line.article_id,
        source_id=line.source_id,
        url=url,
        canonical_url=url,
        revision=revision_of(title, text),
        extraction_version=EXTRACTION,
        fetched_at=fetched,
        first_fetched_at=first,
        event_at=min(first, published or first),
        source=SourceFacts(name=line.source_id),
        title=title,
        text=text,
        language=_language(line.language),
        word_count=len(text.split()),
        published_at=published,
    )


def _language(tag: str | None) -> str:
    primary = primary_language(tag or "")
    return primary if _LANGUAGE.fullmatch(primary) else "und"


def _time(written: str) -> datetime:
    """RFC 3339; a time without a zone is taken for UTC. Raises ValueError."""
    at = datetime.fromisoformat(written)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _id_of(given: Any) -> str | None:
    found = given.get("article_id") if isinstance(given, dict) else None
    return found if isinstance(found, str) else None
