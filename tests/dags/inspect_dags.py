"""Run as a program: parse the DAG files in a fresh interpreter, as Airflow does, and print what is there.

`python -m tests.dags.inspect_dags` prints a line of JSON. A process of its own, because importing Airflow
changes logging and warnings for good, and because "does not import kafka" can only be seen in a clean one.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.module_loading import import_string
from airflow.serialization.serialized_objects import DagSerialization

from pipeline.airflow.assets import NEWS_CLEAN, NEWS_RAW, NEWS_STORIES

MARK = "told: "
DAGS = Path(__file__).resolve().parents[2] / "dags"


def main() -> None:
    """Print the facts."""
    bag = DagBag(collect_dags=False)
    seconds = {path.name: _parse(bag, path) for path in sorted(DAGS.glob("*.py"))}
    facts = {
        "seconds": seconds,
        "errors": bag.import_errors,
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
        "dags": {dag_id: _facts(dag) for dag_id, dag in bag.dags.items()},
        "watchers": [_watcher(asset) for asset in (NEWS_RAW, NEWS_CLEAN, NEWS_STORIES)],
    }
    print(MARK + json.dumps(facts, default=str))


def _parse(bag: DagBag, path: Path) -> float:
    began = time.process_time()
    bag.process_file(str(path), only_if_updated=False)
    return time.process_time() - began


def _facts(dag: DAG) -> dict[str, Any]:
    written = DagSerialization.to_dict(dag)
    DagSerialization.from_dict(json.loads(json.dumps(written)))
    return {
        "display_name": dag.dag_display_name,
        "description": dag.description,
        "doc": dag.doc_md,
        "tags": sorted(dag.tags),
        "schedule": written["dag"]["timetable"],
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": {name: dag.params.get_param(name).dump() for name in dag.params},
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _task(task: Any) -> dict[str, Any]:
    return {
        "owner": task.owner,
        "display_name": task.task_display_name,
        "retries": task.retries,
        "retry_policy": bool(task.retry_policy),
        "doc": task.doc_md,
        "timeout": task.execution_timeout.total_seconds() if task.execution_timeout else None,
        "outlets": [asset.name for asset in task.outlets],
        "trigger_rule": task.trigger_rule.value,
        "upstream": sorted(task.upstream_task_ids),
        "map_index_template": task.map_index_template,
        "multiple_outputs": task.multiple_outputs
        if hasattr(task, "multiple_outputs")
        else task.partial_kwargs["multiple_outputs"],
    }


def _watcher(asset: Any) -> dict[str, Any]:
    triggers = [watcher.trigger.serialize() for watcher in asset.watchers]
    again = [import_string(path)(**given).serialize() for path, given in triggers]
    return {"asset": asset.name, "uri": asset.uri, "triggers": triggers, "round_trip": triggers == again}


main()
