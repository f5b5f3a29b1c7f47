"""`copydesk stories remove` and `restore`: an operator's word, put into the log."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from pipeline.cli import local
from pipeline.cli.naming import named

if TYPE_CHECKING:
    from pipeline.core.model import Edit
    from pipeline.stages.takedown import Named, Order

NEXT = "the index stage reads the log: `copydesk run index --drain`, or by itself within 15 minutes"


@click.command()
@click.argument("name")
@click.option("--copies", is_flag=True, help="Also every copy of it, those that arrive later included.")
@click.option("--reason", required=True, help="Kept in the log and the ledger, never shown to readers.")
def remove(name: str, copies: bool, reason: str) -> None:
    """Hide the article NAME (id or URL) from readers, for good: no replay or rebuild brings it back.

    Its words are replaced by hashes, so that later copies are still recognised. A story id stands for all
    members and needs --copies.
    """
    from pipeline.stages import takedown

    found, edits = _order(name, reason, lambda found, order: takedown.removal(found, order, copies=copies))
    click.echo(f"{_counted(edits)} will be hidden, and the words erased, as soon as {NEXT}.")
    if copies:
        click.echo("Copies that arrive later will be hidden too.")
    elif found.story and len(found.members) > 1:
        others = len(found.members) - 1
        click.echo(
            f"{_number(others, 'copy', 'copies')} of it in {found.story.story_id} stay; --copies hides them."
        )
    if not found.known:
        click.echo("No source announced it so far; it will be hidden when it arrives.")
    click.echo(
        "Consumers of news.stories.v1 are told at once. Kafka itself keeps the words for a while: about a day"
        " in news.stories.v1, up to 14 days in the raw topic, 30 in the log, 90 if it was a dead letter."
        " Snapshots of before keep them for 14 days."
    )


@click.command()
@click.argument("name")
@click.option("--reason", help="Kept in the log and the ledger.")
def restore(name: str, reason: str | None) -> None:
    """Take a removal of NAME (article id, URL or story id) back.

    If it was removed with its copies, they come back too. Each is shown when it is next fetched.
    """
    from pipeline.stages import takedown

    found, edits = _order(name, reason, takedown.restoration)
    click.echo(f"The removal of {_counted(edits)} is taken back as soon as {NEXT}.")
    if found.story and found.story.hides_copies(found.story.version):
        click.echo(
            f"That lifts it for all {_number(len(found.members), 'member')} of {found.story.story_id}."
        )
    click.echo(
        "The words are gone, so each article is then due at once and shown when it has been fetched again."
    )


def _order(
    name: str, reason: str | None, decided: Callable[[Named, Order], list[Edit]]
) -> tuple[Named, list[Edit]]:
    """Look the name up, decide, publish."""
    from pipeline.bootstrap import now
    from pipeline.stages import takedown
    from pipeline.world import World

    world = World(local.load("kafka", "elasticsearch"))
    try:
        found = takedown.look_up(named(name), world.ledger, world.stories)
        edits = decided(found, takedown.Order(by=getpass.getuser(), at=now(), reason=reason))
        takedown.publish(edits, world.publisher)
    finally:
        world.close()
    return found, edits


def _counted(edits: list[Edit]) -> str:
    if len(edits) == 1:
        return str(edits[0].article_id)
    return f"{len(edits)} articles"


def _number(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
