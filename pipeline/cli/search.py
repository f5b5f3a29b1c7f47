"""`copydesk search`: stories in the terminal, for a spreadsheet or for a program."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from pipeline.cli import local, search_export
from pipeline.cli.search_show import show, show_facets, show_help
from pipeline.cli.tables import print_json
from pipeline.core.search import INTERVALS, MAX_HITS, RECENCY, SORTS, BadQuery, Interval, Query, Results, Sort
from pipeline.core.search_facets import DATE
from pipeline.core.search_text import words_of
from pipeline.search import Search

__all__ = ["search", "show"]

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Moment(click.ParamType[datetime]):
    """A date, a time, or an age such as 90m, 24h, 7d, 2w."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            if age := re.fullmatch(r"(\d{1,6})([mhdw])", value):
                return datetime.now(UTC) - timedelta(**{UNITS[age[2]]: int(age[1])})
            moment = datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a date (2026-11-24) nor an age (90m, 24h, 7d)", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command()
@click.argument("words", nargs=-1)
@click.option("--source", multiple=True, help="Only stories a source carries; repeatable, like all filters.")
@click.option("--country", multiple=True, help="Only stories carried in this country, such as GB.")
@click.option("--lang", "language", multiple=True, help="Only stories in this language, such as en.")
@click.option("--section", multiple=True, help="Only this section, such as politics.")
@click.option("--author", multiple=True, help="Only by this author.")
@click.option("--tag", multiple=True, help="Only with this tag.")
@click.option("--agency", multiple=True, help="Only stories an agency is credited for.")
@click.option("--access", multiple=True, help="Only free, metered, paywalled or unknown.")
@click.option("--copies", multiple=True, help="Only with as many copies: 4, 2-9 or 10+.")
@click.option("--length", multiple=True, help="Only texts of as many words: 300-800, 2000+.")
@click.option("--revised/--unrevised", default=None, help="Only stories with a correction, or without any.")
@click.option("--since", type=Moment(), help="From this date, or this long ago (24h, 7d).")
@click.option("--until", type=Moment(), help="Before this date or age.")
@click.option("--sort", type=click.Choice(SORTS), default="relevance", show_default=True, help="The order.")
@click.option(
    "--recency", type=float, default=RECENCY, show_default=True, help="Weight of newness; 0 for none."
)
@click.option("--fuzzy", is_flag=True, help="Find words with a letter or two wrong too.")
@click.option("--limit", type=int, default=10, show_default=True, help=f"Hits of a page, up to {MAX_HITS:,}.")
@click.option("--offset", type=int, default=0, help="Hits to leave out first.")
@click.option("--all", "everything", is_flag=True, help="Every hit, however many; for --json and --csv.")
@click.option("--facets", is_flag=True, help="Count what was found by source, language, date and nine more.")
@click.option("--by", "interval", type=click.Choice(INTERVALS), help="Show what was found over time.")
@click.option("--suggest", is_flag=True, help="Print titles that go on with WORDS, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated lines for a spreadsheet.")
def search(
    words: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    sort: Sort,
    recency: float,
    fuzzy: bool,
    limit: int,
    offset: int,
    everything: bool,
    facets: bool,
    interval: Interval | None,
    suggest: bool,
    as_json: bool,
    as_csv: bool,
    revised: bool | None,
    **filters: tuple[str, ...],
) -> None:
    """Find stories, by words in any inflected form and any language.

    WORDS may hold "phrases", -without, +required, prefix*, misspelt~, one OR other; without any, the newest.
    """
    if as_json and as_csv:
        raise BadQuery("--json and --csv exclude one another", "choose one")
    if revised is not None:
        filters["revised"] = (str(revised).lower(),)
    query = Query(
        text=" ".join(words),
        filters={name: values for name, values in filters.items() if values},
        since=since,
        until=until,
        limit=limit,
        offset=offset,
        sort=sort,
        facets=facets or interval is not None,
        recency=recency,
        fuzzy=fuzzy,
        interval=interval,
    )
    with Search(local.load("elasticsearch")) as searching:
        if suggest:
            for title in searching.complete(query.text, language=next(iter(filters["language"]), None)):
                click.echo(title)
        elif everything:
            _export(searching, query, as_json=as_json)
        else:
            _page(searching, query, facets=facets, as_json=as_json, as_csv=as_csv)


def _export(searching: Search, query: Query, *, as_json: bool) -> None:
    """Every hit as it comes, so that there is no limit; of the lines only JSON knows the total beforehand."""
    if not as_json:
        search_export.csv_lines(searching.all(query))
        return
    counted = searching(replace(query, limit=0, offset=0))
    search_export.json_object(counted, searching.all(query))


def _page(searching: Search, query: Query, *, facets: bool, as_json: bool, as_csv: bool) -> None:
    found = searching(query)
    if as_json:
        print_json({"total": found.total, "hits": found.hits, "facets": found.facets})
    elif as_csv:
        search_export.csv_lines(found.hits)
    else:
        show(found, offset=query.offset)
        show_facets(found if facets else _only_dates(found))
    if not found.total:
        show_help(searching.corrections(query), searching.relaxations(query))
    for hint in words_of(query.text).hints:
        click.echo(f"hint: {hint}", err=True)


def _only_dates(found: Results) -> Results:
    return replace(found, facets={name: values for name, values in found.facets.items() if name == DATE})
