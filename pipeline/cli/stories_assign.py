"""`copydesk stories assign` and `learn`: the index stage over the in-memory world, without any server."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from pipeline.adapters.memory import MemoryWorld
from pipeline.cli.progress import counting
from pipeline.cli.stories_lines import Names, lines_of, read
from pipeline.core.copies.furniture import Furniture, decode, encode
from pipeline.core.model import CleanArticle
from pipeline.errors import ConfigError, InvalidRecord
from pipeline.stages.assigning import Assigned, AssignPorts, furniture_of
from pipeline.stages.assigning import assign as assign_all
from pipeline.stages.furniture import LOG
from pipeline.stages.index import IndexPorts
from pipeline.stages.index_takeover import Takeover
from pipeline.stages.rebuild import Silent

GROUP = "copydesk-index"
BATCH = 200


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--jsonl", is_flag=True, help="One JSON object a line in, one a line out (the only form).")
@click.option("--batch", type=click.IntRange(1), default=BATCH, show_default=True, help="Records at once.")
@click.option(
    "--furniture",
    "given",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A list of `stories learn` instead of one learnt from the input.",
)
@click.option("--cold", is_flag=True, help="No furniture list at all, as in a fresh installation.")
def assign(file: BinaryIO, jsonl: bool, batch: int, given: Path | None, cold: bool) -> None:
    """Which stories the clean articles of FILE or standard input make, in order of arrival.

    Reads lines {"article_id","url","source_id","title","text","language","published_at","fetched_at"} and
    prints, after the last, {"article_id","story_id","relations"} for each in the same order, by the code
    of the index stage. `language` and `published_at` may be null. Furniture is learnt from the whole input
    first. A line that is no article is answered with story_id null and an `error`, and the rest goes on.
    What is packed with gzip is unpacked.
    """
    if not jsonl:
        raise click.UsageError("give --jsonl")
    if cold and given:
        raise click.UsageError("--cold and --furniture exclude each other")
    chosen = _list(given) if given else None
    with counting() as heard:
        answers = _answers(read(lines_of(file)), chosen, batch=batch, cold=cold, heard=heard)
    sys.stdout.buffer.writelines(msgspec.json.encode(answer) + b"\n" for answer in answers)
    sys.stdout.buffer.flush()
    if broken := sum("error" in answer for answer in answers):
        click.echo(f"{broken} of {len(answers)} lines are no articles; their answers say why", err=True)


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--jsonl", is_flag=True, help="Lines as `stories assign` reads them (the only form).")
def learn(file: BinaryIO, jsonl: bool) -> None:
    """Learn the furniture list of the clean articles in FILE or on standard input and print it.

    The list holds hashes of phrases, no words; `stories assign --furniture` takes it.
    """
    if not jsonl:
        raise click.UsageError("give --jsonl")
    articles = [line for line in read(lines_of(file)) if isinstance(line, CleanArticle)]
    furniture = furniture_of(articles)
    click.echo(encode(furniture))
    sources = len(furniture.by_source)
    click.echo(
        f"{len(articles)} articles: {len(furniture.everywhere)} phrases of all sources, "
        f"{furniture.size - len(furniture.everywhere)} of {sources} single ones",
        err=True,
    )


def empty_world() -> AssignPorts:
    """An empty world in memory. Nobody reads its stories from a topic, so none are published."""
    world = MemoryWorld(strict=False)
    consumer = world.consumer(GROUP, LOG)
    index = IndexPorts(
        consumer=consumer,
        transactions=Silent(world.transactions(consumer, GROUP)),
        ledger=world.articles,
        revisions=world.revisions,
        stories=world.stories,
        takeover=Takeover(
            reader=world.reader(),
            ledger=world.articles,
            revisions=world.revisions,
            stories=world.stories,
            published=False,
        ),
    )
    return AssignPorts(publisher=world.publisher(), index=index, runs=world.runs)


def _answers(
    lines: list[CleanArticle | InvalidRecord],
    given: Furniture | None,
    *,
    batch: int,
    cold: bool,
    heard: Callable[[str, int], None],
) -> list[dict[str, Any]]:
    """One answer a line, in order."""
    articles = [line for line in lines if isinstance(line, CleanArticle)]
    heard("articles read", len(articles))
    furniture = None if cold else given or furniture_of(articles)
    names = Names(article.article_id for article in articles)
    given_ids = [article.article_id for article in articles]
    inner = [replace(article, article_id=names.inner(article.article_id)) for article in articles]
    results = iter(assign_all(empty_world(), inner, furniture, batch=batch, clock=_now, heard=heard))
    ids = iter(given_ids)
    return [
        _refused(line, line.facts["article_id"])
        if isinstance(line, InvalidRecord)
        else _answer(next(results), next(ids), names)
        for line in lines
    ]


def _list(path: Path) -> Furniture:
    try:
        return decode(path.read_text(encoding="utf-8"), 0)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} is no furniture list: {error}") from error


def _answer(result: Assigned | InvalidRecord, given_id: str, names: Names) -> dict[str, Any]:
    if isinstance(result, InvalidRecord):
        return _refused(result, given_id)
    relations = [
        {
            "kind": relation.kind,
            "article_id": given_id,
            "other_id": names.given(relation.other_id),
            "containment": relation.containment,
            "why": relation.why,
        }
        for relation in result.relations
    ]
    return {"article_id": given_id, "story_id": names.story(result.story_id), "relations": relations}


def _refused(error: InvalidRecord, given_id: object) -> dict[str, Any]:
    return {
        "article_id": given_id,
        "story_id": None,
        "relations": [],
        "error": f"{error.reason}: {error.message}",
    }


def _now() -> datetime:
    return datetime.now(UTC)
