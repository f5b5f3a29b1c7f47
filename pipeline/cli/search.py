"""`copydesk search`: stories in the terminal, with highlights and facets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table
from pipeline.core.search import FACETS, MARK, MAX_HITS, FacetValue, Hit, Query, Results, Sort

if TYPE_CHECKING:
    from rich.console import RenderableType

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
BAR = 30


class Moment(click.ParamType[datetime]):
    """A date, a time, or an age such as 90m, 24h, 7d, 2w."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        if age := re.fullmatch(r"(\d+)([mhdw])", value):
            return datetime.now(UTC) - timedelta(**{UNITS[age[2]]: int(age[1])})
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is neither a date (2026-11-24) nor an age (90m, 24h, 7d)", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("words", nargs=-1)
@click.option(
    "--source", multiple=True, help="Only stories a source carries; may be repeated, like all filters."
)
@click.option("--lang", "language", multiple=True, help="Only stories in this language, such as en.")
@click.option("--country", multiple=True, help="Only stories carried in this country, such as GB.")
@click.option("--section", multiple=True)
@click.option("--author", multiple=True)
@click.option("--tag", multiple=True)
@click.option("--agency", multiple=True)
@click.option("--since", type=Moment(), help="From this date, or this long ago (24h, 7d).")
@click.option("--until", type=Moment(), help="Before this date or age.")
@click.option(
    "--sort", type=click.Choice(["relevance", "newest", "copies"]), default="relevance", show_default=True
)
@click.option("--limit", type=click.IntRange(0, MAX_HITS), default=10, show_default=True)
@click.option("--facets", is_flag=True, help="Count the stories found by source, language, day and more.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def search(
    words: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    sort: Sort,
    limit: int,
    facets: bool,
    as_json: bool,
    **filters: tuple[str, ...],
) -> None:
    """Find stories. WORDS may hold "phrases", -without and prefix*; without WORDS, the newest."""
    from pipeline.bootstrap import World

    query = Query(
        text=" ".join(words), filters=filters, since=since, until=until, limit=limit, sort=sort, facets=facets
    )
    world = World(local.load())
    try:
        found = world.searcher.search(query)
    finally:
        world.close()
    if as_json:
        print_json({"total": found.total, "hits": found.hits, "facets": found.facets})
    else:
        show(found)


def show(found: Results) -> None:
    """Print results for a person."""
    console = Console(highlight=False)
    for number, hit in enumerate(found.hits, 1):
        for line in _hit_lines(number, hit):
            console.print(line)
    shown = f"the first {len(found.hits)}" if len(found.hits) < found.total else "all"
    click.echo(f"{found.total:,} stories, {shown} shown" if found.total else "No story matches.")
    for name in (*FACETS, "day"):
        if values := found.facets.get(name):
            click.echo()
            print_table((name, "stories", ""), _bars(values))


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
    most = max(value.count for value in held)
    return [
        (
            value.value[:10] if value.value[4:5] == "-" else value.value,
            value.count,
            "█" * round(BAR * value.count / most),
        )
        for value in held
    ]
