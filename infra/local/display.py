"""Showing people what happens: a line per server, a bar while bytes arrive; plain text without a terminal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    DownloadColumn,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
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
        TextColumn("{task.fields[state]}", table_column=Column(min_width=26)),
        TimeElapsedColumn(),
        _WhileFetching(BarColumn(bar_width=24)),
        _WhileFetching(DownloadColumn()),
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


class _WhileFetching(ProgressColumn):
    """A column that is there only while bytes arrive."""

    def __init__(self, column: ProgressColumn) -> None:
        super().__init__()
        self._column = column

    def render(self, task: Task) -> RenderableType:
        return self._column.render(task) if task.fields["fetching"] else ""


class _Live:
    """One row per server, drawn in place."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._rows: dict[str, TaskID] = {}
        self._mutex = threading.Lock()

    def step(self, name: str, text: str) -> None:
        row = self._row(name)
        self._bars.update(row, state=text, fetching=False)
        if text.startswith(("running", "stopped")):
            self._bars.stop_task(row)
        else:
            self._bars.start_task(row)

    def transfer(self, name: str, done: int, total: int) -> None:
        self._bars.update(self._row(name), total=total, completed=done, fetching=True)

    def _row(self, name: str) -> TaskID:
        with self._mutex:
            if name not in self._rows:
                self._rows[name] = self._bars.add_task(name, state="", fetching=False, total=None)
            return self._rows[name]
