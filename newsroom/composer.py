"""Invents stories without end from the sentence patterns of `text/live/`.

Patterns are dealt like cards: none comes again before all others of its kind have been used. Of several
drafts the one least like all earlier stories is taken, so that different stories stay different however long
it runs.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsroom.grammar import expand
from newsroom.material import live_material
from newsroom.model import Block
from newsroom.overlap import Shingles, highest, shingles

DETAILS, VOICES = 4, 2
DRAFTS = 8
# Below this share of common shingles a draft is different enough to be taken without looking further.
DIFFERENT = 0.08


@dataclass(frozen=True, slots=True)
class Invention:
    """One invented story: two headlines for it, its text, and a paragraph another outlet may add."""

    language: str
    category: str
    titles: tuple[str, str]
    blocks: tuple[Block, ...]
    local: str
    author: str
    agency: str

    @property
    def text(self) -> str:
        return " ".join(block.text for block in self.blocks)


@dataclass(slots=True)
class Deck:
    """Deals its cards in random order and shuffles again when none is left."""

    cards: Sequence[Any]
    rng: random.Random
    _left: list[Any] = field(default_factory=list)

    def deal(self) -> Any:
        if not self._left:
            self._left = self.rng.sample(self.cards, len(self.cards))
        return self._left.pop()


class Composer:
    """The same `rng` gives the same stories in the same order."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._decks: dict[tuple[str, ...], Deck] = {}
        self._told: dict[str, list[Shingles]] = {}

    def invent(self, language: str) -> Invention:
        """A new story in a language that has material; the draft least like the earlier ones."""
        told = self._told.setdefault(language, [])
        drafts: list[tuple[float, Invention]] = []
        while len(drafts) < DRAFTS and (not drafts or drafts[-1][0] >= DIFFERENT):
            draft = self._draft(language)
            drafts.append((highest(shingles(draft.text), told), draft))
        _, chosen = min(drafts, key=lambda scored: scored[0])
        told.append(shingles(chosen.text))
        return chosen

    def _draft(self, language: str) -> Invention:
        material = live_material(language)
        topic = self._deal(material["topics"], language, "topics")
        angle = self._deal(topic["angles"], language, topic["id"])
        values = {name: self._deal(of, language, name) for name, of in material["names"].items()}
        values["n"] = expand(f"[{topic['number']}]", {}, self._rng)
        titles = [expand(title, values, self._rng) for title in self._rng.sample(angle["titles"], 2)]
        return Invention(
            language=language,
            category=topic["category"],
            titles=(titles[0], titles[1]),
            blocks=self._blocks(language, topic, angle["lead"], values),
            local=expand(material["local"][0], values, self._rng),
            author=self._rng.choice(material["staff"]),
            agency=material["agency"],
        )

    def _blocks(
        self, language: str, topic: Mapping[str, Any], lead: str, values: Mapping[str, str]
    ) -> tuple[Block, ...]:
        """Lead; details and voices in turn, two details a paragraph; outlook."""

        def lines(kind: str, count: int) -> list[str]:
            patterns = [self._deal(topic[kind], language, topic["id"], kind) for _ in range(count)]
            return [expand(pattern, values, self._rng) for pattern in patterns]

        details, voices = lines("details", DETAILS), lines("voices", VOICES)
        paragraphs = [
            expand(lead, values, self._rng),
            " ".join(details[:2]),
            voices[0],
            " ".join(details[2:]),
            voices[1],
            *lines("closing", 1),
        ]
        return tuple(Block(text[:1].upper() + text[1:]) for text in paragraphs)

    def _deal(self, cards: Sequence[Any], *deck: str) -> Any:
        return self._decks.setdefault(deck, Deck(cards, self._rng)).deal()
