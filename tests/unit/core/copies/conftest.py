"""Invented texts for the copy test: words of one alphabet, frequencies as in real prose, a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.copies import Document, Furniture, Prepared, prepare, tokenize

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "xo", "zu")


def invent(seed: int, count: int) -> list[str]:
    """`count` words; two seeds share words, as texts of one language do, but hardly any three in a row."""
    return random.Random(seed).choices(VOCABULARY, FREQUENCIES, k=count)


def _word(rank: int) -> str:
    spelled = SYLLABLES[rank % 15]
    while rank := rank // 15:
        spelled += SYLLABLES[rank % 15]
    return spelled


VOCABULARY = [_word(rank) for rank in range(4000)]
FREQUENCIES = [1 / (rank + 3) for rank in range(4000)]


@pytest.fixture(scope="session")
def some_words() -> Callable[[int, int], list[str]]:
    return invent


@pytest.fixture(scope="session")
def monday() -> datetime:
    return MONDAY


@pytest.fixture(scope="session")
def text_of() -> Callable[..., Prepared]:
    """Prepares a text given as words or as a string; everything else has a default."""

    def build(
        text: str | Sequence[str],
        article_id: str = "a-1",
        *,
        source: str = "herald",
        title: str = "Bridge closed",
        language: str = "en",
        days: float = 0,
        furniture: Furniture | None = None,
    ) -> Prepared:
        body = text if isinstance(text, str) else " ".join(text)
        at = MONDAY + timedelta(days=days)
        document = Document(article_id, source, title, language, at, tokenize(body))
        return prepare(document, furniture or Furniture())

    return build
