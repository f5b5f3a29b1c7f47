"""Hits for spreadsheets and programs, written as they come: an export holds no more than a page in memory."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable

import click
import msgspec

from pipeline.core.search import Hit, Results

COLUMNS = ("story_id", "title", "url", "source_id", "language", "published_at", "article_count", "score")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a cell that begins so, and a title is a stranger's text."""


def csv_lines(hits: Iterable[Hit]) -> None:
    """A line of names, then one a hit. An apostrophe stands before what a spreadsheet would run."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for hit in hits:
        writer.writerow([_cell(getattr(hit, column)) for column in COLUMNS])


def json_object(counted: Results, hits: Iterable[Hit]) -> None:
    """The object that `--json` prints, hit by hit; the total is that of the hits written.

    `counted` has the facets. The total comes last, since stories may be indexed between the two searches.
    """
    total = 0
    click.echo('{"hits": [', nl=False)
    for hit in hits:
        click.echo(f"{',' if total else ''}\n  {msgspec.json.encode(hit).decode()}", nl=False)
        total += 1
    facets = msgspec.json.encode(counted.facets).decode()
    click.echo(f'\n], "facets": {facets}, "total": {total}}}')


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
