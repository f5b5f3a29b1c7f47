"""`copydesk dead-letters`: look at what failed, send it through again, or set it aside for good."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.core.dead_letters import DeadLetter
    from pipeline.stages.letters import Letter
    from pipeline.world import World

SHOWN_BYTES = 2000
STAGE = click.Choice(["fetch", "clean", "index"])
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@click.group("dead-letters")
def dead_letters() -> None:
    """Records that could not succeed, with their cause."""


@dead_letters.command("list")
@click.option("--stage", type=STAGE, help="Only those that this stage gave up on.")
@click.option("--reason", help="Only those dead-lettered for this reason.")
@click.option(
    "--all", "all_", is_flag=True, help="Also those already settled by a replay, a later fetch or a park."
)
@AS_JSON
def list_(stage: str | None, reason: str | None, all_: bool, as_json: bool) -> None:
    """The open dead letters; the number is what the other commands take."""
    with _world() as world:
        found = [held for held in _letters(world, stage, reason) if all_ or held.is_open]
    if as_json:
        print_json([_as_json(held) for held in found])
        return
    print_table(
        ("number", "stage", "reason", "article", "state", "attempts", "failed at", "error"),
        [
            (
                held.letter.offset_here,
                held.letter.stage,
                held.letter.reason,
                held.letter.key,
                held.state or "unknown",
                held.letter.attempts,
                f"{held.letter.failed_at:%Y-%m-%d %H:%M}",
                held.letter.error[:120],
            )
            for held in found
        ],
        empty="no open dead letters",
    )


@dead_letters.command()
@click.argument("number", type=int)
@click.option("--value", is_flag=True, help="Print the original value, untouched, and nothing else.")
@AS_JSON
def show(number: int, value: bool, as_json: bool) -> None:
    """The dead letter NUMBER of the list: its cause, its headers, the start of its value."""
    with _world() as world:
        (held,) = _chosen(world, (number,))
    if value:
        sys.stdout.buffer.write(held.letter.value or b"")
    elif as_json:
        print_json(_as_json(held) | {"headers": dict(held.letter.headers)})
    else:
        facts = _as_json(held)
        print_table(("what", "value"), list(facts.items()))
        click.echo()
        print_table(("original header", "value"), sorted(held.letter.headers.items()), empty="no headers")
        click.echo()
        click.echo((held.letter.value or b"")[:SHOWN_BYTES].decode("utf-8", "replace"))


@dead_letters.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--stage", type=STAGE, help="With --open: only this stage's.")
@click.option("--reason", help="With --open: only those of this reason.")
@click.option("--open", "open_", is_flag=True, help="All open ones instead of NUMBERS.")
@AS_JSON
def replay(
    numbers: tuple[int, ...], stage: str | None, reason: str | None, open_: bool, as_json: bool
) -> None:
    """Send the originals of NUMBERS to their topics again, once the cause is mended.

    Exits with 1 when some of them cannot be sent: those without a value, or too large.
    """
    from pipeline.stages import letters

    _check_named(numbers, open_)
    with _world() as world:
        chosen = _chosen_or_open(world, numbers, stage, reason)
        problems = letters.replay([held.letter for held in chosen], world.publisher)
    sent = len(chosen) - len(problems)
    said = f"{sent} sent again; `copydesk dead-letters list` shows what fails again"
    _settle(as_json, said, {"sent": sent}, problems)


@dead_letters.command()
@click.argument("numbers", type=int, nargs=-1)
@click.option("--stage", type=STAGE, help="With --open: only this stage's.")
@click.option("--reason", "about", help="With --open: only those of this reason.")
@click.option("--open", "open_", is_flag=True, help="All open ones instead of NUMBERS.")
@click.option("--because", default="parked by an operator", show_default=True, help="Kept in the ledger.")
@AS_JSON
def park(
    numbers: tuple[int, ...],
    stage: str | None,
    about: str | None,
    open_: bool,
    because: str,
    as_json: bool,
) -> None:
    """Set the articles of NUMBERS aside for good, until a later fetch brings something new.

    Exits with 1 when some belong to no article: those leave with the retention of their topic.
    """
    from pipeline.bootstrap import now
    from pipeline.stages import letters

    _check_named(numbers, open_)
    with _world() as world:
        chosen = _chosen_or_open(world, numbers, stage, about)
        known = [held for held in chosen if held.state is not None]
        parked = letters.park(
            known, world.ledger, world.publisher, by=getpass.getuser(), reason=because, now=now()
        )
    articles = "1 article" if len(parked) == 1 else f"{len(parked)} articles"
    _settle(
        as_json,
        f"{articles} will be parked as soon as the index stage reads the log",
        {"parked": parked},
        [
            f"dead letter {held.letter.offset_here}: of no article in the ledger, so there is nothing to park"
            for held in chosen
            if held.state is None
        ],
    )


@contextmanager
def _world() -> Iterator[World]:
    from pipeline.world import World

    world = World(local.load("kafka", "elasticsearch"))
    try:
        yield world
    finally:
        world.close()


def _letters(world: World, stage: str | None, reason: str | None) -> list[Letter]:
    from pipeline.stages.letters import letters

    def wanted(letter: DeadLetter) -> bool:
        return stage in (None, letter.stage) and reason in (None, letter.reason)

    return letters(world.reader, world.ledger, wanted)


def _chosen(world: World, numbers: tuple[int, ...]) -> list[Letter]:
    held = {held.letter.offset_here: held for held in _letters(world, None, None)}
    if missing := [number for number in numbers if number not in held]:
        raise PipelineError(
            f"no dead letter {', '.join(map(str, missing))}; see `copydesk dead-letters list`"
        )
    return [held[number] for number in numbers]


def _check_named(numbers: tuple[int, ...], open_: bool) -> None:
    if bool(numbers) == open_:
        raise click.UsageError("name dead letters by number, or give --open for all open ones")


def _chosen_or_open(
    world: World, numbers: tuple[int, ...], stage: str | None, reason: str | None
) -> list[Letter]:
    if numbers:
        return _chosen(world, numbers)
    return [held for held in _letters(world, stage, reason) if held.is_open]


def _as_json(held: Letter) -> dict[str, Any]:
    letter = held.letter
    return {
        "number": letter.offset_here,
        "stage": letter.stage,
        "reason": letter.reason,
        "error": letter.error,
        "article_id": letter.key,
        "state": held.state,
        "attempts": letter.attempts,
        "failed_at": letter.failed_at.isoformat(),
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "value": letter.value_state,
    }


def _settle(as_json: bool, said: str, done: dict[str, Any], problems: list[str]) -> None:
    """Say what was done and what could not be, and exit accordingly."""
    if as_json:
        print_json({**done, "problems": problems})
    else:
        click.echo(said)
        for problem in problems:
            click.echo(problem, err=True)
    sys.exit(1 if problems else 0)
