"""The body of an invented article: paragraphs of sentences of words, to be cut where editors cut."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.stories.languages import Language

_SHORTEST_PARAGRAPH: Final = 20

Sentence = tuple[str, ...]
Paragraph = tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A body in one language."""

    language: Language
    paragraphs: tuple[Paragraph, ...]

    @property
    def sentences(self) -> list[Sentence]:
        return [sentence for paragraph in self.paragraphs for sentence in paragraph]

    @property
    def words(self) -> int:
        return sum(map(len, self.sentences))

    def render(self) -> str:
        """The text as the clean stage would give it: paragraphs joined by a blank line."""
        language = self.language
        gap = language.joiner
        return "\n\n".join(
            gap.join(_spoken(sentence, language) for sentence in paragraph) for paragraph in self.paragraphs
        )

    def with_paragraphs(self, paragraphs: list[Paragraph]) -> Text:
        """The same language, other paragraphs; empty ones are dropped."""
        return Text(self.language, tuple(paragraph for paragraph in paragraphs if paragraph))

    def first(self, share: float) -> Text:
        """The first share of the words, in whole paragraphs; at least thirty, as any outlet prints."""
        wanted, taken, kept = share * self.words, 0, list[Paragraph]()
        for paragraph in self.paragraphs:
            size = sum(map(len, paragraph))
            if taken >= 30 and abs(taken + size - wanted) > abs(taken - wanted):
                break
            kept.append(paragraph)
            taken += size
        return self.with_paragraphs(kept)

    def after_first(self, share: float) -> Text:
        """What `first` leaves."""
        return self.with_paragraphs(list(self.paragraphs[len(self.first(share).paragraphs) :]))


def invent(language: Language, rng: np.random.Generator, words: int) -> Text:
    """A text about something: a fifth of its words come from forty that this article keeps coming back to."""
    running = language.draw(rng, words)
    topic = [language.words[place] for place in rng.integers(300, len(language.words), 40).tolist()]
    spots = np.flatnonzero(rng.random(words) < 0.2)
    for spot, rank in zip(
        spots.tolist(), (40 * rng.random(len(spots)) ** 2).astype(int).tolist(), strict=True
    ):
        running[spot] = topic[rank]
    for spot in np.flatnonzero(rng.random(words) < 0.015).tolist():
        running[spot] = str(int(rng.integers(2, 3000)))
    return Text(language, _paragraphs(running, rng))


def article_length(rng: np.random.Generator) -> int:
    """Words of a base article: at least 250, about 900 on average, a long tail."""
    return min(4000, 250 + int(math.exp(rng.normal(6.2, 0.75))))


def _paragraphs(running: list[str], rng: np.random.Generator) -> tuple[Paragraph, ...]:
    paragraphs: list[Paragraph] = []
    start = 0
    while start < len(running):
        sentences: list[Sentence] = []
        lengths = rng.integers(7, 30, int(rng.integers(1, 5))).tolist()
        for length in lengths if sum(lengths) >= _SHORTEST_PARAGRAPH else [*lengths, _SHORTEST_PARAGRAPH]:
            if start < len(running):
                sentences.append(tuple(running[start : start + length]))
                start += length
        paragraphs.append(tuple(sentences))
    return tuple(paragraphs)


def _spoken(sentence: Sentence, language: Language) -> str:
    spoken = language.joiner.join(sentence)
    return spoken[:1].upper() + spoken[1:] + language.full_stop
