"""Stories by the thousand for the search benchmark: invented words in seven languages, spread as news is.

Few words are frequent and most are rare, few stories are copied often, most are recent, and every facet has
as many values as a newsroom's would have. Paragraphs come from a stock of invented articles, two of them for
each story, shuffled: inventing every word anew would take longer than storing the story.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from bench.stories.languages import language
from bench.stories.texts import Text, article_length, invent
from pipeline.core.model import Content, Member, Story

LANGUAGES = ("en", "de", "fr", "es", "ru", "fa", "zh")
SHARES = (0.4, 0.15, 0.12, 0.12, 0.09, 0.06, 0.06)
SPELLED = ("ru", "fa", "zh")
"""Languages with invented words of their own; the others share those in Latin letters."""
SOURCES, AUTHORS, TAGS = 400, 3_000, 5_000
SECTIONS = (
    "Politics",
    "Business",
    "Sport",
    "Culture",
    "Science",
    "Local",
    "World",
    "Health",
    "Opinion",
    "Tech",
)
COUNTRIES = ("GB", "US", "DE", "FR", "ES", "MX", "RU", "EG", "CN", "IE", "AT", "CH")
AGENCIES = ("Norwind", "Meridian Wire", "Ostpress", "Agencia Faro")
ACCESS = ("free", "free", "free", "metered", "paywalled", "unknown")
DAYS = 180
STOCK = 600
"""Articles of a language from which paragraphs are taken: a third of a million ways to take two."""
_CUMULATIVE = np.cumsum(SHARES)


def stories(count: int, now: datetime, *, seed: int = 1, first: int = 0) -> Iterator[Story]:
    """`count` stories numbered from `first`, the same for the same seed."""
    rng = np.random.default_rng([seed, first])
    for number in range(first, first + count):
        yield _story(number, now, rng)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Written out, with the number of its words and the first sentence word by word."""

    written: str
    words: int
    opening: tuple[str, ...]


@functools.cache
def _stock(code: str) -> tuple[tuple[_Paragraph, ...], ...]:
    rng = np.random.default_rng([STOCK, *code.encode()])
    spoken = language(code)
    articles = (invent(spoken, rng, article_length(rng)) for _ in range(STOCK))
    return tuple(
        tuple(
            _Paragraph(Text(spoken, (part,)).render(), sum(map(len, part)), part[0])
            for part in article.paragraphs
        )
        for article in articles
    )


def _paragraphs(code: str, rng: np.random.Generator) -> list[_Paragraph]:
    """About half of each of two articles, mixed."""
    stock = _stock(code)
    one, other = rng.integers(STOCK, size=2).tolist()
    parts = [*stock[one][::2], *stock[other][1::2]]
    return [parts[place] for place in rng.permutation(len(parts)).tolist()]


def _story(number: int, now: datetime, rng: np.random.Generator) -> Story:
    code = LANGUAGES[min(int(_CUMULATIVE.searchsorted(rng.random())), len(LANGUAGES) - 1)]
    spoken = code if code in SPELLED else "en"
    body = _paragraphs(spoken, rng)
    title = language(spoken).joiner.join(body[0].opening[: int(rng.integers(6, 12))])
    at = now - timedelta(days=float(rng.exponential(DAYS / 3)) % DAYS)
    members = tuple(_member(number, place, title, at, rng) for place in range(min(int(rng.zipf(2.2)), 40)))
    lead = members[0]
    content = Content(
        url=lead.url,
        source_id=lead.source_id,
        source_name=lead.source_id.title(),
        source_country=lead.country,
        title=title,
        text="\n\n".join(part.written for part in body),
        language=code,
        word_count=sum(part.words for part in body),
        first_fetched_at=at,
        authors=(f"Author {_rank(rng, AUTHORS)}",),
        published_at=at,
        section=str(rng.choice(SECTIONS)),
        tags=tuple(sorted({f"tag {_rank(rng, TAGS)}" for _ in range(4)})),
        access=str(rng.choice(ACCESS)),
        agency=lead.agency,
    )
    return Story(
        story_id=f"s-{number:020x}",
        version=number + 2,
        status="active",
        change="created",
        changed_at=at,
        event_at=at,
        members=members,
        lead=lead.article_id,
        content=content,
    )


def _member(number: int, place: int, title: str, at: datetime, rng: np.random.Generator) -> Member:
    source = _rank(rng, SOURCES)
    return Member(
        article_id=f"a-{number * 64 + place:020x}",
        revision=f"{number:016x}",
        fetched_at=at,
        event_at=at,
        url=f"https://source-{source}.example/{number}",
        source_id=f"source-{source}",
        title=title,
        word_count=400,
        extraction_version="1",
        joined=number + 1,
        agency=str(rng.choice(AGENCIES)) if rng.random() < 0.3 else None,
        country=COUNTRIES[source % len(COUNTRIES)],
        corrections=int(rng.random() < 0.05),
    )


def _rank(rng: np.random.Generator, size: int) -> int:
    """A number below `size`, small ones often."""
    return (int(rng.zipf(1.3)) - 1) % size
