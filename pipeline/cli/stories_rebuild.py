"""`copydesk stories rebuild`: the retained stories decided anew, while readers use those there are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from pipeline import log
from pipeline.cli import local
from pipeline.cli.progress import counting
from pipeline.cli.tables import print_json, print_table
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.bootstrap import Rebuilt
    from pipeline.core.reports import RunReport
    from pipeline.world import World

WAY_ON = {
    "unfinished": "It goes on where it stopped: run the command again, or --abandon it.",
    "ready": "The next run of the index stage brings it into force: `copydesk run index --drain`.",
    "stood-by": "Another process is rebuilding; wait for its end.",
}


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be decided anew, and change nothing.")
@click.option("--abandon", is_flag=True, help="Forget a rebuild that is not in force yet, and stop.")
@click.option("--seconds", type=click.FloatRange(min=0), help="Time budget; default: until it is done.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def rebuild(dry_run: bool, abandon: bool, seconds: float | None, as_json: bool) -> None:
    """Decide the stories of the retained log anew, under the furniture list in force now.

    Readers and the index stage go on meanwhile; what was removed stays removed, and every story id leads
    somewhere afterwards. Run it again after an interruption: it goes on where it stopped.
    """
    from pipeline.world import World

    configured = local.load("kafka", "elasticsearch")
    log.configure("WARNING")
    world = World(configured)
    try:
        if abandon:
            _abandon(world)
        elif dry_run:
            _look_out(world, as_json=as_json)
        else:
            _rebuild(world, math.inf if seconds is None else seconds, as_json=as_json)
    finally:
        world.close()


def _abandon(world: World) -> None:
    from pipeline.bootstrap import abandon_rebuild

    if not abandon_rebuild(world):
        raise PipelineError("there is no rebuild that could be abandoned")
    click.echo("The rebuild is forgotten; the stories are as they were.")


def _look_out(world: World, *, as_json: bool) -> None:
    from pipeline.bootstrap import look_out

    found = look_out(world)
    if as_json:
        print_json(found)
        return
    facts = {
        "epoch": found.epoch,
        "goes on from": found.resumes or "the beginning",
        "offsets of the log": found.records,
        "older articles, as they are": found.older,
        "phrases in the list in force": found.furniture,
    }
    print_table(("rebuild", ""), facts.items())


def _rebuild(world: World, seconds: float, *, as_json: bool) -> None:
    from pipeline.bootstrap import rebuild_stories, stopping
    from pipeline.stages.runner import Pace

    with stopping() as stop, counting() as heard:
        pace = Pace(batch=world.settings.batch_records, seconds=seconds, stop=stop)
        found = rebuild_stories(world, pace, heard, "copydesk stories rebuild")
    if as_json:
        print_json({"state": found.state, "epoch": found.epoch, "outcomes": found.report.outcomes})
    else:
        _tell(found, found.report)
    if found.state != "in-force":
        raise PipelineError(f"the rebuild is not in force yet ({found.state}). {WAY_ON[found.state]}")


def _tell(found: Rebuilt, report: RunReport) -> None:
    print_table(("decided anew", "articles"), sorted(report.outcomes.items()), empty="nothing was left to do")
    if found.state == "in-force":
        click.echo(f"The stories of epoch {found.epoch} are in force.")
