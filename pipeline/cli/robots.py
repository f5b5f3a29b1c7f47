"""`copydesk robots`: what a robots.txt says to us."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from pathlib import Path

import click

from pipeline.core import robots as rules


@click.group()
def robots() -> None:
    """What a robots.txt says to us."""


@robots.command()
@click.option("--robots", "file", type=click.Path(dir_okay=False, allow_dash=True), help="the robots.txt")
@click.option("--agent", help="product token or User-Agent header")
@click.option("--jsonl", is_flag=True, help="read {id, robots_base64, agent, url} lines from standard input")
@click.argument("urls", nargs=-1)
def check(file: str | None, agent: str | None, jsonl: bool, urls: tuple[str, ...]) -> None:
    """Say for each URL whether AGENT may ask for it, and the delay asked for in seconds."""
    if jsonl:
        out = sys.stdout
        for line in sys.stdin.buffer:
            if line.strip():
                out.write(json.dumps(_answer_line(line)) + "\n")
        return
    if file is None or agent is None:
        raise click.UsageError("give --robots and --agent, or --jsonl")
    parsed = rules.parse(sys.stdin.buffer.read() if file == "-" else _content(Path(file)))
    for url in urls:
        click.echo(json.dumps({"url": url, **_answer(parsed, url, agent)}))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}", param_hint="--robots") from error


def _answer_line(line: bytes) -> dict[str, object]:
    question = None
    try:
        question = json.loads(line)
        body = base64.b64decode(question["robots_base64"], validate=True)
        return {"id": question["id"], **_answer(rules.parse(body), question["url"], question["agent"])}
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        given = question.get("id") if isinstance(question, dict) else None
        return {"id": given, "allowed": None, "crawl_delay": None, "error": f"not a question: {error!r}"}


def _answer(parsed: rules.Robots, url: str, agent: str) -> dict[str, object]:
    return {"allowed": parsed.allows(url, agent), "crawl_delay": parsed.crawl_delay(agent)}
