"""`copydesk robots`: what a robots.txt says to us."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
import msgspec

from pipeline.cli.questions import answered, content, octets
from pipeline.core import robots as rules


@click.group()
def robots() -> None:
    """What a robots.txt says to us."""


@robots.command()
@click.option(
    "--robots",
    "file",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="the robots.txt; `-` is standard input",
)
@click.option("--agent", help="product token or User-Agent header")
@click.option("--jsonl", is_flag=True, help="read {id, robots_base64, agent, url} lines from standard input")
@click.argument("urls", nargs=-1)
def check(file: str | None, agent: str | None, jsonl: bool, urls: tuple[str, ...]) -> None:
    """Say for each of URLS whether AGENT may ask for it, and the delay asked for in seconds."""
    if jsonl:
        if file is not None or agent is not None or urls:
            raise click.UsageError("--jsonl reads everything from standard input, so give nothing else")
        nothing = {"allowed": None, "crawl_delay": None}
        for line in answered(sys.stdin.buffer, _Question, _answer, nothing):
            sys.stdout.write(line + "\n")
        return
    if file is None or agent is None or not urls:
        raise click.UsageError("give --robots, --agent and a URL or several, or --jsonl")
    parsed = rules.parse(content(file, "--robots"))
    for url in urls:
        click.echo(json.dumps({"url": url, **_verdict(parsed, url, agent)}))


class _Question(msgspec.Struct):
    """One line of input; `id` may be any JSON value."""

    id: Any
    robots_base64: str
    agent: str
    url: str


def _answer(question: _Question) -> dict[str, object]:
    return _verdict(rules.parse(octets(question.robots_base64)), question.url, question.agent)


def _verdict(parsed: rules.Robots, url: str, agent: str) -> dict[str, object]:
    return {"allowed": parsed.allows(url, agent), "crawl_delay": parsed.crawl_delay(agent)}
