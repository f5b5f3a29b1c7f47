"""
### What it does
Reads the log, `news.articles.clean.v1`, finds which articles are copies of one another, and keeps one
searchable document per story. One writer at a time: if a long-lived worker (`copydesk run index --follow`)
owns the log, this run stands by and ends *skipped*.

### When it runs
Within seconds of a new record in the log (its doorbell watches the lag), when a clean run has published
something, and every 15 minutes in any case.

### When to run it by hand
Hardly ever; after a long outage, with a larger time budget. To decide old stories anew use
`copydesk stories rebuild`; to fill an empty Elasticsearch use `copydesk restore`. Neither is this DAG's work.

### When it is red
Nothing is lost and nothing is half-written: the next run goes on where the log was committed, and comes to
the same stories.
* **`DeadLetterLimit`**: most records cannot be processed, so the cause is not the records. Look at the
  reason in the log before you run it again.
* **`BrokerUnavailable`, `IndexUnavailable`**: Kafka or Elasticsearch is down; `copydesk status` names it.
"""

from __future__ import annotations

from airflow.sdk import dag, get_current_context, task

from pipeline.airflow.assets import NEWS_CLEAN, NEWS_STORIES
from pipeline.airflow.conventions import DEFAULT_ARGS, announce, consuming, time_budget, trigger_name
from pipeline.airflow.counts import Counts, how_many


@dag(
    dag_display_name="News 3: index",
    description="Finds copies in the log and keeps one searchable document per story",
    doc_md=__doc__,
    schedule=consuming(NEWS_CLEAN),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "index"],
    params={"seconds": time_budget("The run")},
)
def news_index() -> None:
    @task(task_display_name="Find copies and index", outlets=[NEWS_STORIES], multiple_outputs=False)
    def find_copies_and_index() -> Counts:
        """Reads the log to its end, and goes on while more comes. *Skipped* when nothing was new or
        another writer owns the log."""
        from pipeline.airflow import tasks

        counts = tasks.index(trigger_name(), get_current_context()["params"]["seconds"])
        announce(NEWS_STORIES, counts, new=how_many(counts, "created", "joined", "bridged", "revised"))
        return counts

    find_copies_and_index()


news_index()
