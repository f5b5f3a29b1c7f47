"""Watching the DAGs do the demo's work, in two acts.

    first edition:  news_scrape, triggered or just begun ─► news_clean, news_index by their bells ─► quiet
    corrections:    press the newsroom's switch ─► trigger news_scrape for those outlets ─► … ─► quiet

Quiet is: the run of news_scrape succeeded, no group is behind, and no article is between two stages.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from infra.local.progress import Progress
from newsroom.edition import first_edition
from newsroom.material import outlets, stories
from pipeline.airflow.rest import AirflowApi, AirflowUnavailable, DagRun, UnknownToAirflow
from pipeline.cli.demo_stack import Stack
from pipeline.errors import PipelineError
from pipeline.ports import Where
from pipeline.stages.accounts import topic_states
from pipeline.world import World

DAGS = ("news_scrape", "news_clean", "news_index")
BETWEEN_STAGES = ("fetched", "cleaned")

KNOWN_SECONDS = 120.0
"""How long Airflow may take to read the DAG files after its start."""
WORK_SECONDS = 240.0
REAL_SECONDS = 900.0
"""How long one act may take: with the newsroom, and with real sources, whose pace is polite."""
LOOK_SECONDS = 1.5
SCHEDULE = timedelta(minutes=10)
"""A scheduled run bears the time of its slot, which is earlier than its start: twice the five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How it stands at one moment: runs by DAG, the newest first; lag by group; articles by state."""

    runs: Mapping[str, Sequence[DagRun]]
    lag: Mapping[str, int]
    states: Mapping[str, int]
    stories: int

    @property
    def quiet(self) -> bool:
        """Whether nothing is on its way. Runs may be active all the same: one bell too many rang."""
        return not any(self.states.get(state) for state in BETWEEN_STAGES) and not any(self.lag.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """When the work began, which runs of news_scrape we asked for, and how it stood in the end."""

    since: datetime
    scrapes: tuple[str, ...]
    last: Look
    corrected: tuple[str, ...]


def work(stack: Stack, progress: Progress) -> Done:
    """Both acts. Raises PipelineError, naming what to look at, when a scrape fails or the time is over."""
    seconds = WORK_SECONDS if stack.newsroom else REAL_SECONDS
    watch = Watch(stack.airflow, stack.world, progress, stack.since, seconds)
    scrapes = [watch.begin()]
    last = watch.until_quiet(scrapes[0])
    corrected = _correct(stack.newsroom) if stack.newsroom else ()
    if corrected:
        names = sorted({article.partition("/")[0] for article in corrected})
        scrapes.append(watch.trigger({"sources": names, "force": True}))
        last = watch.until_quiet(scrapes[1])
    return Done(since=stack.since, scrapes=tuple(scrapes), last=last, corrected=corrected)


@dataclass(slots=True)
class Watch:
    """Asks Airflow, Kafka and Elasticsearch how it stands, and tells the listener what changed."""

    airflow: AirflowApi
    world: World
    progress: Progress
    since: datetime
    seconds: float
    _told: dict[str, str] = field(default_factory=dict)

    def begin(self) -> str:
        """The id of a run of news_scrape: of one that its schedule has just begun, or else of a new one."""
        self._know()
        recent = self.airflow.runs("news_scrape", self.since - SCHEDULE)
        begun = [run for run in recent if run.active and (run.started_at or self.since) >= self.since]
        return begun[0].run_id if begun else self.airflow.trigger("news_scrape")

    def trigger(self, conf: Mapping[str, Any]) -> str:
        """Start a run of news_scrape as soon as Airflow knows the DAGs; return its id."""
        self._know()
        return self.airflow.trigger("news_scrape", conf)

    def _know(self) -> None:
        deadline = time.monotonic() + KNOWN_SECONDS
        while True:
            try:
                for dag_id in DAGS:
                    self.airflow.unpause(dag_id)
            except (UnknownToAirflow, AirflowUnavailable) as error:
                if time.monotonic() > deadline:
                    raise PipelineError(
                        f"Airflow did not read the DAGs within {KNOWN_SECONDS:.0f} s ({error}). "
                        f"Look at {self.airflow.url}/dags for import errors and at `copydesk status`"
                    ) from error
                self._step("news_scrape", "waiting until Airflow has read the DAGs")
                time.sleep(1.0)
            else:
                return

    def until_quiet(self, scrape: str) -> Look:
        """Wait until this run of news_scrape ended and all that followed; return how it stands then."""
        deadline = time.monotonic() + self.seconds
        while True:
            ours = self.airflow.run("news_scrape", scrape)  # before the look, which must see what it brought
            look = self._look()
            self._tell(look)
            if ours.state == "failed":
                raise PipelineError(f"the run of news_scrape failed: {self._why(ours)}")
            if ours.state == "success" and look.quiet:
                return look
            if time.monotonic() > deadline:
                raise PipelineError(self._overdue(look, ours))
            time.sleep(LOOK_SECONDS)

    def _look(self) -> Look:
        self.world.ledger.refresh()
        self.world.stories.refresh()
        lag: dict[str, int] = {}
        for state in topic_states(self.world.reader).values():
            lag |= state.lag
        return Look(
            runs={dag_id: self.airflow.runs(dag_id, self.since) for dag_id in DAGS},
            lag=lag,
            states=self.world.ledger.counts("state", Where()),
            stories=self.world.stories.counts().get("active", 0),
        )

    def _tell(self, look: Look) -> None:
        for dag_id, runs in look.runs.items():
            active = next((run for run in runs if run.active), None)
            newest = active or next(iter(runs), None)
            self._step(dag_id, "at work" if active else newest.state if newest else "waiting")
        articles = ", ".join(f"{count} {state}" for state, count in sorted(look.states.items()))
        self._step("articles", articles or "none yet")
        self._step("stories", f"{look.stories} searchable")

    def _step(self, name: str, text: str) -> None:
        if self._told.get(name) != text:
            self._told[name] = text
            self.progress.step(name, text)

    def _why(self, run: DagRun) -> str:
        failed = [task for task in self.airflow.tasks(run.dag_id, run.run_id) if task["state"] == "failed"]
        errors = [line for task in failed for line in self.airflow.log(task) if "Error" in line]
        where = f"{self.airflow.url}/dags/{run.dag_id}/runs/{run.run_id}"
        return f"{errors[-1] if errors else 'see its tasks'}; all logs: {where}"

    def _overdue(self, look: Look, ours: DagRun) -> str:
        failed = [run for runs in look.runs.values() for run in runs if run.state == "failed"]
        reasons = f" {failed[0].dag_id} failed: {self._why(failed[0])}." if failed else ""
        lag = ", ".join(f"{group} {behind}" for group, behind in look.lag.items())
        return (
            f"not done after {self.seconds:.0f} s: the run of news_scrape is {ours.state}, lag: {lag}, "
            f"articles: {dict(look.states)}.{reasons} Look at {self.airflow.url} and at `copydesk status`; "
            "what was started goes on working"
        )


def _correct(newsroom: str) -> tuple[str, ...]:
    """Bring out the corrections that wait; the ids of the articles, none when they were out already."""
    published, _ = first_edition(stories(), outlets(), datetime.now(UTC))
    waiting = [article.id for article in published if article.correction is not None]
    return tuple(article for article in waiting if _press(newsroom, article))


def _press(newsroom: str, article: str) -> bool:
    where = urlsplit(newsroom)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    try:
        connection.request("POST", "/_newsroom/correct", json.dumps({"id": article}))
        return connection.getresponse().status == 200
    finally:
        connection.close()
