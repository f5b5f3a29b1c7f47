"""Sentences from patterns: `{a|b}` is a choice, `[slot]` a value fixed for the story, `[3-90]` a number."""

import random
import re
from collections.abc import Mapping

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\[([^\[\]]+)\]")
_RANGE = re.compile(r"(\d+)-(\d+)")


def expand(pattern: str, values: Mapping[str, str], rng: random.Random) -> str:
    """One sentence of the pattern. Raises KeyError for a slot that `values` does not name."""
    text = pattern
    while _CHOICE.search(text):
        text = _CHOICE.sub(lambda match: rng.choice(match.group(1).split("|")), text)
    return _SLOT.sub(lambda match: _value(match.group(1), values, rng), text)


def _value(slot: str, values: Mapping[str, str], rng: random.Random) -> str:
    limits = _RANGE.fullmatch(slot)
    if limits:
        return str(rng.randint(int(limits.group(1)), int(limits.group(2))))
    return values[slot]
