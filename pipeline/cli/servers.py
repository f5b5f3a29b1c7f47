"""`copydesk up | down | clean | doctor`: the local servers of this machine."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.local import doctor as examination
from infra.local.display import showing, table
from infra.local.doctor import Finding
from infra.local.instance import EVERYTHING, Instance
from infra.local.progress import Progress
from infra.local.settings import LocalSettings
from pipeline import settings
from pipeline.errors import ConfigError

_COLOURS = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command()
@click.argument("services", nargs=-1, type=click.Choice([*EVERYTHING]), metavar="[SERVICE]...")
@click.option("--free-ports", is_flag=True, help="Take ports that are free instead of the usual ones.")
def up(services: tuple[str, ...], free_ports: bool) -> None:
    """Start the local servers that do not run yet, or only each SERVICE of them.

    These are kafka, elasticsearch, postgres and airflow, fetched the first time. Data, logs and ports
    are those of COPYDESK_STATE_DIR.
    """
    console = Console(stderr=True)
    wanted = services or EVERYTHING
    instance = Instance(replace(LocalSettings.from_environment(), free_ports=free_ports))
    with showing(console) as progress:
        instance.up([name for name in wanted if name != "airflow"], progress)
        if "airflow" in wanted:
            apply_contracts(instance, progress)
            instance.up(["airflow"], progress, _catalogue_for(instance))
    console.print(table(instance.status()))
    if "airflow" in wanted:
        login = instance.login()
        console.print(
            f"\nAirflow: {login.url}  user {login.user}  password {login.password}", highlight=False
        )
    console.print("Stop them with `copydesk down`; data stays.", highlight=False)


def _catalogue_for(instance: Instance) -> dict[str, str] | None:
    """Airflow's tasks do not work from this folder, so they need the catalogue's whole path; None keeps the
    one that an earlier start gave, such as the demo's."""
    if "COPYDESK_SOURCES" in instance.settings_given():
        return None
    return {"COPYDESK_SOURCES": str(settings.load().sources.resolve())}


@click.command()
@click.argument("services", nargs=-1, type=click.Choice([*EVERYTHING]), metavar="[SERVICE]...")
def down(services: tuple[str, ...]) -> None:
    """Stop what `up` started, or only each SERVICE of it, and leave the data."""
    with showing(Console(stderr=True)) as progress:
        Instance(LocalSettings.from_environment()).down(services or None, progress)


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def clean(yes: bool) -> None:
    """Stop the local servers and remove all their data; downloads stay in the cache."""
    local = LocalSettings.from_environment()
    if not local.state.exists():
        click.echo(f"Nothing to remove: there is no {local.state}.", err=True)
        return
    if not yes:
        click.confirm(f"Remove all articles, stories and logs in {local.state}?", abort=True)
    with showing(Console(stderr=True)) as progress:
        Instance(local).clean(progress)
    click.echo(f"Removed {local.state}.", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Look at everything the local servers need; exit with 1 if something is wrong, and say what to do."""
    findings = examination.examine(LocalSettings.from_environment())
    if as_json:
        click.echo(json.dumps([finding.as_dict() for finding in findings], indent=1))
    else:
        Console().print(_findings(findings))
    sys.exit(any(finding.verdict == "problem" for finding in findings))


def apply_contracts(instance: Instance, progress: Progress) -> None:
    """Topics and indices come before Airflow, whose DAGs run at once. Only where both servers run here."""
    running = {name for name, status in instance.status().items() if status.state == "running"}
    if not {"kafka", "elasticsearch"} <= running:
        return
    from pipeline.adapters.apply_index import apply_indices
    from pipeline.adapters.apply_topics import apply_topics

    progress.step("contracts", "applying topics and indices")
    here = settings.load({**os.environ, **instance.environment()})
    plans = [*apply_topics(here, dry_run=False), *apply_indices(here, dry_run=False)]
    if refused := [plan.name for plan in plans if plan.verdict == "refuse"]:
        raise ConfigError(
            f"these differ from the contract and are left as they are: {', '.join(refused)}; "
            "`copydesk topics apply --dry-run` and `copydesk index apply --dry-run` show how"
        )
    progress.step("contracts", "running")


def _findings(findings: list[Finding]) -> Table:
    rows = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("what", "verdict", "found"):
        rows.add_column(title)
    for finding in findings:
        colour = _COLOURS[finding.verdict]
        way_out = f"\n→ {finding.way_out}" if finding.way_out else ""
        rows.add_row(finding.subject, f"[{colour}]{finding.verdict}[/]", escape(finding.detail + way_out))
    return rows
