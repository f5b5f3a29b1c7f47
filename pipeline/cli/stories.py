"""`copydesk stories`: which articles are copies, why, and what an operator may say about them."""

from __future__ import annotations

import click

from pipeline.cli.stories_assign import assign, learn
from pipeline.cli.stories_explain import explain_
from pipeline.cli.stories_rebuild import rebuild
from pipeline.cli.stories_show import history, show
from pipeline.cli.stories_takedown import remove, restore


@click.group()
def stories() -> None:
    """Which articles are copies, why, and what an operator may say about them."""


for command in (show, explain_, history, remove, restore, rebuild, assign, learn):
    stories.add_command(command)
