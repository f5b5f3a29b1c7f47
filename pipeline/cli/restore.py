"""`copydesk restore`: Elasticsearch lost, Kafka whole."""

from __future__ import annotations

import click

from pipeline import log
from pipeline.cli import local
from pipeline.cli.progress import counting
from pipeline.cli.tables import print_json, print_table


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def restore(as_json: bool) -> None:
    """Bring stories, texts and accounts back from the topics, deciding nothing anew.

    Needs the indices of `copydesk index apply`, empty or half restored, and no index run at the same time.
    """
    from pipeline.bootstrap import run_restore
    from pipeline.world import World

    configured = local.load("kafka", "elasticsearch")
    log.configure("WARNING")
    world = World(configured)
    try:
        with counting() as heard:
            found = run_restore(world, heard)
    finally:
        world.close()
    counts = {"stories": found.stories, "articles in stories": found.articles, "texts": found.revisions}
    if as_json:
        print_json({"stories": found.stories, "articles": found.articles, "revisions": found.revisions})
    else:
        print_table(("restored", "count"), counts.items())
        click.echo("Start the stages again; `copydesk status` shows whether the ledger balances.")
