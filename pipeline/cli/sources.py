"""`copydesk sources`: the catalogue, and what became of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import click

from pipeline.cli import local
from pipeline.cli.sources_body import body
from pipeline.cli.sources_state import health, pause, resume
from pipeline.cli.sources_web import discover, preview, whole_url
from pipeline.cli.tables import print_json, print_table
from pipeline.core import catalogue, opml, urls
from pipeline.core.sources import KINDS, Source
from pipeline.errors import ConfigError

CATALOGUE = click.option(
    "--file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The catalogue; default: COPYDESK_SOURCES.",
)


@click.group()
def sources() -> None:
    """The catalogue of sources, and what became of its rows."""


@sources.command("list")
@CATALOGUE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(file: Path | None, as_json: bool) -> None:
    """Show the rows of the catalogue."""
    _, rows = _catalogue(file)
    columns = ("id", "kind", "language", "country", "name", "url")
    if as_json:
        print_json([{name: getattr(row, name) for name in columns} for row in rows])
        return
    print_table(columns, [[getattr(row, name) for name in columns] for row in rows], empty="no sources")


@sources.command()
@CATALOGUE
def check(file: Path | None) -> None:
    """Say whether the catalogue is right; every mistake is named with its line."""
    path, rows = _catalogue(file)
    languages = {row.language for row in rows if row.language}
    unseen = sum(row.unverified for row in rows)
    click.echo(f"{path}: {len(rows)} sources in {len(languages)} languages, {unseen} of them unverified")


@sources.command()
@click.argument("url")
@CATALOGUE
@click.option("--id", "name_id", help="Its id; default: made from its name.")
@click.option("--name", help="What readers see; default: its host.")
@click.option(
    "--kind", type=click.Choice(list(KINDS)), default="feed", show_default=True, help="What lies at URL."
)
@click.option("--language", help="BCP 47, such as de or pt-BR.")
@click.option("--country", help="ISO 3166, two capitals.")
def add(
    url: str,
    file: Path | None,
    name_id: str | None,
    name: str | None,
    kind: str,
    language: str | None,
    country: str | None,
) -> None:
    """Append a row for URL, marked unverified; `copydesk sources preview` shows what it would give."""
    whole_url(url)
    path, rows = _catalogue(file)
    called = name or url.partition("//")[2].partition("/")[0]
    chosen = name_id or catalogue.free_id(called, (row.id for row in rows))
    source = Source(
        id=chosen,
        name=called,
        kind=KINDS[kind],
        url=url,
        language=language,
        country=country,
        unverified=True,
    )
    _append(path, [source])
    click.echo(f"{path}: added {chosen}")


@sources.command("import-opml")
@click.argument("opml_file", type=click.File("rb"))
@CATALOGUE
def import_opml(opml_file: BinaryIO, file: Path | None) -> None:
    """Append the subscriptions of OPML_FILE that the catalogue does not have yet, marked unverified."""
    path, rows = _catalogue(file)
    known = {urls.canonical(row.url) for row in rows}
    taken = [row.id for row in rows]
    fresh: list[Source] = []
    found, refused = opml.read(opml_file.read())
    for outline in found:
        if urls.canonical(outline.url) in known:
            continue
        known.add(urls.canonical(outline.url))
        taken.append(catalogue.free_id(outline.name, taken))
        fresh.append(
            Source(id=taken[-1], name=outline.name[:200], kind="feed", url=outline.url, unverified=True)
        )
    _append(path, fresh)
    click.echo(f"{path}: added {len(fresh)} sources, {len(found) - len(fresh)} were there")
    for url in refused:
        click.echo(f"left out, cannot be fetched: {url}", err=True)


@sources.command("export-opml")
@CATALOGUE
def export_opml(file: Path | None) -> None:
    """Print the feeds of the catalogue as OPML."""
    click.echo(opml.write(_catalogue(file)[1]), nl=False)


sources.add_command(body)
sources.add_command(discover)
sources.add_command(preview)
sources.add_command(health)
sources.add_command(pause)
sources.add_command(resume)


def _catalogue(file: Path | None) -> tuple[Path, tuple[Source, ...]]:
    path = file or local.load().sources
    try:
        text = catalogue.decoded(path.read_bytes(), str(path))
    except OSError as error:
        named = f"--file {path}" if file else f"{path}, which COPYDESK_SOURCES names,"
        raise ConfigError(f"the catalogue {named} cannot be read: {error.strerror}") from error
    return path, catalogue.read(text, str(path))


def _append(path: Path, fresh: list[Source]) -> None:
    """Add rows at the end, comments and order untouched, and only if the whole is still right."""
    text = catalogue.appended(catalogue.decoded(path.read_bytes(), str(path)), fresh)
    catalogue.read(text, str(path))
    path.write_text(text, encoding="utf-8")
