"""How long-running work tells what it does, without knowing who listens.

The work calls `step` and `transfer` from several threads at once; the command line shows them as a table,
tests and programs do not listen.
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A listener. Both methods may be called from any thread."""

    def step(self, name: str, text: str) -> None:
        """`name` (a server or a package) is now at `text`: "fetching", "starting", "running" …"""

    def transfer(self, name: str, done: int, total: int) -> None:
        """`done` of `total` bytes of `name` are here."""


class Silent:
    """Listens to nothing."""

    def step(self, name: str, text: str) -> None:
        """Ignored."""

    def transfer(self, name: str, done: int, total: int) -> None:
        """Ignored."""
