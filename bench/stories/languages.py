"""Invented languages: Zipf word lists with set phrases, in the scripts whose tokens follow different rules.

Words are invented, so no text can leak from anywhere; set phrases stand for "in the wake of" and the like,
since two texts of a real language do share three words in a row now and then.
"""

from __future__ import annotations

import functools
import random
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

VOCABULARY: Final = 14_000
_PHRASES: Final = 1_200
_PHRASE_SHARE: Final = 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """`items` are words and set phrases with their cumulative frequencies; `joiner` stands between words."""

    code: str
    joiner: str
    full_stop: str
    items: tuple[tuple[str, ...], ...]
    cumulative: NDArray[np.float64]
    words: tuple[str, ...]

    def draw(self, rng: np.random.Generator, count: int) -> list[str]:
        """At least `count` words of running text, cut to `count`."""
        places = self.cumulative.searchsorted(rng.random(count))
        drawn: list[str] = []
        for place in places.tolist():
            drawn.extend(self.items[place])
        return drawn[:count]


@dataclass(frozen=True, slots=True)
class _Script:
    """How words of a language are spelled: units, how many a word has, what stands between words."""

    units: tuple[str, ...]
    lengths: tuple[int, ...]
    joiner: str = " "
    full_stop: str = "."
    unspaced: bool = False


def _syllables(consonants: str, vowels: str) -> tuple[str, ...]:
    return tuple(consonant + vowel for consonant in consonants for vowel in vowels)


def _characters(first: int, count: int) -> tuple[str, ...]:
    return tuple(chr(first + number) for number in range(count))


_SCRIPTS: Final = {
    "en": _Script(_syllables("bcdfghklmnprstvwz", "aeiou"), (1, 2, 2, 3)),
    "ru": _Script(_syllables("бвгдзклмнпрстфхш", "аеиоуы"), (1, 2, 3, 3)),
    "fa": _Script((*_syllables("بتجدرزسشفکلمنهی", "اوی"), "می\u200c", "بَر", "ـها"), (1, 2, 2, 3)),
    "zh": _Script(_characters(0x4E00, 2_400), (1, 2, 2, 2, 3), joiner="", full_stop="。", unspaced=True),
    "th": _Script(
        _syllables("กขคงจชดตนบปพมยรลวสหอ", "าิีืุูเแ"), (1, 2, 2, 3), joiner="", full_stop=" ", unspaced=True
    ),
}

LANGUAGES: Final = tuple(_SCRIPTS)


@functools.cache
def language(code: str) -> Language:
    """The invented language of a code; its words depend on the code alone."""
    drawn = random.Random(f"language {code}")
    script = _SCRIPTS[code]
    words = _spell(script, drawn)
    frequencies = 1 / (np.arange(VOCABULARY) + 2.7)
    phrases = tuple(
        tuple(
            words[min(int(drawn.paretovariate(0.45)), VOCABULARY - 1)]
            for _ in range(drawn.choice((2, 3, 3, 4)))
        )
        for _ in range(_PHRASES)
    )
    phrase_frequencies = 1 / (np.arange(_PHRASES) + 20.0)
    weights = np.concatenate(
        [
            frequencies / frequencies.sum() * (1 - _PHRASE_SHARE),
            phrase_frequencies / phrase_frequencies.sum() * _PHRASE_SHARE,
        ]
    )
    cumulative = np.cumsum(weights)
    cumulative[-1] = 1.0
    items = (*((word,) for word in words), *phrases)
    return Language(code, script.joiner, script.full_stop, items, cumulative, tuple(words))


def _spell(script: _Script, drawn: random.Random) -> list[str]:
    """Distinct words, shorter ones first, as in real languages the frequent words are short."""
    frequencies = [1 / (rank + 8) for rank in range(len(script.units))] if script.unspaced else None
    seen: dict[str, None] = {}
    while len(seen) < VOCABULARY:
        length = 1 if len(seen) < len(script.units) // 4 else drawn.choice(script.lengths)
        units = drawn.choices(script.units, frequencies, k=length + (len(seen) > VOCABULARY // 5))
        seen.setdefault("".join(units))
    return list(seen)
