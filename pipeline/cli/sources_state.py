"""`copydesk sources health|pause|resume`: what we remember of sources, and a person's word on it."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli import local
from pipeline.cli.tables import print_json, print_table
from pipeline.core import rhythm
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
@click.argument("source_id", required=False)
@click.option("--all", "everything", is_flag=True, help="Show healthy sources too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def health(source_id: str | None, everything: bool, as_json: bool) -> None:
    """Show the sources that need attention, with since when and why; of SOURCE_ID all that is known."""
    from pipeline import bootstrap
    from pipeline.world import World

    configured = local.load("elasticsearch")
    now = bootstrap.now()
    rows = bootstrap.read_catalogue(configured.sources)
    if source_id is not None:
        rows = (_row_of(rows, source_id),)
    with closing(World(configured)) as world:
        held = {name: each.value for name, each in world.sources.get([row.id for row in rows]).items()}
    states = _judged(rows, held, now)
    if source_id is not None:
        _show_one(states[0], now, as_json=as_json)
        return
    states.sort(key=lambda state: (ORDER.index(state.health), state.source_id))
    shown = [state for state in states if everything or _is_worth_a_look(state, now)]
    if as_json:
        print_json([_facts(state, now) for state in shown])
        return
    counts = {word: sum(state.health == word for state in states) for word in ORDER}
    click.echo(", ".join(f"{number} {word}" for word, number in counts.items() if number) or "no sources")
    columns = ("source", "health", "since", "why", "last new", "next poll")
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
    from pipeline import bootstrap
    from pipeline.world import World

    configured = local.load("elasticsearch")
    source = _row_of(bootstrap.read_catalogue(configured.sources), source_id)
    with closing(World(configured)) as world:
        state = _saved(world, source, bootstrap.now(), paused=paused)
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


def _row_of(rows: Iterable[Source], source_id: str) -> Source:
    for row in rows:
        if row.id == source_id:
            return row
    raise ConfigError(f"no source is called {source_id!r}; `copydesk sources list` shows all")


def _is_worth_a_look(state: SourceState, now: datetime) -> bool:
    return state.health not in ("healthy", "new") or rhythm.unusual_volume(state, now) is not None


def _judged(rows: tuple[Source, ...], held: Mapping[str, SourceState], now: datetime) -> list[SourceState]:
    """Health as of now: silence comes with time, not with a poll."""
    return [judged(row, state_of(row, held.get(row.id)), now) for row in rows]


def _row(state: SourceState, now: datetime) -> list[object]:
    since = f"{state.health_since:%Y-%m-%d %H:%M} UTC" if state.health_since else ""
    why = "; ".join(filter(None, (state.health_why, rhythm.unusual_volume(state, now))))
    new = f"{rhythm.spoken(now - state.new_at)} ago" if state.new_at else "never"
    return [state.source_id, state.health, since, why, new, _due(state, now)]


def _due(state: SourceState, now: datetime) -> str:
    if state.health == "paused":
        return "paused"
    return f"in {rhythm.spoken(state.due_at - now)}" if state.due_at and state.due_at > now else "now"


FACTS = (
    *("source_id", "health", "health_since", "health_why", "success_at", "new_at", "due_at", "polled_at"),
    *("result", "reason", "status", "failures", "failing_since", "reader", "items_seen", "items_new"),
    *(
        "items_dropped",
        "interval_seconds",
        "conditional",
        "moved_to",
        "bytes",
        "polls",
        "fallbacks",
        "run_id",
    ),
)


def _facts(state: SourceState, now: datetime) -> dict[str, object]:
    return {
        **{name: getattr(state, name) for name in FACTS},
        "silent_from": rhythm.silent_from(state),
        "unusual_volume": rhythm.unusual_volume(state, now),
    }


def _show_one(state: SourceState, now: datetime, *, as_json: bool) -> None:
    facts = _facts(state, now)
    if as_json:
        print_json(facts)
        return
    told = [
        (name.replace("_", " "), _told(value)) for name, value in facts.items() if value not in (None, {})
    ]
    print_table(("what", "as of now"), told)


def _told(value: object) -> str:
    """One fact for people; numbers stay text, so that the column is read from the left."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, dict):
        return ", ".join(f"{number} {name}" for name, number in value.items())
    return str(value)
