"""
### What it does
Keeps what has to be kept, and no longer. It deletes texts 45 days after they were published or fetched last,
unless their source still shows them, and reports of runs after 90 days; takes a snapshot of Elasticsearch and
deletes those older than 14 days; learns the furniture list (text that pages repeat) and puts it into the log.
The first list is followed by one rebuild of the stories. What was deleted, and why, is counted in the report
of the run: `copydesk maintenance history`, or stage `maintenance` in `news-runs`.

### When it runs
Every night at 02:40 UTC. Each task acts only on what is due: a second run on the same day does nothing.

### When to run it by hand
* On a new installation, once 1,200 articles are indexed: the first list need not wait for the night.
* `copydesk maintenance run --dry-run` says what would be done.

### When it is red
Nothing is lost, and the next run makes up for it.
* **`ToBeContinued` in *Rebuild once***: the list waits for the index stage (is *News 3: index* paused?), or
  the rebuild needs more time. Each try goes on where it stopped; run the DAG again when all are used up.
* **`IndexUnavailable` in *Take a snapshot***: it is not whole; the disk of the repository may be full.
* **`ConfigError` in *Take a snapshot***: Elasticsearch has no place for snapshots (`path.repo`).
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from pipeline.airflow.conventions import DEFAULT_ARGS, trigger_name
from pipeline.airflow.counts import Counts


@dag(
    dag_display_name="News: maintenance",
    description="Deletes what is past its time, takes a snapshot, learns the furniture list",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("40 2 * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "maintenance"],
)
def news_maintenance() -> None:
    @task(task_display_name="Delete what expired", multiple_outputs=False)
    def delete_expired() -> Counts:
        """Texts after 45 days, unless their source still shows them, and reports of runs after 90 days."""
        from pipeline.airflow import tasks

        return tasks.maintain(["texts", "runs"], trigger_name())

    @task(task_display_name="Take a snapshot", trigger_rule="all_done", multiple_outputs=False)
    def take_snapshot() -> Counts:
        """One a day, and those older than 14 days go. Runs also when the deletion before it failed."""
        from pipeline.airflow import tasks

        return tasks.maintain(["snapshot"], trigger_name())

    @task(task_display_name="Learn furniture", multiple_outputs=False)
    def learn_furniture() -> Counts:
        """Once a week: the text that pages repeat, as an edit in the log."""
        from pipeline.airflow import tasks

        return tasks.maintain(["furniture"], trigger_name())

    @task(
        task_display_name="Rebuild once",
        retries=10,
        retry_delay=timedelta(minutes=1),
        multiple_outputs=False,
    )
    def rebuild_once() -> Counts:
        """Decides the stories of before the first list anew. Each try goes on where the last one stopped."""
        from pipeline.airflow import tasks

        return tasks.maintain(["rebuild"], trigger_name())

    delete_expired() >> take_snapshot()
    learn_furniture() >> rebuild_once()


news_maintenance()
