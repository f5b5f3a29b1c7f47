"""How one attempt at one article ended: the word that is counted, once, in the run's report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """`name` is a word of DESIGN.md's outcome row, `reason` from the stage's closed list."""

    name: str
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.name}({self.reason})" if self.reason else self.name
