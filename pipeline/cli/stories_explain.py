"""`copydesk stories explain`: what two articles share, where, and why they are or are not copies."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pipeline.cli import local
from pipeline.cli.naming import article_named
from pipeline.cli.stories_lines import read
from pipeline.cli.tables import print_json, print_table
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.model import CleanArticle, Story
from pipeline.core.plain import rfc3339
from pipeline.core.stories.explaining import Explanation, Side, explain, kept_side, side_of
from pipeline.errors import ConfigError, PipelineError

if TYPE_CHECKING:
    from pipeline.world import World

SHOWN_WORDS = 40
"""Words of a shared passage that are printed for people; --json has all."""


@click.command("explain")
@click.argument("one")
@click.argument("other")
@click.option(
    "--files", is_flag=True, help="The arguments are files with one clean article each; no server is asked."
)
@click.option(
    "--furniture",
    "given",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --files: a list of `stories learn`; without one nothing is left out.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def explain_(one: str, other: str, files: bool, given: Path | None, as_json: bool) -> None:
    """Why the articles ONE and OTHER (ids or URLs) are or are not copies, under the list in force now.

    A file holds what `copydesk extract` prints or one line as `stories assign` reads them.
    """
    if given and not files:
        raise click.UsageError("--furniture goes with --files; otherwise the list in force is used")
    if files:
        found = explain([_from(Path(one))], [_from(Path(other))], _list(given))
        homes: list[Story | None] = [None, None]
    else:
        found, homes = _asked(article_named(one), article_named(other))
    if as_json:
        print_json(_as_json(found, homes))
    else:
        _print(found, homes)
    sys.exit(0)


def _asked(one: str, other: str) -> tuple[Explanation, list[Story | None]]:
    from pipeline.bootstrap import furniture_in_force
    from pipeline.stages.takedown import look_up
    from pipeline.world import World

    world = World(local.load("kafka", "elasticsearch"))
    try:
        world.revisions.refresh()
        sides = [_sides(world, name) for name in (one, other)]
        homes = [look_up(name, world.ledger, world.stories).story for name in (one, other)]
        return explain(sides[0], sides[1], furniture_in_force(world)), homes
    finally:
        world.close()


def _sides(world: World, article_id: str) -> list[Side]:
    kept = sorted(world.revisions.of([article_id]), key=lambda text: text.position)
    if not kept:
        raise PipelineError("no text of this article is kept; `copydesk trace` says why", article=article_id)
    return [kept_side(text) for text in kept]


def _from(path: Path) -> Side:
    try:
        written = msgspec.json.encode(msgspec.json.decode(path.read_bytes()))
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no JSON file: {error}") from error
    (article,) = read([written])
    if not isinstance(article, CleanArticle):
        raise ConfigError(f"{path} holds no clean article: {article.message}")
    return side_of(article)


def _list(given: Path | None) -> Furniture:
    if given is None:
        return Furniture()
    try:
        return decode(given.read_text(encoding="utf-8"), 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{given} is no furniture list: {error}") from error


def _as_json(found: Explanation, homes: Sequence[Story | None]) -> dict[str, Any]:
    verdict = found.verdict
    sides = zip((found.one, found.other), homes, found.furniture, strict=True)
    return {
        "articles": [_side_json(side, home, left_out) for side, home, left_out in sides],
        "copies": verdict.is_copy,
        "kind": verdict.kind,
        "rule": verdict.rule,
        "why": verdict.why,
        "relations": [
            {"kind": link.kind, "article_id": link.subject, "other_id": link.object} for link in verdict.links
        ],
        "shorter": verdict.shorter,
        "longer": verdict.longer,
        "evidence": msgspec.to_builtins(verdict.evidence),
        "compared": found.compared,
        "terms": {"shared": found.terms_shared, "needed": found.terms_needed},
        "passages": [msgspec.to_builtins(passage) for passage in found.passages],
        "story": _together(homes),
    }


def _side_json(side: Side, home: Story | None, left_out: int) -> dict[str, Any]:
    document = side.document
    return {
        "article_id": document.article_id,
        "revision": side.revision,
        "source_id": document.source_id,
        "url": side.url,
        "title": document.title or None,
        "language": document.language,
        "event_at": rfc3339(document.event_at),
        "words": len(document.tokens),
        "furniture_phrases": left_out,
        "story_id": home.story_id if home else None,
    }


def _together(homes: Sequence[Story | None]) -> str | None:
    """The story both are in."""
    one, other = homes
    return one.story_id if one and other and one.story_id == other.story_id else None


def _print(found: Explanation, homes: Sequence[Story | None]) -> None:
    verdict, evidence = found.verdict, found.verdict.evidence
    sides = zip((found.one, found.other), homes, found.furniture, strict=True)
    rows = [_side_json(side, home, left_out) for side, home, left_out in sides]
    columns = (
        "article_id",
        "source_id",
        "event_at",
        "language",
        "words",
        "furniture_phrases",
        "story_id",
        "title",
    )
    print_table(
        ("article", "source", "event", "language", "words", "furniture", "story", "title"),
        [tuple(row[name] for name in columns) for row in rows],
    )
    said = "copies" if verdict.is_copy else f"no copies, but {verdict.kind}" if verdict.kind else "no copies"
    click.echo(f"\n{said}: {verdict.why} (rule {verdict.rule})")
    for link in verdict.links:
        click.echo(f"{link.subject} {link.kind.replace('_', ' ')} {link.object}")
    if not found.compared:
        click.echo(
            f"The index stage does not compare them: they share {found.terms_shared} of the "
            f"{found.terms_needed} terms needed, or differ in language or week."
        )
    if (story := _together(homes)) and not verdict.is_copy:
        click.echo(f"Yet both are in {story}: other members tie them together, or did under an earlier list.")
    measured = [
        (name.replace("_", " "), f"{value:.0%}" if isinstance(value, float) else value)
        for name, value in msgspec.to_builtins(evidence).items()
        if value is not None
    ]
    click.echo()
    print_table(("measured", "value"), measured)
    click.echo()
    print_table(
        ("word", "word of the other", "words", "shared passage"),
        [(p.one + 1, p.other + 1, p.length, _shortened(p.words)) for p in found.passages],
        empty="no shared passage",
    )


def _shortened(text: str | None) -> str:
    if text is None:
        return "(the words were removed)"
    found = text.split()
    return text if len(found) <= SHOWN_WORDS else " ".join(found[:SHOWN_WORDS]) + " …"
