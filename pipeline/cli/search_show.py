"""Results for a person: hits with their words marked, facets as bars, and a way on when nothing matches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pipeline.cli.tables import print_table
from pipeline.core.search import MARK, Correction, FacetValue, Hit, Results
from pipeline.core.search_facets import DATE

if TYPE_CHECKING:
    from rich.console import RenderableType

BAR = 30


def show(found: Results, *, offset: int = 0) -> None:
    """Print the hits and how many there are."""
    console = Console(highlight=False)
    for number, hit in enumerate(found.hits, offset + 1):
        for line in _hit_lines(number, hit):
            console.print(line)
    click.echo(_summary(found, offset))


def show_facets(found: Results) -> None:
    """Print each facet as a table with bars, the one over time last and in order of time."""
    for name, values in found.facets.items():
        if values:
            click.echo()
            print_table((name, "stories", ""), _bars(_dates(values) if name == DATE else values))


def show_help(corrections: Sequence[Correction], relaxations: Mapping[str, int]) -> None:
    """Print what a reader whose query finds nothing may have meant, beside the results."""
    for correction in corrections:
        click.echo(f"did you mean: {correction.text} ({_stories(correction.total)})", err=True)
    for name, total in relaxations.items():
        click.echo(f"hint: {name} there {_stories(total, verb=True)}", err=True)


def _summary(found: Results, offset: int) -> str:
    if not found.total:
        return "No story matches."
    if len(found.hits) == found.total:
        return f"{_stories(found.total)}, all shown"
    if not found.hits:
        return f"{_stories(found.total)}, none shown"
    return f"{_stories(found.total)}, {offset + 1:,} to {offset + len(found.hits):,} shown"


def _stories(number: int, *, verb: bool = False) -> str:
    counted = f"{number:,} {'story' if number == 1 else 'stories'}"
    return f"{'is' if number == 1 else 'are'} {counted}" if verb else counted


def _hit_lines(number: int, hit: Hit) -> Iterable[RenderableType]:
    title = hit.highlights.get("title", [hit.title])[0]
    yield Text.assemble((f"{number:>3}  ", "dim"), _marked(title, "bold"))
    copies = f"{hit.article_count} copies" if hit.article_count > 1 else "1 article"
    when = (hit.published_at or "undated")[:16].replace("T", " ")
    yield Text(f"     {hit.source_id} · {hit.language} · {when} · {copies} · {hit.story_id}", style="dim")
    for fragment in hit.highlights.get("text", []):
        yield Padding(_marked(" ".join(fragment.split())), (0, 0, 0, 5))
    yield Text(f"     {hit.url}", style="blue")
    yield Text("")


def _marked(text: str, style: str = "") -> Text:
    """The text with what Elasticsearch marked in bold yellow."""
    line = Text(style=style)
    for piece in re.split(f"({re.escape(MARK[0])}.*?{re.escape(MARK[1])})", text):
        if piece.startswith(MARK[0]):
            line.append(piece.removeprefix(MARK[0]).removesuffix(MARK[1]), "bold yellow")
        else:
            line.append(piece)
    return line


def _bars(values: Iterable[FacetValue]) -> list[tuple[str, int, str]]:
    held = list(values)
    most = max(value.count for value in held) or 1
    return [(value.value, value.count, "█" * round(BAR * value.count / most)) for value in held]


def _dates(values: Sequence[FacetValue]) -> list[FacetValue]:
    """Times as short as they tell them apart: to the minute, or the day."""
    whole_days = all(value.value[11:19] in ("", "00:00:00") for value in values)
    end = 10 if whole_days else 16
    return [FacetValue(value=value.value[:end].replace("T", " "), count=value.count) for value in values]
