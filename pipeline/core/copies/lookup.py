"""The lookup: which kept revisions may be copies of an article, told from their sketches alone.

Every store answers it in its own way; `CandidateQuery.admits` is what they have to agree on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from pipeline.core.copies.shingles import member
from pipeline.core.copies.tokens import Hashes
from pipeline.core.model import Revision


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sketched:
    """What a lookup reads of a kept revision; `terms` ascending and once each."""

    key: str
    position: int
    language: str
    event_at: datetime
    net_shingles: int
    terms: Hashes

    @property
    def article_id(self) -> str:
        """Whose text it is: the key is `article_id#revision`."""
        return self.key.rpartition("#")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateQuery:
    """Which kept revisions may be copies of one article: language, event window, shared terms.

    `minimum` terms must be shared; one suffices with revisions of fewer than `short_below` net shingles.
    Revisions first seen at or after `before` do not exist yet as far as this article is concerned.
    """

    article_id: str
    language: str
    event_from: datetime
    event_to: datetime
    terms: tuple[str, ...]
    minimum: int
    short_below: int
    before: int

    def admits(self, kept: Sketched | Revision, shared: int) -> bool:
        """Whether a revision that shares so many terms is a candidate. Times count in milliseconds."""
        return (
            shared >= (1 if kept.net_shingles < self.short_below else self.minimum)
            and kept.article_id != self.article_id
            and kept.language == self.language
            and kept.position < self.before
            and milliseconds(self.event_from) <= milliseconds(kept.event_at) <= milliseconds(self.event_to)
        )

    def matches(self, kept: Sketched) -> bool:
        """The whole rule, with the terms counted."""
        return self.admits(kept, int(member(kept.terms, numbers(self.terms)).sum()))


def sketched(kept: Revision) -> Sketched:
    """A kept revision without its text."""
    return Sketched(
        key=kept.key,
        position=kept.position,
        language=kept.language,
        event_at=kept.event_at,
        net_shingles=kept.net_shingles,
        terms=numbers(kept.terms),
    )


def numbers(terms: Iterable[str]) -> Hashes:
    """Terms as numbers. Raises ValueError for what is not sixteen hexadecimal digits each."""
    return np.frombuffer(bytes.fromhex("".join(terms)), dtype=">u8").astype(np.uint64)


def milliseconds(time: datetime) -> int:
    """Since 1970, as an index compares times."""
    return int(time.timestamp()) * 1000 + time.microsecond // 1000
