"""`copydesk sources preview|discover`: a look at the web by all the fetcher's rules, and nothing written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from pipeline import log
from pipeline.cli import local
from pipeline.cli.tables import print_table
from pipeline.core import urls
from pipeline.core.http import Failure
from pipeline.core.sources import KINDS, Source
from pipeline.errors import ConfigError, PipelineError
from pipeline.settings import Settings
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.fetch_preview import Preview

T = TypeVar("T")
SHOWN = 10


@click.command()
@click.argument("source")
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    default="feed",
    show_default=True,
    help="What lies at SOURCE if that is a URL; an id has its kind in the catalogue.",
)
def preview(source: str, kind: str) -> None:
    """Show what SOURCE, an id of the catalogue or a URL, would give now."""
    from pipeline.stages.fetch_preview import preview as look

    configured = local.load()
    row = _row(configured, source, kind)
    found = _looking(configured, lambda ports, options: look(ports, options, row))
    if found.failure is not None:
        raise _unread(row.url, found.failure)
    _show(found)


@click.command()
@click.argument("url")
def discover(url: str) -> None:
    """Look for feeds and sitemaps of the site at URL and show what each would give."""
    from pipeline.stages.fetch_preview import discover as look

    whole_url(url)
    found = _looking(local.load(), lambda ports, options: look(ports, options, url))
    if len(found) == 1 and found[0].failure is not None:
        raise _unread(url, found[0].failure)
    rows = [
        (each.kind, each.url, len(each.entries), _day(each.newest), each.feed.reader if each.feed else "")
        for each in found
    ]
    print_table(("kind", "url", "entries", "newest", "reader"), rows, empty="no feed and no sitemap found")
    if found:
        click.echo(f"to follow one: copydesk sources add {found[0].url} --kind {found[0].kind}")


def whole_url(url: str) -> None:
    """Raise BadParameter for what the fetcher cannot ask for."""
    if refusal := urls.refusal(url):
        what = "no whole URL" if refusal == "invalid-url" else f"not for us: {refusal}"
        raise click.BadParameter(
            f"{url!r} is {what}; give one such as https://paper.example/feed", param_hint="URL"
        )


WAYS_OUT = {
    "address": "only public addresses are asked",
    "robots": "its robots.txt forbids it; its publisher may allow it",
    "robots-unreachable": "its robots.txt cannot be had, which forbids everything for now; try again later",
    "not-a-feed": "`copydesk sources discover` looks for the feeds of a site",
    "not-found": "`copydesk sources discover` looks for the feeds of a site",
    "gone": "`copydesk sources discover` looks for the feeds of a site",
    "unknown-host": "is the name spelt right?",
    "forbidden": "its publisher does not want us, or not so; COPYDESK_USER_AGENT says who we are",
}
"""What a person can do about a failure, where that is not plain."""


def _unread(url: str, failure: Failure) -> PipelineError:
    status = f" (HTTP {failure.status})" if failure.status else ""
    said = ", ".join(filter(None, (f"{failure.reason}{status}", failure.detail)))
    way_out = WAYS_OUT.get(failure.reason)
    return PipelineError(f"{url} cannot be read: {said}" + (f"\n       {way_out}" if way_out else ""))


def _row(configured: Settings, source: str, kind: str) -> Source:
    from pipeline.bootstrap import read_catalogue

    if "://" in source:
        whole_url(source)
        return Source(id="preview", name=source, kind=KINDS[kind], url=source)
    for row in read_catalogue(configured.sources):
        if row.id == source:
            return row
    raise ConfigError(
        f"no source is called {source!r}; `copydesk sources list` shows all, and a URL begins with https://"
    )


def _looking(configured: Settings, look: Callable[[FetchPorts, Options], Coroutine[Any, Any, T]]) -> T:
    """Run a look over stores in memory: leases and paces hold for this process only."""
    from pipeline.adapters.http import HttpFetcher
    from pipeline.adapters.memory import MemoryWorld

    log.configure("WARNING")
    world = MemoryWorld()
    with ThreadPoolExecutor(1) as threads:
        ports = FetchPorts(
            fetcher=HttpFetcher(configured.user_agent, configured.host_table),
            publisher=world.publisher(),
            ledger=world.articles,
            sources=world.sources,
            hosts=world.hosts,
            clock=lambda: datetime.now(UTC),
            threads=threads,
        )
        options = Options(
            agent=configured.user_agent, owner="preview", pace_seconds=min(configured.pace_seconds, 2.0)
        )
        return asyncio.run(look(ports, options))


def _show(found: Preview) -> None:
    feed = found.feed
    if feed is None:
        return
    click.echo(f"{feed.kind} {feed.title or ''} ({feed.language or 'no language'}), read by {feed.reader}")
    dropped = ", ".join(f"{number} {reason}" for reason, number in (found.dropped or {}).items())
    click.echo(f"{len(found.entries)} entries, newest {_day(found.newest)}; left out: {dropped or 'none'}")
    rows = [
        (_day(entry.published_at or entry.updated_at), entry.title, entry.url)
        for entry in found.entries[:SHOWN]
    ]
    print_table(("date", "title", "url"), rows, empty="")


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "undated"
