"""Why two articles are or are not copies: the verdict, what was measured, and the passages they share.

    texts of one × texts of the other ──► the pair that decides ──► verdict · compared? · passages

Decides nothing: it asks the copy test what the index stage asks it, and shows more of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from pipeline.core.copies.document import Document, Prepared, prepare
from pipeline.core.copies.furniture import Furniture
from pipeline.core.copies.passages import passages
from pipeline.core.copies.relation import relate
from pipeline.core.copies.shingles import member
from pipeline.core.copies.sketch import is_candidate, lookup_rule, terms
from pipeline.core.copies.tokens import words
from pipeline.core.copies.verdict import Verdict
from pipeline.core.model import CleanArticle, Revision
from pipeline.core.stories.kept import document_of, kept_document

LATEST = 10
"""Texts of an article that are compared at most, the newest: more than ten corrections explain nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One text of one article; `text` is None once a removal took it."""

    document: Document
    revision: str
    url: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A run of words that stands in both texts: where it begins in either, how long it is, and the words
    themselves as the copy test sees them, or None where only hashes are left."""

    one: int
    other: int
    length: int
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Whether the pair is ever `compared` is decided by `terms_shared` of `terms_needed`, language and week.

    `furniture` says how many phrases of either text are left out.
    """

    one: Side
    other: Side
    verdict: Verdict
    compared: bool
    terms_shared: int
    terms_needed: int
    furniture: tuple[int, int]
    passages: tuple[Shared, ...]


def side_of(article: CleanArticle) -> Side:
    """An article as a side."""
    return Side(document=document_of(article), revision=article.revision, url=article.url, text=article.text)


def kept_side(kept: Revision) -> Side:
    """A kept text as a side."""
    if kept.article is not None:
        return side_of(kept.article)
    return Side(document=kept_document(kept), revision=kept.revision)


def explain(one: Sequence[Side], other: Sequence[Side], furniture: Furniture) -> Explanation:
    """The pair of texts that says most: a copy if there is one, else what shares most. Each article has at
    least one text, oldest first."""
    pairs = product(_prepared(one, furniture), _prepared(other, furniture))
    verdicts = [(mine, theirs, relate(mine[1], theirs[1])) for mine, theirs in pairs]
    mine, theirs, verdict = max(verdicts, key=lambda pair: _weight(pair[2]))
    left, right = mine[1], theirs[1]
    needed = min(lookup_rule(left).minimum, lookup_rule(right).minimum)
    return Explanation(
        one=mine[0],
        other=theirs[0],
        verdict=verdict,
        compared=is_candidate(left, right),
        terms_shared=int(member(terms(left), terms(right)).sum()),
        terms_needed=needed,
        furniture=(int((~left.net).sum()), int((~right.net).sum())),
        passages=_passages(mine, theirs),
    )


def _prepared(sides: Sequence[Side], furniture: Furniture) -> list[tuple[Side, Prepared]]:
    return [(side, prepare(side.document, furniture)) for side in reversed(sides[-LATEST:])]


def _weight(verdict: Verdict) -> tuple[bool, bool, float]:
    return verdict.is_copy, verdict.kind is not None, verdict.evidence.containment


def _passages(mine: tuple[Side, Prepared], theirs: tuple[Side, Prepared]) -> tuple[Shared, ...]:
    text = mine[0].text
    found = words(text) if text is not None else None
    return tuple(
        Shared(
            one=passage.one,
            other=passage.other,
            length=passage.length,
            words=" ".join(found[passage.one : passage.one + passage.length]) if found else None,
        )
        for passage in passages(mine[1], theirs[1])
    )
