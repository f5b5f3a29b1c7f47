"""`copydesk demo`: the whole way on this machine, from a page to a searchable story, by the DAGs."""

from __future__ import annotations

import time
from pathlib import Path

import click
from rich.console import Console

from infra.local.display import showing
from infra.local.instance import Instance
from infra.local.settings import LocalSettings


@click.group()
def demo() -> None:
    """See it all work: servers, an invented newsroom, the DAGs, and a search at the end."""


@demo.command()
@click.option(
    "--sources",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="A catalogue of real sources instead of the invented newsroom.",
)
@click.option("--live", is_flag=True, help="The newsroom goes on publishing, an article every few seconds.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def run(sources: Path | None, live: bool, as_json: bool) -> None:
    """Start what is missing, let the DAGs work until everything is searchable, and show what came of it.

    What was started keeps running; `copydesk demo stop` ends it.
    """
    from pipeline.cli import demo_report, demo_stack, demo_work

    if sources and live:
        raise click.UsageError("--live is the newsroom's; it has no meaning with --sources")
    began = time.monotonic()
    with showing(Console(stderr=True)) as progress:
        stack = demo_stack.bring_up(Instance(LocalSettings.from_environment()), sources, live, progress)
        try:
            done = demo_work.work(stack, progress)
        except BaseException:
            stack.world.close()
            raise
    try:
        demo_report.show(stack, done, seconds=time.monotonic() - began, as_json=as_json)
    finally:
        stack.world.close()


@demo.command()
def stop() -> None:
    """Stop everything that was started, the newsroom included; data stays."""
    with showing(Console(stderr=True)) as progress:
        Instance(LocalSettings.from_environment()).down(progress=progress)
