"""The `copydesk` command: groups are imported only when called, so that `--help` and pipes start fast."""

from __future__ import annotations

import importlib
import sys

import click

from pipeline.cli import reach
from pipeline.errors import ConfigError, PipelineError, TransientError

COMMANDS = {
    "up": "pipeline.cli.servers:up",
    "down": "pipeline.cli.servers:down",
    "clean": "pipeline.cli.servers:clean",
    "doctor": "pipeline.cli.servers:doctor",
    "demo": "pipeline.cli.demo:demo",
    "status": "pipeline.cli.status:status",
    "topics": "pipeline.cli.contracts:topics",
    "index": "pipeline.cli.contracts:index",
    "run": "pipeline.cli.run:run",
    "maintenance": "pipeline.cli.maintenance:maintenance",
    "restore": "pipeline.cli.restore:restore",
    "trace": "pipeline.cli.trace:trace",
    "dead-letters": "pipeline.cli.dead_letters:dead_letters",
    "search": "pipeline.cli.search:search",
    "feed": "pipeline.cli.feed:feed",
    "url": "pipeline.cli.url:url",
    "robots": "pipeline.cli.robots:robots",
    "sources": "pipeline.cli.sources:sources",
    "extract": "pipeline.cli.extract:extract",
    "stories": "pipeline.cli.stories:stories",
}
"""Every command by name, with the module and attribute that hold it."""


class Lazy(click.Group):
    """A group whose commands live in modules of their own, imported at need."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="copydesk")
def copydesk() -> None:
    """Scrape news, find the copies, search the stories."""


def main() -> None:
    """Run the command; errors of ours become one line with the way out: 2 configuration, 1 anything else."""
    try:
        copydesk(prog_name="copydesk")
    except ConfigError as error:
        _say(error)
        sys.exit(2)
    except TransientError as error:
        _say(error, reach.WAY_OUT)
        sys.exit(1)
    except PipelineError as error:
        _say(error)
        sys.exit(1)


def _say(error: PipelineError, way_out: str | None = None) -> None:
    click.echo(f"error: {error}", err=True)
    if way_out:
        click.echo(f"       {way_out}", err=True)
