"""
### What it does
Looks at four things and changes none: sources that are broken, blocked or silent, each judged against its
own rhythm; stages whose oldest unread record waits longer than half an hour; whether maintenance ended well
within three days and the log keeps its furniture list; and whether every discovered URL is accounted for.

### When it runs
Every 30 minutes. Green means that nothing needs a person.

### When to run it by hand
After you mended something, to see that it is gone.

### When it is red
The log of *Check* lists every finding, a line each, with since when and why. Nothing has stopped: the other
DAGs go on.
* **source … is broken, blocked or silent**: look at the site, then at its row in `sources.yaml`;
  `copydesk sources preview` shows what it gives now, `copydesk sources body` what it sent last, and
  `copydesk sources pause` silences one you know about.
* **… records behind**: is the stage's DAG paused, or red? `copydesk status` names servers that are down.
* **maintenance …, the furniture list …**: is *News: maintenance* paused, or red? The line says what to run.
* **the books do not balance**: `copydesk status` says the same; `copydesk trace URL` follows one article.
"""

from __future__ import annotations

from airflow.sdk import CronTriggerTimetable, dag, task

from pipeline.airflow.conventions import DEFAULT_ARGS


@dag(
    dag_display_name="News: health",
    description="Red when a source, a stage or the books need a person",
    doc_md=__doc__,
    schedule=CronTriggerTimetable("7,37 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "health"],
)
def news_health() -> None:
    @task(task_display_name="Check sources, lag and books", retries=0)
    def check() -> None:
        """Looks, and changes nothing. Red when it found something; its log has a line for each finding."""
        from pipeline.airflow import tasks

        tasks.check()

    check()


news_health()
