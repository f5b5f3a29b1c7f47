"""`copydesk trace`: every stage's word on one article, its story, its texts and its records."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import local
from pipeline.cli.naming import article_named
from pipeline.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from pipeline.core.records import Record
    from pipeline.stages.tracing import Trace


@click.command()
@click.argument("url")
@click.option("--records", is_flag=True, help="Also find its records; reads the topics whole.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def trace(url: str, records: bool, as_json: bool) -> None:
    """What happened to the article at URL (or with that article id)."""
    from pipeline.stages import tracing
    from pipeline.world import World

    wanted = article_named(url)
    world = World(local.load("kafka", "elasticsearch"))
    try:
        found = tracing.trace(wanted, world.ledger, world.revisions, world.stories)
        keys = {wanted, *(story.story_id for story in found.stories)} if found else {wanted}
        held = list(tracing.records_of(world.reader, keys)) if records else []
    finally:
        world.close()
    if as_json:
        print_json(_as_json(wanted, found, held))
    elif found is None:
        click.echo(f"{wanted} is not in the ledger: no source announced this URL, or in another spelling.")
    else:
        _print(found, held)
    sys.exit(0 if found else 1)


def _as_json(wanted: str, found: Trace | None, held: list[Record]) -> dict[str, Any]:
    from pipeline.core.codec import to_document

    if found is None:
        return {"article_id": wanted, "found": False, "records": [_pointer(record) for record in held]}
    return {
        "article_id": wanted,
        "found": True,
        "ledger": to_document(found.entry),
        "stories": [_story(to_document(story)) for story in found.stories],
        "revisions": [
            {"revision": kept.revision, "position": kept.position, "title": kept.title}
            for kept in found.revisions
        ],
        "records": [_pointer(record) for record in held],
    }


def _story(document: dict[str, Any]) -> dict[str, Any]:
    """The story without its text, which `copydesk search` shows."""
    return {
        name: value for name, value in document.items() if not name.startswith(("text", "title_", "suggest"))
    }


def _pointer(record: Record) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "type": record.headers.get("ce_type"),
        "time": record.timestamp.isoformat(),
    }


def _print(found: Trace, held: list[Record]) -> None:
    from pipeline.core.codec import to_document

    entry = found.entry
    click.echo(f"{entry.article_id} is {entry.state}")
    for name in ("fetch", "clean", "index", "edit"):
        section = to_document(entry).get(name)
        if section:
            click.echo(f"\n{name}")
            print_table(
                ("what", "value"),
                [(key, value) for key, value in section.items() if value not in (None, False)],
            )
    for story in found.stories:
        where = f", merged into {story.merged_into}" if story.merged_into else ""
        click.echo(f"\nstory {story.story_id}: {story.status}, version {story.version}{where}")
        print_table(
            ("member", "source", "title", "url", "edits"),
            [(m.article_id, m.source_id, m.title, m.url, ", ".join(m.edits)) for m in story.members],
        )
    click.echo()
    print_table(
        ("revision", "position", "title"),
        [(kept.revision, kept.position, kept.title or "(removed)") for kept in found.revisions],
        empty="no text kept",
    )
    if held:
        click.echo()
        print_table(
            ("topic", "partition", "offset", "type", "time"),
            [tuple(_pointer(record).values()) for record in held],
        )
