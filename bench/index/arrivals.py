"""Articles by the hundred thousand for the index benchmark, each made from its number alone.

The first ones fill the window and are all different. Of those after them more than half are edited copies of
an article up to three days older, so that stories grow as wire stories do. Event times advance with the
numbers, at a pace that keeps the same number of articles within the seven days of the copy test.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from bench.stories.edits import STANDARD, Desk
from bench.stories.languages import language
from bench.stories.texts import Text, article_length, invent
from pipeline.core.clean.revision import revision_of
from pipeline.core.model import CleanArticle, SourceFacts

_FIRST_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
_WINDOW: Final = timedelta(days=7)
_COPIES: Final = 0.55
_MEAN_LAG, _LONGEST_LAG = timedelta(hours=8), timedelta(days=3)
_OUTLETS: Final = 60
_KINDS: Final = (
    "trunc50",
    "trunc30",
    "edit3",
    "edit8",
    "edit15",
    "local_add",
    "reorder",
    "noise1",
    "abridge",
)
"""Edits without furniture, which would need a list learnt first."""


@dataclass(frozen=True)
class Arrivals:
    """`window` articles within seven days, and all that come after them."""

    window: int
    seed: int = 1

    @cached_property
    def _step(self) -> timedelta:
        return _WINDOW / self.window

    def article(self, number: int) -> CleanArticle:
        """The article that arrives as number `number`, from 0."""
        rng, base = self._rng(number), self._base_of(number)
        text = self._text(base)
        if base != number:
            desk = Desk(rng, language("en"), ())
            text = STANDARD[_KINDS[int(rng.integers(len(_KINDS)))]](text, desk).text
        return self._written(number, base, text, f"outlet-{int(rng.integers(_OUTLETS)):02d}")

    def _written(self, number: int, base: int, text: Text, source: str) -> CleanArticle:
        moment = _FIRST_DAY + number * self._step
        title, body = f"Report {base} from the desk", text.render()
        article_id = "a-" + hashlib.sha256(f"{self.seed} {number}".encode()).hexdigest()[:20]
        url = f"https://{source}.example/{article_id}"
        return CleanArticle(
            article_id=article_id,
            source_id=source,
            url=url,
            canonical_url=url,
            revision=revision_of(title, body),
            extraction_version="bench",
            fetched_at=moment,
            first_fetched_at=moment,
            event_at=moment,
            published_at=moment,
            source=SourceFacts(name=source),
            title=title,
            text=body,
            language="en",
            word_count=text.words,
        )

    def _base_of(self, number: int) -> int:
        """The article it is, at the end of a chain of copies, a copy of; itself for one of its own."""
        while number >= self.window:
            rng = np.random.default_rng([self.seed, number, 1])
            if rng.random() > _COPIES:
                break
            lag = min(float(rng.exponential()) * _MEAN_LAG, _LONGEST_LAG)
            number = max(0, number - 1 - int(lag / self._step))
        return number

    def _text(self, base: int) -> Text:
        rng = np.random.default_rng([self.seed, base, 2])
        return invent(language("en"), rng, article_length(rng))

    def _rng(self, number: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, number, 3])
