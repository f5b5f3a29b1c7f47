"""How long-running work tells what it does, without knowing who listens.

The work calls `step` and `transfer` from several threads at once; the command line shows them as a table,
tests and programs do not listen.
"""

from __future__ import annotations

import threading
from typing import Protocol

from infra.local.errors import Interrupted


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


class Interruptible:
    """Passes everything on, and ends a transfer with `Interrupted` once `cancelled` is set."""

    def __init__(self, listener: Progress, cancelled: threading.Event) -> None:
        self._listener = listener
        self._cancelled = cancelled

    def step(self, name: str, text: str) -> None:
        """Passed on."""
        self._listener.step(name, text)

    def transfer(self, name: str, done: int, total: int) -> None:
        """Passed on, unless the command is to end."""
        if self._cancelled.is_set():
            raise Interrupted(
                f"Fetching {name} was interrupted.", "The same command goes on where it stopped."
            )
        self._listener.transfer(name, done, total)
