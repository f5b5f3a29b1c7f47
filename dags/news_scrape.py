"""
### What it does
Asks the sources that are due for their feeds, sitemaps and listing pages, fetches the articles that are new
or due for another look, and publishes each page as received to `news.articles.raw.v1`. The work is shared
by host: one host is never in two shards, and pace, robots and holds are kept by all runs together.

### When it runs
Every five minutes. Most runs find few sources due, since each source is asked by its own rhythm.
`summarize` is *skipped* when no page was fetched.

### When to run it by hand
* After a source was repaired: name it and switch on *Even if not due*.

### When it is red
Nothing is lost: what was not fetched stays due. A source that fails never makes a run red: the log of
*Summarize* names those that failed, fell silent or came back in this run, with since when and why;
`news_health` and `copydesk sources health` name all that are so now. A shard is red when it asked three
sources or more and every one failed, the run when every shard is.
* **all shards at once**: the network, the proxy, Kafka or Elasticsearch; `copydesk status` names the servers.
* **`ConfigError`**: `sources.yaml` or a setting is wrong; the message has the line or the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import CronTriggerTimetable, Param, dag, get_current_context, task

from pipeline.airflow.assets import NEWS_RAW
from pipeline.airflow.conventions import DEFAULT_ARGS, announce, chosen_sources, trigger_name
from pipeline.airflow.counts import Counts, how_many, total

if TYPE_CHECKING:
    from pipeline.airflow.tasks import Shard


@dag(
    dag_display_name="News 1: scrape",
    description="Fetches new articles from the sources that are due",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("*/5 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "fetch"],
    params={
        "sources": chosen_sources(),
        "force": Param(
            False,
            type="boolean",
            title="Even if not due",
            description="Ask now, and for whole pages. Holds, robots and pace are kept all the same.",
        ),
        "dry_run": Param(
            False,
            type="boolean",
            title="Dry run",
            description="Only name the hosts with something due, in the log of “Plan shards”.",
        ),
        "limit": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="At most this many articles a source",
            description="Empty: no limit.",
            section="More",
        ),
    },
)
def news_scrape() -> None:
    @task(task_display_name="Plan shards")
    def plan_shards() -> list[Shard]:
        """Looks up which sources and articles are due, and shares their hosts out. Empty most of the time."""
        from pipeline.airflow import tasks

        return tasks.plan_scrape(dict(get_current_context()["params"]))

    @task(
        task_display_name="Fetch and publish",
        doc_md="Fetches what is due at these hosts. Red when all of three sources or more failed, or when "
        "Kafka or Elasticsearch did not answer; what was not fetched stays due.",
        map_index_template="{{ task.op_kwargs['shard']['label'] }}",
        max_active_tis_per_dagrun=3,
        multiple_outputs=False,
    )
    def fetch_and_publish(shard: Shard) -> Counts:
        from pipeline.airflow import tasks

        trigger = f"{trigger_name()}#{shard['number']}"
        return tasks.scrape(shard["hosts"], dict(get_current_context()["params"]), trigger)

    @task(
        task_display_name="Summarize",
        outlets=[NEWS_RAW],
        trigger_rule="all_done",
        retries=0,
        multiple_outputs=False,
    )
    def summarize(planned: list[Shard] | None, done: list[Counts] | None) -> Counts:
        """Adds up the shards on one event of `news_raw`. *Skipped* when no page was fetched; red when there
        was no plan, or every shard failed."""
        counts = total(planned, done)
        announce(NEWS_RAW, counts, new=how_many(counts, "fetched"))
        return counts

    shards: Any = plan_shards()
    done: Any = fetch_and_publish.expand(shard=shards)
    summarize(shards, done)


news_scrape()
