"""
### What it does
Turns raw pages into clean articles: extracts text and metadata from every page waiting in
`news.articles.raw.v1` and writes them to the log, `news.articles.clean.v1`. How many workers share the
pages depends on how many wait; a run stops after its time budget and leaves the rest to the next one.

The event of `summarize` carries the outcomes and the slowest hosts: pages, and CPU milliseconds a page.

### When it runs
Within seconds of the first waiting page (its doorbell watches the lag), when a scrape has brought
something, and every 15 minutes in any case. `summarize` is *skipped* when nothing was published.

### When to run it by hand
Hardly ever: nothing is lost by waiting. After a long outage, give it a larger time budget.

### When it is red
Nothing is lost: pages are marked as read only after what they became is stored, so the next run takes
them up again. A single bad page never makes it red; it becomes a dead letter (`copydesk dead-letters list`).
* **`DeadLetterLimit`**: most pages cannot be processed, so the cause is not the pages. Look at the reason
  in the log before you run it again.
* **`BrokerUnavailable`, `IndexUnavailable`**: Kafka or Elasticsearch is down; `copydesk status` names it.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import dag, get_current_context, task

from pipeline.airflow.assets import NEWS_CLEAN, NEWS_RAW
from pipeline.airflow.conventions import DEFAULT_ARGS, announce, consuming, time_budget, trigger_name
from pipeline.airflow.counts import Counts, how_many, total


@dag(
    dag_display_name="News 2: clean",
    description="Extracts articles from the pages that wait, and writes them to the log",
    doc_md=__doc__,
    schedule=consuming(NEWS_RAW),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "clean"],
    params={"seconds": time_budget("Each worker")},
)
def news_clean() -> None:
    @task(task_display_name="Plan workers")
    def plan_workers() -> list[int]:
        """Counts the pages that wait: a worker for every 5,000 of them, none when nothing waits."""
        from pipeline.airflow import tasks

        return tasks.plan_clean()

    @task(
        task_display_name="Extract and publish",
        doc_md="Reads its share of the pages to the end, and goes on while more come. Red only when a server "
        "did not answer or most pages cannot be processed; its last batch is then read again.",
        map_index_template="worker {{ task.op_kwargs['worker'] }}",
        max_active_tis_per_dagrun=3,
        multiple_outputs=False,
    )
    def extract_and_publish(worker: int) -> Counts:
        from pipeline.airflow import tasks

        return tasks.clean(f"{trigger_name()}#{worker}", get_current_context()["params"]["seconds"])

    @task(
        task_display_name="Summarize",
        outlets=[NEWS_CLEAN],
        trigger_rule="all_done",
        retries=0,
        multiple_outputs=False,
    )
    def summarize(planned: list[int] | None, done: list[Counts] | None) -> Counts:
        """Adds up the workers on one event of `news_clean`. *Skipped* when nothing was published; red when
        there was no plan, or every worker failed."""
        counts = total(planned, done)
        announce(NEWS_CLEAN, counts, new=how_many(counts, "published"))
        return counts

    workers: Any = plan_workers()
    done: Any = extract_and_publish.expand(worker=workers)
    summarize(workers, done)


news_clean()
