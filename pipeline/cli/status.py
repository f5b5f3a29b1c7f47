"""`copydesk status`: what runs, how far every topic is read, and whether the books balance."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import click

from pipeline.cli import local, reach
from pipeline.cli.tables import print_json, print_table
from pipeline.errors import ConfigError, PipelineError

if TYPE_CHECKING:
    from pipeline.world import World


NEEDED = ("kafka", "elasticsearch")
"""What the books are kept in."""
ABSENT = ("unreachable", "stopped", "dead")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for programs.")
def status(as_json: bool) -> None:
    """Services, topics with their lag, the ledger with its three checks, stories.

    Exits 0 only when every service answers and the ledger balances.
    """
    from pipeline.world import World

    world = World(local.load())
    try:
        found, problems = _look(world)
    finally:
        world.close()
    if as_json:
        print_json({**found, "problems": problems})
    else:
        _print(found, problems)
    sys.exit(1 if problems else 0)


def _look(world: World) -> tuple[dict[str, Any], list[str]]:
    found: dict[str, Any] = {"services": _services(world), "topics": {}, "ledger": {}, "stories": {}}
    problems = [
        f"{name} is {service['state']}"
        for name, service in found["services"].items()
        if service["state"] != "running"
    ]
    if _absent(found["services"]):
        return found, problems  # asking once more would only wait once more
    try:
        found |= _books(world)
    except ConfigError as error:
        problems.append(str(error))
    except PipelineError as error:
        if not problems:
            problems.append(str(error))
    else:
        problems += found["ledger"].pop("problems")
    return found, problems


def _absent(services: dict[str, Any]) -> bool:
    return any(services[name]["state"] in ABSENT for name in NEEDED)


def _services(world: World) -> dict[str, dict[str, Any]]:
    """The local servers where there are any, else whatever the settings point to."""
    from infra.local.instance import Instance
    from infra.local.settings import LocalSettings

    local = Instance(LocalSettings.from_environment()).status()
    if any(service.state != "stopped" for service in local.values()):
        return {name: service.as_dict() for name, service in local.items()}
    asked: dict[reach.Server, Callable[[World], object]] = {
        "kafka": lambda world: world.reader.ends("news.stories.v1"),
        "elasticsearch": lambda world: world.stories.counts(),
    }
    with ThreadPoolExecutor(len(asked)) as pool:
        return dict(zip(asked, pool.map(lambda name: _probed(world, name, asked[name]), asked), strict=True))


def _probed(world: World, name: reach.Server, ask: Callable[[World], object]) -> dict[str, Any]:
    settings = world.settings
    address = settings.kafka_bootstrap if name == "kafka" else settings.elasticsearch_url
    try:
        reach.require(settings, name)
        ask(world)
    except ConfigError as error:
        return {"state": "running", "address": address, "pid": None, "detail": str(error)}
    except PipelineError as error:
        return {"state": "unreachable", "address": address, "pid": None, "detail": str(error)}
    return {"state": "running", "address": address, "pid": None, "detail": ""}


def _books(world: World) -> dict[str, Any]:
    from pipeline.bootstrap import now
    from pipeline.stages.accounts import audit, topic_states

    topics = topic_states(world.reader)
    accounts = audit(world.ledger, world.runs, topics, now())
    world.stories.refresh()
    stories = world.stories.counts()
    return {
        "topics": {
            name: {"end_offsets": {str(p): end for p, end in topic.end_offsets.items()}, "lag": topic.lag}
            for name, topic in topics.items()
        },
        "ledger": {
            "discovered": accounts.discovered,
            "in_flight": accounts.in_flight,
            "states": accounts.states,
            "balanced": accounts.balanced,
            "problems": list(accounts.problems),
        },
        "stories": {state: stories.get(state, 0) for state in ("active", "merged", "removed", "gone")},
    }


def _print(found: dict[str, Any], problems: list[str]) -> None:
    print_table(
        ("service", "state", "address", "pid", "detail"),
        [
            (name, *(service[key] for key in ("state", "address", "pid", "detail")))
            for name, service in found["services"].items()
        ],
    )
    if found["topics"]:
        click.echo()
        print_table(
            ("topic", "records end at", "lag"),
            [
                (
                    name,
                    sum(topic["end_offsets"].values()),
                    ", ".join(f"{group} {lag}" for group, lag in topic["lag"].items()),
                )
                for name, topic in found["topics"].items()
            ],
        )
    if found["ledger"]:
        click.echo()
        print_table(
            ("state", "articles"),
            [*found["ledger"]["states"].items(), ("all", found["ledger"]["discovered"])],
        )
        click.echo()
        print_table(("stories", "count"), found["stories"].items())
    click.echo()
    for problem in problems:
        click.echo(f"not right: {problem}")
    if _absent(found["services"]):
        click.echo(reach.WAY_OUT)
    if not problems:
        click.echo("All services answer and the ledger balances.")
