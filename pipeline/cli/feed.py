"""`copydesk feed`: what the pipeline makes of a feed, sitemap or listing page."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

import click
import msgspec

from pipeline.cli.questions import answered, content, octets
from pipeline.core import feeds, urls
from pipeline.core.feeds import listing


@click.group()
def feed() -> None:
    """What the pipeline makes of a feed, sitemap or listing page."""


@feed.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--url", help="where the document came from; relative links are resolved against it")
@click.option("--content-type", help="the header of the response, which may name the charset")
@click.option("--links", help="CSS selector of a listing page's links, as in sources.yaml")
@click.option(
    "--jsonl", is_flag=True, help="read {id, url, content_type, body_base64} lines from standard input"
)
def parse(
    file: str | None, url: str | None, content_type: str | None, links: str | None, jsonl: bool
) -> None:
    """Read FILE (`-` is standard input) and print what it announces; exit 1 when it is no feed."""
    if jsonl:
        if file is not None:
            raise click.UsageError("--jsonl reads standard input, so give no FILE")
        for line in answered(sys.stdin.buffer, _Question, _answer, {"feed": None}):
            sys.stdout.write(line + "\n")
        return
    if file is None or url is None:
        raise click.UsageError("give FILE and --url, or --jsonl")
    if not urls.is_valid(url):
        raise click.BadParameter(
            f"{url!r} is no whole URL, such as https://paper.example/feed", param_hint="--url"
        )
    if links is not None and not listing.is_selector(links):
        raise click.BadParameter(f"{links!r} is no CSS selector", param_hint="--links")
    body = content(file, "FILE")
    click.echo(json.dumps(_shown(_parsed(body, content_type, url, links)), ensure_ascii=False, indent=2))


class _Question(msgspec.Struct):
    """One line of input; `id` may be any JSON value."""

    id: Any
    url: str
    body_base64: str
    content_type: str | None = None


def _answer(question: _Question) -> dict[str, Any]:
    body = octets(question.body_base64)
    try:
        return {"feed": _shown(feeds.parse(body, question.content_type, question.url)), "error": None}
    except feeds.NotAFeed as error:
        return {"feed": None, "error": f"{error.reason}: {error.message}"}


def _parsed(body: bytes, content_type: str | None, url: str, links: str | None) -> feeds.Feed:
    rules = feeds.Listing(links=links) if links else None
    return feeds.parse(body, content_type, url, rules=rules)


def _shown(found: feeds.Feed) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "title": found.title,
        "language": found.language,
        "entries": [_entry(item) for item in found.items],
    }


def _entry(item: feeds.Item) -> dict[str, Any]:
    return {
        "url": item.url,
        "title": item.title,
        "published_at": _time(item.published_at),
        "updated_at": _time(item.updated_at),
        "summary": item.summary,
        "authors": list(item.authors),
        "categories": list(item.categories),
        "guid": item.guid,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
