"""What outlets do to a text they carry: the edit kinds of the benchmark. Each result is a copy of its base.

An edit gets a `Desk`: the random numbers, fresh donor texts (each used once, so that no two articles share
foreign text by accident), and the furniture blocks of the newsroom.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bench.stories.languages import Language
from bench.stories.press import Press, Writer, written
from bench.stories.texts import Paragraph, Sentence, Text


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """The means of an edit."""

    rng: np.random.Generator
    language: Language
    furniture: Sequence[Paragraph] = ()
    write: Writer = written

    def donor(self, words: int | None = None) -> Text:
        """A text that nobody has used and nobody will use again."""
        return self.write(self.language, self.rng, words)

    def blocks(self, count: int) -> list[Paragraph]:
        """Different furniture blocks of the pool."""
        places = self.rng.permutation(len(self.furniture))[:count]
        return [self.furniture[place] for place in places.tolist()]


@dataclass(frozen=True, slots=True)
class Edited:
    """A text after an edit. `title` stands before the headline or, with `retitled`, beside another one."""

    text: Text
    prefix: str = ""
    retitled: bool = False
    same_source: bool = False


Edit = Callable[[Text, Desk], Edited]


def desk(press: Press, rng: np.random.Generator, blocks: int = 8) -> Desk:
    """A desk with its own pool of furniture blocks of about 33 words each."""
    at = Desk(rng, press.language, write=press.writer("newsroom"))
    return replace(at, furniture=[tuple(at.donor(33).sentences) for _ in range(blocks)])


def _retitle_boiler(base: Text, at: Desk) -> Edited:
    one, two, three, four = at.blocks(4)
    dateline: Paragraph = (tuple(at.language.draw(at.rng, 4)),)
    middle = len(base.paragraphs) // 2
    body = [dateline, one, *base.paragraphs[:middle], two, *base.paragraphs[middle:], three, four]
    return Edited(base.with_paragraphs(body), retitled=True)


def _truncate(share: float) -> Edit:
    return lambda base, _: Edited(base.first(share))


def _edit(share: float) -> Edit:
    return lambda base, at: Edited(_change_words(base, at, share))


def _noise(share: float) -> Edit:
    return lambda base, at: Edited(_change_characters(base, at, share))


def _local_add(base: Text, at: Desk) -> Edited:
    """Paragraphs worth 40 % of a donor, spread after the first."""
    body = list(base.paragraphs)
    for added in at.donor().first(0.4).paragraphs:
        body.insert(int(at.rng.integers(1, len(body) + 1)), added)
    return Edited(base.with_paragraphs(body), retitled=True)


def _reorder(base: Text, at: Desk) -> Edited:
    order = at.rng.permutation(len(base.paragraphs))
    kept = order[: max(1, round(0.7 * len(order)))]
    return Edited(base.with_paragraphs([base.paragraphs[place] for place in kept.tolist()]))


def _update(base: Text, at: Desk) -> Edited:
    """A new version: new first fifth, other numbers, a new end."""
    lead, end = at.donor().first(0.12), at.donor().first(0.12)
    rest = base.after_first(0.2)
    changed = [
        tuple(tuple(_other_number(word, at) for word in sentence) for sentence in paragraph)
        for paragraph in rest.paragraphs
    ]
    body = [*lead.paragraphs, *changed, *end.paragraphs]
    return Edited(base.with_paragraphs(body), prefix="UPDATE 2-", same_source=True)


def _retopped_update(base: Text, at: Desk) -> Edited:
    body = [
        *at.donor().first(0.5).paragraphs,
        *base.first(0.35).paragraphs,
        *at.donor().first(0.4).paragraphs,
    ]
    return Edited(base.with_paragraphs(body), prefix="UPDATE 3-", retitled=True, same_source=True)


def _heavy(share: float, edited: float, blocks: int) -> Edit:
    def edit(base: Text, at: Desk) -> Edited:
        body = list(_change_words(base.first(share), at, edited).paragraphs)
        for block in at.blocks(blocks):
            body.insert(int(at.rng.integers(0, len(body) + 1)), block)
        return Edited(base.with_paragraphs(body), retitled=True)

    return edit


def _abridge(lead: int, step: int) -> Edit:
    """The first sentences, then every `step`-th."""

    def edit(base: Text, _: Desk) -> Edited:
        sentences = base.sentences
        kept = [*sentences[:lead], *sentences[lead + step - 1 :: step]]
        return Edited(
            base.with_paragraphs([tuple(kept[start : start + 3]) for start in range(0, len(kept), 3)])
        )

    return edit


STANDARD: Final[dict[str, Edit]] = {
    "retitle_boiler": _retitle_boiler,
    "trunc50": _truncate(0.50),
    "trunc30": _truncate(0.30),
    "trunc15": _truncate(0.15),
    "edit3": _edit(0.03),
    "edit8": _edit(0.08),
    "edit15": _edit(0.15),
    "local_add": _local_add,
    "reorder": _reorder,
    "update": _update,
    "noise1": _noise(0.01),
    "noise3": _noise(0.03),
    "heavy": _heavy(0.50, 0.08, 3),
    "abridge": _abridge(2, 2),
}

HARD: Final[dict[str, Edit]] = {
    "edit20": _edit(0.20),
    "edit30": _edit(0.30),
    "edit40": _edit(0.40),
    "edit50": _edit(0.50),
    "noise5": _noise(0.05),
    "noise8": _noise(0.08),
    "trunc8": _truncate(0.08),
    "heavy2": _heavy(0.30, 0.20, 4),
    "abridge4": _abridge(1, 4),
    "update2": _retopped_update,
}


def _change_words(base: Text, at: Desk, share: float) -> Text:
    """Each word is, with the given probability, dropped, replaced or followed by a new one, a third each."""
    count = base.words
    fates = at.rng.random(count).tolist()
    spare = iter(at.language.draw(at.rng, count))
    changed: list[Paragraph] = []
    place = 0
    for paragraph in base.paragraphs:
        sentences: list[Sentence] = []
        for sentence in paragraph:
            kept: list[str] = []
            for word in sentence:
                fate, place = fates[place] / share, place + 1
                if fate >= 1:
                    kept.append(word)
                elif fate >= 2 / 3:
                    kept.extend((word, next(spare)))
                elif fate >= 1 / 3:
                    kept.append(next(spare))
            if kept:
                sentences.append(tuple(kept))
        changed.append(tuple(sentences))
    return base.with_paragraphs(changed)


def _change_characters(base: Text, at: Desk, share: float) -> Text:
    letters = "".join(at.language.draw(at.rng, 400))

    def blur(word: str) -> str:
        hits = np.flatnonzero(at.rng.random(len(word)) < share).tolist()
        for hit in hits:
            word = word[:hit] + letters[int(at.rng.integers(len(letters)))] + word[hit + 1 :]
        return word

    return base.with_paragraphs(
        [tuple(tuple(map(blur, sentence)) for sentence in paragraph) for paragraph in base.paragraphs]
    )


def _other_number(word: str, at: Desk) -> str:
    return str(int(at.rng.integers(2, 3000))) if word.isdecimal() else word
