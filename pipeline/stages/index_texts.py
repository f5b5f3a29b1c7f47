"""Texts ready for the copy test, kept from batch to batch.

A text is met again by every copy of the days after it; shingling it each time would be most of the work. What
is kept is a function of the text alone, so whether something is found here never shows in a decision.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.copies.document import Document, Prepared, prepare
from pipeline.core.copies.furniture import Furniture
from pipeline.core.copies.lookup import Sketched, sketched
from pipeline.core.copies.sketch import sketch
from pipeline.core.model import CleanArticle, Revision
from pipeline.core.stories.kept import document_of, kept_document

BUDGET = 96 * 2**20
"""Bytes kept at most: some four thousand articles of usual length, so a worker stays below 500 MiB."""

STORED = 30_000
"""Kept revisions whose keys are remembered, at some 1.2 kB each."""

_TERM_BYTES = 73
"""A term of a sketch as a Python string, with its place in the tuple."""

_Key = tuple[str, str, str, str, str, datetime]


@dataclass(frozen=True, slots=True)
class Text:
    """A text under the furniture list in force, and the terms it is found by."""

    prepared: Prepared
    terms: tuple[str, ...]

    @property
    def size(self) -> int:
        """Bytes it takes, roughly."""
        held = self.prepared
        arrays = (held.document.tokens.hashes, held.shingles, held.net, held.unique)
        return sum(array.nbytes for array in arrays) + _TERM_BYTES * len(self.terms) + 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept revision: what it is looked up by, and its text under the list in force."""

    sketched: Sketched
    text: Text


class Texts:
    """The texts met last, least recently used ones dropped first; of one furniture list at a time."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held: OrderedDict[_Key, Text] = OrderedDict()
        self._size = 0
        self._stored: OrderedDict[str, tuple[Sketched, _Key]] = OrderedDict()
        self._furniture = Furniture()

    def use(self, furniture: Furniture) -> None:
        """Prepare with this list from now on; texts of another one are dropped."""
        if furniture.position != self._furniture.position:
            self._held.clear()
            self._stored.clear()
            self._size = 0
        self._furniture = furniture

    def of_article(self, article: CleanArticle) -> Text:
        """The text of an article."""
        key = _key(article, article.revision)
        return self._found(key) or self._kept(key, document_of(article))

    def of_revision(self, kept: Revision) -> Text:
        """The text of a kept revision, also from the hashes that a removal left."""
        if kept.article is not None:
            return self.of_article(kept.article)
        key = _stored_key(kept)
        return self._found(key) or self._kept(key, kept_document(kept))

    def stored(self, key: str) -> Kept | None:
        """A kept revision that was met before; its key stands for it, since it is written only once and a
        removal leaves what the copy test reads."""
        sketched, place = self._stored.get(key, (None, None))
        text = self._found(place) if place is not None else None
        if sketched is None or text is None:
            return None
        self._stored.move_to_end(key)
        return Kept(sketched, text)

    def meet(self, revision: Revision) -> Kept:
        """Prepare a kept revision and remember it by its key."""
        kept = Kept(sketched(revision), self.of_revision(revision))
        place = (
            _stored_key(revision) if revision.article is None else _key(revision.article, revision.revision)
        )
        self._stored[revision.key] = (kept.sketched, place)
        if len(self._stored) > STORED:
            self._stored.popitem(last=False)
        return kept

    def _found(self, key: _Key) -> Text | None:
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
        return held

    def _kept(self, key: _Key, document: Document) -> Text:
        prepared = prepare(document, self._furniture)
        text = self._held[key] = Text(prepared, sketch(prepared))
        self._size += text.size
        while self._size > self._budget and len(self._held) > 1:
            _, dropped = self._held.popitem(last=False)
            self._size -= dropped.size
        return text


def _key(article: CleanArticle, revision: str) -> _Key:
    """All that a `Document` is made of; the revision stands for the tokens, being a hash of the text."""
    return (
        article.article_id,
        revision,
        article.source_id,
        article.title,
        article.language,
        article.event_at,
    )


def _stored_key(kept: Revision) -> _Key:
    return (kept.article_id, kept.revision, kept.source_id, kept.title or "", kept.language, kept.event_at)
