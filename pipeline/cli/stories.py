"""`copydesk stories`: which articles are copies, why, and what an operator may say about them."""

from __future__ import annotations

import click

from pipeline.cli.stories_assign import assign, learn


@click.group()
def stories() -> None:
    """Which articles are copies, why, and what an operator may say about them."""


for command in (assign, learn):
    stories.add_command(command)
