"""`copydesk feed`: what the pipeline makes of a feed, sitemap or listing page."""

from __future__ import annotations

import base64
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from pipeline.core import feeds


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
        out = sys.stdout
        for line in sys.stdin.buffer:
            if line.strip():
                out.write(json.dumps(_answer(line)) + "\n")
        return
    if file is None or url is None:
        raise click.UsageError("give FILE and --url, or --jsonl")
    rules = feeds.Listing(links=links) if links else None
    body = sys.stdin.buffer.read() if file == "-" else _content(Path(file))
    click.echo(
        json.dumps(_shown(feeds.parse(body, content_type, url, rules=rules)), ensure_ascii=False, indent=2)
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint="FILE") from error


def _answer(line: bytes) -> dict[str, Any]:
    """One line's answer; a line that is no question is answered too, so that lines stay in step."""
    question = None
    try:
        question = json.loads(line)
        body = base64.b64decode(question["body_base64"], validate=True)
        url, content_type, name = question["url"], question.get("content_type"), question["id"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        name = question.get("id") if isinstance(question, dict) else None
        return {"id": name, "feed": None, "error": f"not a question: {error!r}"}
    try:
        return {"id": name, "feed": _shown(feeds.parse(body, content_type, url)), "error": None}
    except feeds.NotAFeed as error:
        return {"id": name, "feed": None, "error": f"{error.reason}: {error.message}"}


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
