"""
### What it does
Sends work through again, in place of a backfill: a news page cannot be scraped in the past, but what was
scraped is kept. Either the open dead letters, back into the topics they came from, or retained pages (of 14
days) through the clean stage. Repeating is harmless: what gives the same as before changes nothing, and what
was removed stays removed. The stages after it run by themselves.

### When it runs
Only by hand.

### When to run it by hand
* *dead letters*: when their cause is mended. `copydesk dead-letters list` shows stage and reason of each.
* *pages*: after a change of the extraction, for the sources and the time it is about.

As long as *Dry run* is on, the log of *Plan shares* says how much it would be, and nothing is done.

### When it is red
What was done stays done; run it again for the rest.
* **`NeedsAttention`, out of time**: the message has the time from which to go on; put it into *Written from*.
* **`NeedsAttention`, cannot be sent**: those letters did not keep their value, which was too large.
* **`DeadLetterLimit`**: most pages cannot be cleaned, so the pages are not the cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import Param, dag, get_current_context, task

from pipeline.airflow.conventions import DEFAULT_ARGS, chosen_sources, trigger_name
from pipeline.airflow.counts import Counts, total

if TYPE_CHECKING:
    from pipeline.airflow.tasks import Share


@dag(
    dag_display_name="News: replay",
    description="Sends dead letters, or retained pages, through again",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["news", "replay"],
    params={
        "what": Param(
            "dead letters",
            enum=["dead letters", "pages"],
            title="What",
            description="Open dead letters, or retained pages through the clean stage.",
        ),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run",
            description="Only say how much it would be, in the log of “Plan shares”.",
        ),
        "limit": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            title="At most this many",
            description="Dead letters, or pages of each partition. Empty: no limit.",
        ),
        "stage": Param(
            None,
            enum=[None, "fetch", "clean", "index"],
            title="Stage",
            description="Only what this stage dead-lettered.",
            section="Dead letters",
        ),
        "reason": Param(
            None,
            type=["null", "string"],
            title="Reason",
            description="Only what was dead-lettered for this reason.",
            section="Dead letters",
        ),
        "sources": chosen_sources(section="Pages"),
        "since": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Written from",
            description="When the page was fetched. Empty: as far back as pages are kept.",
            section="Pages",
        ),
        "until": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Written before",
            description="Empty: up to now.",
            section="Pages",
        ),
    },
)
def news_replay() -> None:
    @task(task_display_name="Plan shares")
    def plan_shares() -> list[Share]:
        """Counts what the form asks for; its log has the numbers. Empty for a dry run."""
        from pipeline.airflow import tasks

        return tasks.plan_replay(dict(get_current_context()["params"]))

    @task(
        task_display_name="Send through again",
        doc_md="Sends this share through again. Red when time ran out: the message says from when to go on.",
        map_index_template="{{ task.op_kwargs['share']['label'] }}",
        max_active_tis_per_dagrun=3,
        multiple_outputs=False,
    )
    def send_again(share: Share) -> Counts:
        from pipeline.airflow import tasks

        return tasks.replay(share, dict(get_current_context()["params"]), trigger_name())

    @task(task_display_name="Summarize", trigger_rule="all_done", retries=0, multiple_outputs=False)
    def summarize(planned: list[Share] | None, done: list[Counts] | None) -> Counts:
        """Adds up the shares. Red when there was no plan, or every share failed."""
        return total(planned, done)

    shares: Any = plan_shares()
    done: Any = send_again.expand(share=shares)
    summarize(shares, done)


news_replay()
