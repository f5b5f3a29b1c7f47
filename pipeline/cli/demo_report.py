"""What the demo shows in the end: stories found, what became of every article, and where to look further."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Any

import click

from pipeline.bootstrap import now
from pipeline.cli.demo_stack import Stack
from pipeline.cli.demo_work import Done
from pipeline.cli.search_show import show as show_results
from pipeline.cli.tables import print_json, print_table
from pipeline.core.search import Query, Results
from pipeline.ports import Where
from pipeline.stages.accounts import Accounts, audit, topic_states

NEWSROOM_QUERIES = ("ferry walkout", "Elsterbrücke", "reservoirs")
"""Carried by several outlets, in two languages."""
HITS = 2


def show(stack: Stack, done: Done, *, seconds: float, as_json: bool) -> None:
    """Print the report; exits 1 when the ledger does not balance."""
    accounts = _accounts(stack)
    found = {words: _search(stack, words) for words in (NEWSROOM_QUERIES if stack.newsroom else ("",))}
    outcomes = _outcomes(stack, done)
    if as_json:
        print_json(_as_json(stack, done, accounts, found, outcomes, seconds))
    else:
        _print(stack, done, accounts, found, outcomes, seconds)
    sys.exit(0 if accounts.balanced else 1)


def _accounts(stack: Stack) -> Accounts:
    world = stack.world
    return audit(world.ledger, world.runs, topic_states(world.reader), now())


def _search(stack: Stack, words: str) -> Results:
    query = Query(text=words, limit=HITS) if words else Query(sort="copies")
    return stack.world.searcher.search(query)


def _outcomes(stack: Stack, done: Done) -> dict[str, dict[str, int]]:
    """Outcomes by stage, of all runs since the demo began."""
    counted: dict[str, Counter[str]] = {"fetch": Counter(), "clean": Counter(), "index": Counter()}
    stack.world.runs.refresh()
    for stored in stack.world.runs.find(Where(ranges={"started_at": (done.since, None)})):
        counted[stored.value.stage].update(stored.value.outcomes)
    return {stage: dict(sorted(outcomes.items())) for stage, outcomes in counted.items()}


def _as_json(
    stack: Stack,
    done: Done,
    accounts: Accounts,
    found: dict[str, Results],
    outcomes: dict[str, dict[str, int]],
    seconds: float,
) -> dict[str, Any]:
    return {
        "seconds": round(seconds, 1),
        "stories": done.last.stories,
        "searches": {
            words: {"total": results.total, "hits": results.hits} for words, results in found.items()
        },
        "outcomes": outcomes,
        "articles": accounts.states,
        "balanced": accounts.balanced,
        "problems": accounts.problems,
        "corrected": done.corrected,
        "runs": done.scrapes,
        "addresses": _addresses(stack),
    }


def _print(
    stack: Stack,
    done: Done,
    accounts: Accounts,
    found: dict[str, Results],
    outcomes: dict[str, dict[str, int]],
    seconds: float,
) -> None:
    for words, results in found.items():
        click.echo(f"\ncopydesk search {words}" if words else "\ncopydesk search --sort copies")
        show_results(results)
    click.echo()
    rows = [(stage, name, count) for stage, counts in outcomes.items() for name, count in counts.items()]
    print_table(("stage", "outcome", "articles"), rows, empty="Nothing was due, so no article was touched.")
    states = ", ".join(f"{count} {state}" for state, count in accounts.states.items())
    click.echo(f"\nIn the ledger: {states}. {done.last.stories} stories can be searched.")
    if done.corrected:
        click.echo(
            f"Corrected meanwhile, as a second revision of the same article: {', '.join(done.corrected)}."
        )
    for problem in accounts.problems:
        click.echo(f"not right: {problem}")
    click.echo()
    print_table(("where", "address"), _addresses(stack).items())
    click.echo(f"\nAirflow's login: {stack.login.user}, password {stack.login.password}")
    click.echo(f"Done in {seconds:.0f} s. Everything keeps running; stop it with `make stop` (data stays).")


def _addresses(stack: Stack) -> dict[str, str]:
    settings = stack.world.settings
    addresses = {
        "Airflow": stack.login.url,
        "Elasticsearch": settings.elasticsearch_url,
        "Kafka": settings.kafka_bootstrap,
    }
    return addresses | ({"Newsroom": stack.newsroom} if stack.newsroom else {})
