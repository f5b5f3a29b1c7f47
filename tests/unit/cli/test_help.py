"""Every command, option and argument explains itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from pipeline.cli.main import copydesk

CONTEXT = click.Context(copydesk)


def commands(
    command: click.Command = copydesk, path: str = "copydesk"
) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(CONTEXT):
            inner = command.get_command(CONTEXT, name)
            assert inner is not None
            yield from commands(inner, f"{path} {name}")


def unexplained(command: click.Command) -> list[str]:
    """What its help leaves open: itself, an option without help, an argument that the text does not name."""
    missing = [] if command.help else ["the command"]
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            if not parameter.help and not parameter.hidden:
                missing.append(parameter.opts[0])
        elif named(parameter) not in (command.help or ""):
            missing.append(named(parameter))
    return missing


def named(argument: click.Parameter) -> str:
    return (argument.metavar or argument.name or "").strip("[].").upper()


ALL = dict(commands())


@pytest.mark.parametrize("path", ALL)
def test_help_explains_the_command_its_options_and_arguments(path: str) -> None:
    assert [] == unexplained(ALL[path])


def test_what_is_not_explained_is_found() -> None:
    @click.command()
    @click.option("--told", help="Yes.")
    @click.option("--untold")
    @click.argument("given")
    @click.argument("forgotten", nargs=-1)
    def command() -> None:
        """Do something with GIVEN."""

    assert ["--untold", "FORGOTTEN"] == unexplained(command)


def test_every_command_that_reports_something_speaks_json() -> None:
    quiet = {path for path, command in ALL.items() if not isinstance(command, click.Group)}
    speaking = {path for path in quiet if "--json" in {o for p in ALL[path].params for o in p.opts}}
    assert {
        "copydesk status",
        "copydesk trace",
        "copydesk search",
        "copydesk doctor",
        "copydesk maintenance run",
        "copydesk maintenance history",
        *(f"copydesk dead-letters {name}" for name in ("list", "show", "replay", "park")),
    } <= speaking
