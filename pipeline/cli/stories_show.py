"""`copydesk stories show` and `history`: a story as it is, and how it came to be so."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import local
from pipeline.cli.naming import named
from pipeline.cli.tables import print_json, print_table
from pipeline.core.codec import to_document

if TYPE_CHECKING:
    from pipeline.core.model import Revision, Story
    from pipeline.core.records import Record
    from pipeline.world import World


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def show(name: str, as_json: bool) -> None:
    """The story that NAME (story id, article id or URL) is in now: members, lead, relations."""
    world = _world()
    try:
        trail = _trail(world, named(name))
    finally:
        world.close()
    if as_json:
        print_json(
            {
                "found": bool(trail),
                "trail": [story.story_id for story in trail],
                "story": _document(trail[-1]) if trail else None,
            }
        )
    elif trail:
        _print(trail)
    else:
        click.echo(f"{name} is in no story; `copydesk trace` says where the article is.")
    sys.exit(0 if trail else 1)


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def history(name: str, as_json: bool) -> None:
    """Every change of story NAME still in news.stories.v1, of the stories that went into it too.

    Where an article's text was replaced it says what changed: the title, and the share of the text by words.
    Compaction drops older changes after about a day; the last of each story always stays.
    """
    from pipeline.stages import tracing

    world = _world()
    try:
        trail = _trail(world, named(name))
        ids = {story.story_id for story in trail} | {named(name)}
        changes = list(tracing.history(world.reader, ids | _merged_into(world, ids)))
        members = {member.article_id for _, story in changes for member in story.members}
        revised = _revised(world.revisions.of(members))
    finally:
        world.close()
    rows = [{**row, "changed": revised.get(row["version"], [])} for row in _changes(changes)]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("version", "at", "story", "change", "status", "members", "lead", "joined", "left", "changed"),
            [
                (
                    str(row["version"]),
                    row["changed_at"][:19],
                    row["story_id"],
                    f"{row['change']} into {row['merged_into']}" if row["merged_into"] else row["change"],
                    row["status"],
                    row["article_count"],
                    row["lead"],
                    ", ".join(row["joined"]),
                    ", ".join(row["left"]),
                    "; ".join(map(_in_words, row["changed"])),
                )
                for row in rows
            ],
            empty="the topic holds no record of it",
        )
    sys.exit(0 if rows else 1)


def _world() -> World:
    from pipeline.world import World

    return World(local.load("kafka", "elasticsearch"))


def _trail(world: World, name: str) -> list[Story]:
    """From the story the name first stood for to the one it stands for now."""
    from pipeline.stages.tracing import followed

    first: str | None = name
    if not name.startswith("s-"):
        stored = world.ledger.get([name]).get(name)
        first = stored.value.index.story_id if stored and stored.value.index else None
    return list(followed(first, world.stories))


def _merged_into(world: World, ids: set[str]) -> set[str]:
    """The stories whose members the story holds: each was named after one of them."""
    members = {
        "s-" + member.article_id.removeprefix("a-")
        for story in world.stories.get(ids).values()
        for member in story.members
    }
    return set(world.stories.get(members))


def _document(story: Story) -> dict[str, Any]:
    """Without what only searching needs."""
    document = to_document(story)
    return {key: value for key, value in document.items() if not key.startswith(("title_", "text_", "sug"))}


def _print(trail: list[Story]) -> None:
    story = trail[-1]
    for before in trail[:-1]:
        click.echo(f"{before.story_id} was merged into {before.merged_into}")
    count = len(story.members) + len(story.more_member_ids)
    click.echo(f"{story.story_id} is {story.status}: {count} articles, version {story.version}")
    click.echo(f"last change: {story.change} at {story.changed_at:%Y-%m-%d %H:%M:%S}")
    if story.content:
        click.echo(f"\n{story.content.title}\n{story.content.url}")
    click.echo()
    print_table(
        ("member", "", "source", "event", "words", "title", "url", "edits"),
        [
            (
                member.article_id,
                "lead" if member.article_id == story.lead else "",
                member.source_id,
                f"{member.event_at:%Y-%m-%d %H:%M}",
                member.word_count,
                member.title,
                member.url,
                ", ".join(member.edits),
            )
            for member in story.members
        ],
    )
    if story.more_member_ids:
        click.echo(f"and {len(story.more_member_ids)} more, kept by id only")
    if story.relations:
        click.echo()
        print_table(
            ("article", "relation", "other", "why"),
            [(one.article_id, one.kind, one.other_id, one.why) for one in story.relations],
        )


def _revised(revisions: Iterable[Revision]) -> dict[int, list[dict[str, Any]]]:
    """Per version of a story which article's text was replaced, and how it differs from the one before."""
    found: dict[int, list[dict[str, Any]]] = {}
    for revision in revisions:
        article = revision.article
        if article is not None and article.changed is not None:
            document = to_document(article)
            row = {"article_id": article.article_id, "revision": article.revision, **document["changed"]}
            row["modified_at"] = document.get("modified_at")
            found.setdefault(revision.position + 1, []).append(row)
    return found


def _in_words(row: dict[str, Any]) -> str:
    title = "title, " if row["title"] else ""
    return f"{row['article_id']}: {title}{row['text']:.1%} of the text"


def _changes(records: Iterable[tuple[Record, Story]]) -> Iterable[dict[str, Any]]:
    """One row a record: who joined and who left since the record of that story before."""
    held: dict[str, set[str]] = {}
    for record, story in records:
        members = {member.article_id for member in story.members} | set(story.more_member_ids)
        before = held.get(story.story_id, set())
        held[story.story_id] = members
        yield {
            "version": story.version,
            "changed_at": to_document(story)["changed_at"],
            "story_id": story.story_id,
            "change": story.change,
            "status": story.status,
            "merged_into": story.merged_into,
            "article_count": len(members),
            "lead": story.lead,
            "joined": sorted(members - before),
            "left": sorted(before - members),
            "offset": record.offset,
        }
