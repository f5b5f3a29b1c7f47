"""Invented clean articles for stage tests: long enough for the copy test, and different by seed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.core.model import CleanArticle, SourceFacts
from pipeline.core.urls import article_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def prose(seed: object, words: int = 220) -> str:
    """Words no other seed puts in this order."""
    rng = random.Random(f"prose {seed}")
    drawn = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))) for _ in range(words)]
    return "\n\n".join(" ".join(drawn[start : start + 40]) for start in range(0, words, 40))


def article(name: str, text: str | None = None, *, minutes: int = 0, **changes: object) -> CleanArticle:
    """The article at `https://<source>.example/<name>`, fetched `minutes` after noon."""
    source = str(changes.pop("source", "herald"))
    url = f"https://{source}.example/{name}"
    fetched = NOON + timedelta(minutes=minutes)
    body = prose(name) if text is None else text
    made = CleanArticle(
        article_id=article_id(url),
        source_id=source,
        url=url,
        canonical_url=url,
        revision=f"{abs(hash_of(name, body)):016x}"[:16],
        extraction_version="x1",
        fetched_at=fetched,
        first_fetched_at=fetched,
        event_at=fetched,
        source=SourceFacts(name=source.title(), country="GB", language="en"),
        title=f"Title of {name}",
        text=body,
        language="en",
        word_count=len(body.split()),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def hash_of(name: str, text: str) -> int:
    return random.Random(f"{name} {text}").getrandbits(62)
