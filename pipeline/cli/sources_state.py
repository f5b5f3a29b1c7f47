"""`copydesk sources health|pause|resume`: what we remember of sources, and a person's word on it."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table
from pipeline.core.health import judged
from pipeline.core.polls import state_of
from pipeline.core.sources import Source, SourceState
from pipeline.errors import ConfigError
from pipeline.ports import Write

if TYPE_CHECKING:
    from pipeline.world import World

ORDER = ("broken", "blocked", "silent", "moved", "empty", "new", "paused", "healthy")
"""What needs a person first."""


@click.command()
@click.option("--all", "everything", is_flag=True, help="Show healthy sources too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def health(everything: bool, as_json: bool) -> None:
    """Show the sources that need attention, with since when and why."""
    from pipeline.bootstrap import read_catalogue
    from pipeline.world import World

    configured = local.load()
    now = datetime.now(UTC)
    with closing(World(configured)) as world:
        rows = read_catalogue(configured.sources)
        states = _judged(
            rows,
            {name: each.value for name, each in world.sources.get([row.id for row in rows]).items()},
            now,
        )
    states.sort(key=lambda state: (ORDER.index(state.health), state.source_id))
    shown = [state for state in states if everything or state.health not in ("healthy", "new")]
    if as_json:
        print_json([_facts(state) for state in shown])
        return
    counts = {word: sum(state.health == word for state in states) for word in ORDER}
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no sources")
    columns = ("source", "health", "for", "why", "last new", "next poll")
    print_table(columns, [_row(state, now) for state in shown], empty="nothing needs attention")


@click.command()
@click.argument("source_id")
def pause(source_id: str) -> None:
    """Do not poll SOURCE_ID until it is resumed; its articles are still asked again."""
    _set_pause(source_id, paused=True)


@click.command()
@click.argument("source_id")
def resume(source_id: str) -> None:
    """Poll SOURCE_ID again, at once."""
    _set_pause(source_id, paused=False)


def _set_pause(source_id: str, *, paused: bool) -> None:
    from pipeline.bootstrap import read_catalogue
    from pipeline.world import World

    configured = local.load()
    source = next((row for row in read_catalogue(configured.sources) if row.id == source_id), None)
    if source is None:
        raise ConfigError(f"no source is called {source_id!r}; `copydesk sources list` shows all")
    with closing(World(configured)) as world:
        state = _saved(world, source, datetime.now(UTC), paused=paused)
    click.echo(f"{source_id}: {state.health}")


def _saved(world: World, source: Source, now: datetime, *, paused: bool) -> SourceState:
    """Compare-and-set, since a running fetch writes the same document."""
    while True:
        stored = world.sources.get([source.id]).get(source.id)
        state = replace(
            state_of(source, stored.value if stored else None),
            paused_at=now if paused else None,
            paused_by=getpass.getuser() if paused else None,
        )
        if not paused:
            state = replace(state, due_at=None)
        state = judged(source, state, now)
        if not world.sources.put([Write(id=source.id, value=state, tag=stored.tag if stored else "")]):
            return state


def _judged(rows: tuple[Source, ...], held: Mapping[str, SourceState], now: datetime) -> list[SourceState]:
    """Health as of now: silence comes with time, not with a poll."""
    return [judged(row, state_of(row, held.get(row.id)), now) for row in rows]


def _row(state: SourceState, now: datetime) -> list[object]:
    since = _age(now - state.health_since) if state.health_since else ""
    new = _age(now - state.new_at) + " ago" if state.new_at else "never"
    due = "paused" if state.health == "paused" else "now" if not state.due_at or state.due_at <= now else ""
    return [
        state.source_id,
        state.health,
        since,
        state.health_why,
        new,
        due or f"in {_age(state.due_at - now)}" if state.due_at else due,
    ]


def _age(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"


def _facts(state: SourceState) -> dict[str, object]:
    names = ("source_id", "health", "health_since", "health_why", "success_at", "new_at", "due_at", "result")
    return {name: getattr(state, name) for name in (*names, "reason", "failures", "reader", "items_seen")}
