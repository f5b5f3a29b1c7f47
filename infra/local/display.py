"""Showing people what happens: a line per server, a bar while bytes arrive; plain text without a terminal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Column, Table

from infra.local.progress import Progress
from infra.local.supervisor import ServiceStatus

_COLOURS = {"running": "green", "starting": "yellow", "stopped": "dim", "dead": "red", "unhealthy": "red"}


@contextmanager
def showing(console: Console) -> Iterator[Progress]:
    """A listener that draws on `console` while the block runs."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    bars = Bars(
        TextColumn("{task.description}", table_column=Column(min_width=22)),
        TextColumn("{task.fields[state]}", table_column=Column(min_width=24)),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=console,
    )
    with bars:
        yield _Live(bars)


def table(statuses: Mapping[str, ServiceStatus]) -> Table:
    """The servers with state and address; details only where something is wrong."""
    rows = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("server", "state", "address", "process"):
        rows.add_column(title)
    for name, status in statuses.items():
        colour = _COLOURS[status.state]
        rows.add_row(name, f"[{colour}]{status.state}[/]", status.address or "", str(status.pid or ""))
    return rows


class _Lines:
    """One line per change of state."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def step(self, name: str, text: str) -> None:
        self._console.print(f"{name}: {text}", markup=False, highlight=False)

    def transfer(self, name: str, done: int, total: int) -> None:
        """Too many for lines."""


class _Live:
    """One bar per server, drawn in place."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._rows: dict[str, TaskID] = {}
        self._mutex = threading.Lock()

    def step(self, name: str, text: str) -> None:
        finished = text.startswith(("running", "stopped"))
        if finished:
            self._bars.stop_task(self._row(name))
        self._bars.update(
            self._row(name), state=text, total=1 if finished else None, completed=1 if finished else 0
        )

    def transfer(self, name: str, done: int, total: int) -> None:
        self._bars.update(self._row(name), total=total, completed=done)

    def _row(self, name: str) -> TaskID:
        with self._mutex:
            if name not in self._rows:
                self._rows[name] = self._bars.add_task(name, state="", total=None)
            return self._rows[name]
