"""Printing for people and for programs: one table style, one JSON style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

PIPE_WIDTH = 240


def print_json(value: Any) -> None:
    """One JSON document on standard output, non-ASCII characters as they are."""
    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, empty: str = "none"
) -> None:
    """A table on standard output; numbers to the right. Prints `empty` when there are no rows."""
    held = [[_text(cell) for cell in row] for row in rows]
    if not held:
        click.echo(empty)
        return
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        numeric = all(row[number].replace(",", "").lstrip("-").isdigit() for row in held if row[number])
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in held:
        table.add_row(*row)
    console().print(table)


def console() -> Console:
    """Standard output; wide when nobody looks, so that a pipe or a log gets whole lines."""
    out = Console(markup=False, highlight=False)
    if not out.is_terminal:
        out.width = PIPE_WIDTH
    return out


def _text(cell: object) -> str:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
