"""`copydesk run`: one bounded run of a stage, or a worker that goes on until told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from pipeline import log
from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table

if TYPE_CHECKING:
    from pipeline.core.reports import RunReport
    from pipeline.stages.runner import Ended, Pace
    from pipeline.world import World

    Stage = Callable[[World, Pace, str | None], tuple[Ended, RunReport]]


@click.command()
@click.argument("stage", type=click.Choice(["fetch", "clean", "index"]))
@click.option("--drain", "mode", flag_value="drain", default=True, help="Run to the present ends, then stop.")
@click.option("--follow", "mode", flag_value="follow", help="Run until told to stop (SIGTERM or Ctrl-C).")
@click.option("--seconds", type=float, help="Time budget of a drain; default: COPYDESK_DRAIN_SECONDS.")
@click.option(
    "--batch", type=click.IntRange(1, 5000), help="Records at once; default: COPYDESK_BATCH_RECORDS."
)
@click.option("--trigger", help="Who asked for the run; kept in its report.")
@click.option("--json", "as_json", is_flag=True, help="Print the run's report as JSON.")
def run(
    stage: str, mode: str, seconds: float | None, batch: int | None, trigger: str | None, as_json: bool
) -> None:
    """Run STAGE once over what is there (--drain), or as a long-lived worker (--follow)."""
    from pipeline.bootstrap import stopping
    from pipeline.stages.runner import Pace
    from pipeline.world import World

    configured = local.load()
    log.configure(configured.log_level)
    world = World(configured)
    try:
        with stopping() as stop:
            pace = Pace(
                batch=batch or configured.batch_records,
                follow=mode == "follow",
                seconds=seconds or configured.drain_seconds,
                stop=stop,
            )
            ended, report = _work(_stage(stage), world, pace, trigger)
    finally:
        world.close()
    if as_json:
        print_json({"ended": ended, **_shown(report)})
    else:
        click.echo(f"{report.run_id}: {ended}")
        print_table(("outcome", "articles"), sorted(report.outcomes.items()), empty="nothing to do")
        if report.slowest:
            click.echo()
            rows = [(cost.host, cost.pages, f"{cost.cpu_ms:.1f}") for cost in report.slowest]
            print_table(("slowest host", "pages", "CPU ms a page"), rows)
        for changed in report.changes:
            click.echo(f"source {changed}")


def _stage(name: str) -> Stage:
    from pipeline import bootstrap

    stages: dict[str, Stage] = {
        "fetch": bootstrap.run_fetch,
        "clean": bootstrap.run_clean,
        "index": bootstrap.run_index,
    }
    return stages[name]


def _work(stage: Stage, world: World, pace: Pace, trigger: str | None) -> tuple[Ended, RunReport]:
    """A follower that lost the log goes back to standing by."""
    ended, report = stage(world, pace, trigger)
    while ended == "fenced" and pace.follow and not pace.stop():
        ended, report = stage(world, pace, trigger)
    return ended, report


def _shown(report: RunReport) -> dict[str, object]:
    from pipeline.core.codec import to_document

    return to_document(report)
