"""Lists of words as plain text: the tables of the rules, readable and short."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, between white space."""
    return frozenset(text.split())


def sequence(text: str) -> tuple[str, ...]:
    """The words of a text in their order."""
    return tuple(text.split())


def phrases(*texts: str) -> list[str]:
    """The phrases between bars, case folded, each once and the longest first."""
    found = {" ".join(piece.split()).casefold() for text in texts for piece in text.split("|")}
    return sorted(found - {""}, key=lambda phrase: (-len(phrase), phrase))
