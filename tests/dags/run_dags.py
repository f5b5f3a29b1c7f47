"""Run as a program: `dag.test()` of one scenario after another on the migrated database of AIRFLOW_HOME.

`python -m tests.dags.run_dags` prints a line of JSON, scenario → what Airflow made of it. The functions of
`pipeline.airflow.tasks` that would need servers are replaced; the DAGs, and what combines results, are real.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from airflow.dag_processing.dagbag import DagBag
from airflow.models.asset import AssetEvent
from airflow.settings import Session

from pipeline.airflow import tasks
from pipeline.airflow.counts import Counts
from pipeline.errors import BrokerUnavailable, ConfigError

MARK = "told: "
"""Begins the line of results, among whatever Airflow prints."""

DAGS = Path(__file__).resolve().parents[2] / "dags"


@dataclass(frozen=True)
class Scenario:
    """A DAG, the replacements, and the conf of the run."""

    dag_id: str
    fakes: dict[str, Callable[..., Any]]
    conf: dict[str, Any] = field(default_factory=dict)


def _counts(discovered: int = 0, **outcomes: int) -> Counts:
    return Counts(runs=["run-1"], ended=["at-the-ends"], discovered=discovered, outcomes=outcomes)


def _shards(*hosts: str) -> list[Any]:
    return [
        {"number": number, "label": f"shard {number}: {host}", "hosts": [host]}
        for number, host in enumerate(hosts, 1)
    ]


def _down(*_: Any, **__: Any) -> Counts:
    raise BrokerUnavailable("Kafka does not answer")


def _down_for(host: str) -> Callable[..., Counts]:
    def scrape(hosts: list[str], *_: Any) -> Counts:
        return _down() if host in hosts else _counts(discovered=3, fetched=2)

    return scrape


def _down_at_first() -> Callable[..., Counts]:
    answers: Iterator[Callable[..., Counts]] = iter([_down, lambda: _counts(created=1)])
    return lambda *_: next(answers)()


def _misconfigured(*_: Any) -> Any:
    raise ConfigError("sources.yaml line 3: no such kind")


def _found() -> None:
    raise tasks.NeedsAttention("1 findings\nsource herald is silent: nothing new since Monday")


def _unfinished_at_first() -> Callable[..., Counts]:
    rebuilds: Iterator[Callable[..., Counts]] = iter(
        [_unfinished, lambda: _counts(**{"rebuild(in-force)": 1})]
    )
    return lambda parts, _: next(rebuilds)() if parts == ["rebuild"] else _counts()


def _unfinished() -> Counts:
    raise tasks.ToBeContinued("the rebuild is not in force yet: unfinished")


def _no_snapshot(parts: list[str], _: str) -> Counts:
    return _down() if parts == ["snapshot"] else _counts(**{"deleted(text-expired)": 3})


SCENARIOS = {
    "scrape, everything well": Scenario(
        "news_scrape",
        {
            "plan_scrape": lambda _: _shards("one.example", "two.example"),
            "scrape": lambda *_: _counts(discovered=3, fetched=2),
        },
    ),
    "scrape, options given": Scenario(
        "news_scrape",
        {"plan_scrape": lambda _: [], "scrape": _down},
        conf={"sources": ["harbour-herald"], "dry_run": True},
    ),
    "scrape, one shard fails": Scenario(
        "news_scrape",
        {
            "plan_scrape": lambda _: _shards("one.example", "two.example"),
            "scrape": _down_for("one.example"),
        },
    ),
    "scrape, all shards fail": Scenario(
        "news_scrape",
        {"plan_scrape": lambda _: _shards("one.example", "two.example"), "scrape": _down},
    ),
    "scrape, no plan": Scenario("news_scrape", {"plan_scrape": _misconfigured}),
    "clean, nothing waits": Scenario("news_clean", {"plan_clean": list, "clean": _down}),
    "clean, nothing new": Scenario(
        "news_clean", {"plan_clean": lambda: [1], "clean": lambda *_: _counts(unchanged=4)}
    ),
    "clean, two workers": Scenario(
        "news_clean", {"plan_clean": lambda: [1, 2], "clean": lambda *_: _counts(published=4)}
    ),
    "index, stories made": Scenario("news_index", {"index": lambda *_: _counts(created=2, unchanged=1)}),
    "health, all well": Scenario("news_health", {"check": lambda: None}),
    "health, findings": Scenario("news_health", {"check": _found}),
    "maintenance, rebuild goes on": Scenario("news_maintenance", {"maintain": _unfinished_at_first()}),
    "maintenance, no snapshot": Scenario("news_maintenance", {"maintain": _no_snapshot}),
    "replay, empty form": Scenario("news_replay", {"plan_replay": lambda _: [], "replay": _down}),
    "replay, pages": Scenario(
        "news_replay",
        {
            "plan_replay": lambda _: [{"label": f"partition {n}", "partition": n} for n in (0, 3)],
            "replay": lambda *_: _counts(published=2, unchanged=5),
        },
        conf={"what": "pages", "sources": ["herald"], "since": "2026-11-20T00:00:00Z", "dry_run": False},
    ),
    "index, fails once": Scenario("news_index", {"index": _down_at_first()}),
}


def main() -> None:
    """Run them all."""
    told = {name: _run(scenario) for name, scenario in SCENARIOS.items()}
    print(MARK + json.dumps(told))


def _run(scenario: Scenario) -> dict[str, Any]:
    dag = DagBag(str(DAGS)).dags[scenario.dag_id]  # read anew: a run leaves its conf in the params
    for task in dag.tasks:
        task.retry_delay = timedelta(0)
    fakes = {name: mock.Mock(side_effect=fake) for name, fake in scenario.fakes.items()}
    with mock.patch.multiple(tasks, **fakes):
        run = dag.test(run_conf=scenario.conf)
    instances = sorted(run.get_task_instances(), key=lambda ti: (ti.task_id, ti.map_index))
    return {
        "state": str(run.state),
        "tasks": [
            {
                "id": ti.task_id,
                "state": str(ti.state),
                "label": ti.rendered_map_index,
                "tries": ti.try_number,
            }
            for ti in instances
        ],
        "events": _events(run.run_id, scenario.dag_id),
        "calls": {name: [list(call.args) for call in fake.call_args_list] for name, fake in fakes.items()},
    }


def _events(run_id: str, dag_id: str) -> list[dict[str, Any]]:
    with Session() as session:
        found = session.query(AssetEvent).filter_by(source_run_id=run_id, source_dag_id=dag_id).all()
        return [{"asset": event.asset.name, "extra": event.extra} for event in found]


if __name__ == "__main__":
    main()
