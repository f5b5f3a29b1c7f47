"""`copydesk topics` and `copydesk index`: the contracts shown, and made true in Kafka and Elasticsearch."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

import schemas
from pipeline.cli import local
from pipeline.cli.reindex import drop_old, rebuild
from pipeline.core.contracts import Plan

_SAID = {
    "create": ("created", "would be created"),
    "unchanged": ("unchanged", "unchanged"),
    "extend": ("extended", "would be extended"),
    "refuse": ("refused", "refused"),
}


@click.group()
def topics() -> None:
    """The Kafka topics of the contract."""


@topics.command("apply")
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def apply_topics(dry_run: bool, as_json: bool) -> None:
    """Create the topics that are missing; refuse to change one that exists."""
    from pipeline.adapters.apply_topics import apply_topics as apply

    _report(apply(local.load("kafka"), dry_run=dry_run), dry_run=dry_run, as_json=as_json)


@topics.command("show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_topics(as_json: bool) -> None:
    """Print the topics as the contract has them; no server is asked."""
    if as_json:
        _print_json([asdict(topic) for topic in schemas.topics().values()])
        return
    rows = [
        (
            topic.name,
            topic.key,
            str(topic.partitions),
            _kept(topic),
            ", ".join(topic.kinds),
            ", ".join(topic.groups),
        )
        for topic in schemas.topics().values()
    ]
    _print_table(("topic", "key", "partitions", "kept", "kinds", "read by"), rows)


@click.group()
def index() -> None:
    """The Elasticsearch indices of the contract."""


@index.command("apply")
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def apply_index(dry_run: bool, as_json: bool) -> None:
    """Create the indices that are missing, add new fields; refuse what would change an existing field."""
    from pipeline.adapters.apply_index import apply_indices as apply

    _report(apply(local.load("elasticsearch"), dry_run=dry_run), dry_run=dry_run, as_json=as_json)


@index.command("show")
@click.argument("name", required=False, type=click.Choice(sorted(schemas.indices())))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show_index(name: str | None, as_json: bool) -> None:
    """Print the indices as the contract has them, or the whole contract of NAME; no server is asked."""
    chosen = [schemas.indices()[name]] if name else list(schemas.indices().values())
    if name or as_json:
        _print_json([asdict(contract) for contract in chosen])
        return
    rows = [
        (
            contract.name,
            contract.first,
            ", ".join(contract.aliases),
            contract.settings["refresh_interval"],
            contract.purpose,
        )
        for contract in chosen
    ]
    _print_table(("index", "first version", "aliases", "refresh", "holds"), rows)


index.add_command(rebuild)
index.add_command(drop_old)


def _report(plans: list[Plan], *, dry_run: bool, as_json: bool) -> None:
    """Say what became of each; exit 1 when one was refused, which means that nothing was touched."""
    refused = any(plan.verdict == "refuse" for plan in plans)
    dry = dry_run or refused
    if as_json:
        _print_json([asdict(plan) | {"said": _said(plan, dry)} for plan in plans])
    else:
        rows = [
            (plan.name, _said(plan, dry), "\n".join(map(str, (*plan.refused, *plan.additions))))
            for plan in plans
        ]
        _print_table(("name", "outcome", "difference (found → contract)"), rows)
    if refused:
        click.echo("error: a contract in force is never edited, so nothing was changed", err=True)
        click.echo("       give what readers would notice a new version (docs/consumers.md)", err=True)
        sys.exit(1)


def _said(plan: Plan, dry: bool) -> str:
    return _SAID[plan.verdict][dry]


def _kept(topic: schemas.Topic) -> str:
    if topic.config["cleanup.policy"] == "compact":
        return "the last record of each key"
    return f"{int(topic.config['retention.ms']) // 86_400_000} days"


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    table = Table(*titles, show_edge=False, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)
