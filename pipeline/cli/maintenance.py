"""`copydesk maintenance`: do what is due now, or look at what was done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

import click

from pipeline import log
from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from pipeline.core.maintenance import Part

_PARTS = ("texts", "runs", "snapshot", "furniture", "rebuild")


@click.group()
def maintenance() -> None:
    """What is deleted, saved and learnt every day."""


@maintenance.command()
@click.option("--only", type=click.Choice(_PARTS), multiple=True, help="Only this part; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--seconds", type=float, help="Time budget of a rebuild; default: COPYDESK_DRAIN_SECONDS.")
@click.option("--trigger", help="Who asked for the run; kept in its report.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(
    only: tuple[str, ...], dry_run: bool, seconds: float | None, trigger: str | None, as_json: bool
) -> None:
    """Do what is due. A second run on the same day does nothing."""
    from pipeline.bootstrap import run_maintenance, stopping
    from pipeline.stages.runner import Pace
    from pipeline.world import World

    configured = local.load("kafka", "elasticsearch")
    log.configure("WARNING")
    world = World(configured)
    try:
        with stopping() as stop:
            pace = Pace(
                batch=configured.batch_records, seconds=seconds or configured.drain_seconds, stop=stop
            )
            parts = cast("tuple[Part, ...]", only or _PARTS)
            found = run_maintenance(world, pace, trigger, parts=parts, dry_run=dry_run)
    finally:
        world.close()
    if as_json:
        print_json({"run_id": found.run_id, "dry_run": dry_run, "done": dict(found.done)})
        return
    heading = "would be done" if dry_run else "done"
    print_table((heading, "count"), sorted(found.done.items()), empty="nothing is due")
    if "rebuild(waits-for-list)" in found.done:
        click.echo("The list comes into force as the index stage reads it; then run this again.")


@maintenance.command()
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True, help="How far back.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def history(days: int, as_json: bool) -> None:
    """What the runs of the last days did, the newest first."""
    from pipeline.bootstrap import now
    from pipeline.core.codec import to_document
    from pipeline.ports import Where
    from pipeline.world import World

    world = World(local.load("elasticsearch"))
    try:
        since = now() - timedelta(days=days)
        where = Where(terms={"stage": ["maintenance"]}, ranges={"started_at": (since, None)})
        reports = [stored.value for stored in world.runs.find(where, order="-started_at")]
    finally:
        world.close()
    if as_json:
        print_json([to_document(report) for report in reports])
        return
    print_table(
        ("started", "status", "done", "error"),
        [
            (
                f"{report.started_at:%Y-%m-%d %H:%M}",
                report.status,
                ", ".join(f"{name} {count}" for name, count in sorted(report.outcomes.items()))
                or "nothing due",
                report.error,
            )
            for report in reports
        ],
        empty="no run of maintenance",
    )
