"""`copydesk index rebuild` and `drop-old`: a new version of the readers' index, without a pause for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from pipeline import log
from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from pipeline.world import World


@click.command("rebuild")
@click.option("--abandon", is_flag=True, help="Delete a version that is not in place yet, and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rebuild(abandon: bool, as_json: bool) -> None:
    """Fill a new version of the stories' index from the topic, and put it in place when it lacks nothing.

    Readers and writers go on meanwhile. Run it again after an interruption: it goes on where it stopped. The
    version before stays until `copydesk index drop-old`.
    """
    from pipeline.world import World

    configured = local.load("kafka", "elasticsearch")
    log.configure("WARNING")
    world = World(configured)
    try:
        if abandon:
            name = world.next_index.abandon()
            click.echo(f"{name} is deleted" if name else "no version is being filled")
            return
        _rebuild(world, as_json=as_json)
    finally:
        world.close()


@click.command("drop-old")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def drop_old(yes: bool, as_json: bool) -> None:
    """Delete the versions of the stories' index that nobody reads or writes any more."""
    from pipeline.world import World

    world = World(local.load("elasticsearch"))
    try:
        old = world.next_index.old()
        if not as_json:
            print_table(("old version", "stories"), old.items(), empty="There is no old version.")
        if old and (yes or click.confirm("Delete what is listed?", abort=True, err=as_json)):
            world.next_index.drop_old(list(old))
        if as_json:
            print_json({"dropped": old})
    finally:
        world.close()


def _rebuild(world: World, *, as_json: bool) -> None:
    from pipeline.bootstrap import run_reindex

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        tasks = {name: progress.add_task(name, total=None) for name in ("stories", "comparisons")}
        found = run_reindex(
            world, lambda name, done, total: progress.update(tasks[name], completed=done, total=total)
        )
    if as_json:
        print_json(found)
        return
    facts = {
        "in place": found.index,
        "before it, kept": found.served_before,
        "resumed at offset": found.resumed_at or None,
        "records read": found.records,
        **{f"stories {status}": number for status, number in sorted(found.statuses.items())},
        "compared in full": found.checked,
        "repaired": found.repaired,
        "differences": 0,
    }
    print_table(("index", ""), [(name, value) for name, value in facts.items() if value is not None])
    click.echo("`copydesk index drop-old` deletes the version before.")
