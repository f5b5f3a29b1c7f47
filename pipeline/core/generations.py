"""Generations of the indices: a rebuild fills the next one while readers use the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["texts", "accounts", "building", "ready", "switching"]
"""texts, accounts: what is older than the log comes over · building: the log is decided anew · ready: it has
caught up, and the writer of the log switches with its next batch · switching: the old epoch is over"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A rebuild in progress, kept beside the indices it fills so that both are lost together.

    `token` tells this attempt from any other at the same epoch. `first` is the first offset of the log when
    carrying began: what is below is older than the log. `cursor` is the article up to which it came over.
    """

    epoch: int
    token: str
    phase: Phase
    first: int
    cursor: str = ""

    @property
    def group(self) -> str:
        """The consumer group that reads the log for it; a new attempt begins at the beginning."""
        return f"copydesk-rebuild-{self.epoch}-{self.token}"
