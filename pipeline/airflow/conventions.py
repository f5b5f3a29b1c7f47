"""What all our DAGs share: owner, retries, the cut-off of a task, and how one announces its work."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import (
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    get_current_context,
)
from airflow.sdk.exceptions import AirflowSkipException

if TYPE_CHECKING:
    from airflow.sdk import Asset

logger = logging.getLogger(__name__)

OWNER = "copydesk"

DEFAULT_ARGS: dict[str, Any] = {
    "owner": OWNER,
    "retries": 1,
    "retry_delay": timedelta(seconds=20),
    "retry_policy": ExceptionRetryPolicy(
        [
            RetryRule(
                "pipeline.errors.ConfigError",
                RetryAction.FAIL,
                reason="a setting, a catalogue or a contract is wrong: trying again cannot help",
            ),
            RetryRule(
                "pipeline.errors.FetchUnavailable",
                RetryAction.FAIL,
                reason="the sources failed, and are asked again when they are due again",
            ),
            RetryRule(
                "pipeline.errors.DeadLetterLimit",
                RetryAction.FAIL,
                reason="most records cannot be processed: a person must look before more is tried",
            ),
        ]
    ),
    "execution_timeout": timedelta(minutes=8),
}
"""For every task. Eight minutes: twice a drain's time budget, and far below the life of a worker's token."""


def consuming(asset: Asset) -> AssetOrTimeSchedule:
    """The schedule of a stage that reads a topic: whenever the asset rings, and every quarter of an hour in
    any case, since Airflow may strand an asset's event until a later one."""
    return AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC"), assets=[asset])


def time_budget(what_stops: str) -> Param:
    """The param `seconds` of such a stage."""
    return Param(
        240,
        type="integer",
        minimum=10,
        maximum=420,
        title="Time budget in seconds",
        description=f"{what_stops} stops after this and leaves the rest to the next run.",
    )


def chosen_sources(**shown: Any) -> Param:
    """The param `sources` of work that can be done for some sources alone."""
    return Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        title="Sources",
        description="Their ids, one a line. Empty: every source.",
        **shown,
    )


def trigger_name() -> str:
    """`DAG/RUN` of the present task: kept in the reports of the runs it starts, so that they can be found."""
    run = get_current_context()["dag_run"]
    return f"{run.dag_id}/{run.run_id}"


def announce(asset: Asset, counts: Mapping[str, Any], *, new: int) -> None:
    """Put the counts on this task's event of `asset`, or end the task as skipped when nothing is new.

    A skipped task leaves its run green, rings nobody, and shows in the grid which runs brought something.
    Sources whose health changed are named in the log in any case: those that fail bring nothing.
    """
    for line in counts.get("changes", ()):
        logger.info(line)
    if not new:
        raise AirflowSkipException("nothing new, so nobody is rung")
    get_current_context()["outlet_events"][asset].extra = dict(counts)
