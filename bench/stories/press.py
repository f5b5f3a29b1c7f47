"""Where the texts of a benchmark come from: invented without end, or a file of real news, each used once.

A file holds one JSON object a line, `{"title", "text", "language"}`. Its texts are dealt out in two halves,
so that a furniture list is learnt on other texts than those that are scored, as with invented ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np

from bench.stories.languages import Language, language
from bench.stories.texts import Paragraph, Text, article_length, invent

Part = Literal["newsroom", "training", "scored"]
"""What texts are for: furniture and templates of the newsroom, learning a list, or being scored."""

Writer = Callable[[Language, np.random.Generator, int | None], Text]
"""The next text nobody has used: of about so many words, or of an article's length."""

SHORTEST_ARTICLE: Final = 250
"""Words of a text that can be a base article."""

_NEWSROOM: Final = 40
"""Texts kept for furniture and templates."""

_SENTENCE: Final = re.compile(r"(?<=[.!?።።؟])[\"'”’)\]]*\s+")
_WINDOW: Final = 8
_SENTENCES: Final = 3
"""Sentences of a paragraph at most."""


class Press(Protocol):
    """Writes the texts of one language."""

    @property
    def language(self) -> Language: ...

    def writer(self, part: Part) -> Writer:
        """A writer that begins anew; writers of different parts share no text."""
        ...


@dataclass(frozen=True, slots=True)
class Invented:
    """Never the same text twice, for any part."""

    language: Language

    def writer(self, part: Part) -> Writer:  # noqa: ARG002  no text comes twice, whatever it is for
        return written


def invented(code: str) -> Invented:
    """The press of an invented language."""
    return Invented(language(code))


def written(spoken: Language, rng: np.random.Generator, words: int | None) -> Text:
    """Invents a text: the writer that never ends."""
    return invent(spoken, rng, words or article_length(rng))


class OutOfTextsError(Exception):
    """The file holds too few texts for the set that was asked for."""


class Archive:
    """Real texts of one language, no two of which share a passage."""

    def __init__(self, code: str, texts: Iterable[str]) -> None:
        kept = _unlike(sorted(set(texts), key=_digest))
        self.language = _spoken(code, kept)
        self._texts = [Text(self.language, _paragraphs(text)) for text in kept]

    @property
    def bases(self) -> int:
        """Base articles of a standard set that the texts are enough for; the other half serve as donors."""
        return sum(text.words >= SHORTEST_ARTICLE for text in self._of("scored")) // 2

    def writer(self, part: Part) -> Writer:
        long: list[Text] = []
        short: list[Text] = []
        for text in self._of(part):
            (long if text.words >= SHORTEST_ARTICLE else short).append(text)
        return _Dealt(long, short)

    def _of(self, part: Part) -> Sequence[Text]:
        rest = self._texts[_NEWSROOM:]
        return {"newsroom": self._texts[:_NEWSROOM], "training": rest[::2], "scored": rest[1::2]}[part]


def archives(path: Path) -> list[Archive]:
    """The archives of a file, that of the language with most texts first."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            held = json.loads(line)
            texts[held["language"]].append(held["text"])
    return [Archive(code, texts[code]) for code in sorted(texts, key=lambda code: (-len(texts[code]), code))]


@dataclass(slots=True)
class _Dealt:
    """Deals texts out: long ones as articles, parts of short ones first where a number of words is wanted."""

    long: list[Text]
    short: list[Text]

    def __call__(self, spoken: Language, _: np.random.Generator, words: int | None) -> Text:
        if words is None:
            return self._next(self.long)
        paragraphs: list[Paragraph] = []
        missing = words
        while missing > 0:
            for paragraph in self._next(self.short or self.long).paragraphs:
                kept = _cut(paragraph, missing)
                paragraphs.append(kept)
                missing -= sum(map(len, kept))
                if missing <= 0:
                    break
        return Text(spoken, tuple(paragraphs))

    def _next(self, texts: list[Text]) -> Text:
        if not texts:
            raise OutOfTextsError("the texts are used up; ask for fewer --bases")
        return texts.pop()


def _cut(paragraph: Paragraph, words: int) -> Paragraph:
    """The first sentences, the last of them cut off, to at most so many words."""
    kept: list[tuple[str, ...]] = []
    for sentence in paragraph:
        kept.append(sentence[:words])
        words -= len(sentence)
        if words <= 0:
            break
    return tuple(kept)


def _unlike(texts: Iterable[str]) -> list[str]:
    """Those that share no eight words in a row, twice, with one kept before: archives hold texts twice."""
    seen: set[int] = set()
    kept: list[str] = []
    for text in texts:
        words = text.casefold().split()
        windows = {hash(tuple(words[at : at + _WINDOW])) for at in range(len(words) - _WINDOW + 1)}
        if len(windows & seen) < 2:
            kept.append(text)
            seen |= windows
    return kept


def _spoken(code: str, texts: Sequence[str]) -> Language:
    """The words of the texts as often as they stand there, for edits to draw from."""
    counted = Counter(word for text in texts for word in text.split())
    words = tuple(word for word, _ in counted.most_common())
    cumulative = np.cumsum(np.array([counted[word] for word in words]) / counted.total())
    cumulative[-1] = 1.0
    return Language(code, " ", "", tuple((word,) for word in words), cumulative, words)


def _paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The lines of a text; one that holds many sentences, as where markup was lost, is cut into some."""
    lines = (
        [tuple(sentence.split()) for sentence in _SENTENCE.split(line) if sentence.strip()]
        for line in text.splitlines()
    )
    return tuple(
        tuple(line[at : at + _SENTENCES]) for line in lines for at in range(0, len(line), _SENTENCES)
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
