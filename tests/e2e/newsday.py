"""One day of the invented newsroom through the real stack: what the tests of the main path look at.

    empty servers ─► Airflow up ─► news_scrape by REST ─► quiet: first look
                                   corrections come out ─► news_scrape by REST ─► quiet: second look
                                   DAGs paused ─► no run active

Done once a session, since it takes a minute or two. The DAGs are paused, so that nothing of ours works beside
other tests while Airflow stays up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from click.testing import CliRunner, Result

import newsroom
from infra.local.instance import Instance
from infra.local.progress import Silent
from newsroom import Room
from newsroom.sources import CATALOGUE
from newsroom.truth import Truth
from pipeline import settings as settings_module
from pipeline.airflow.rest import AirflowApi
from pipeline.cli.demo_work import DAGS, Watch
from pipeline.cli.main import copydesk
from pipeline.core import urls
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision, Story
from pipeline.core.reports import RunReport
from pipeline.core.search import Query, Results
from pipeline.ports import Where
from pipeline.world import World

PATIENCE = 300.0
SEARCHED = "ferry walkout"


@dataclass(frozen=True)
class Look:
    """What was true, and what the stores held, once everything was quiet."""

    truth: Truth
    stories: dict[str, Story]
    ledger: dict[str, LedgerEntry]
    revisions: dict[str, list[Revision]]

    @property
    def active(self) -> list[Story]:
        """The stories readers find."""
        return [story for story in self.stories.values() if story.status == "active"]

    def story_of(self, url: str) -> Story:
        """The active story that lists this article."""
        name = article_id(url)
        (story,) = [story for story in self.active if name in {held.article_id for held in story.members}]
        return story


@dataclass(frozen=True)
class Newsday:
    """Both looks, the reports of all runs, and Airflow, still up.

    Other tests empty the topics and indices meanwhile, so what readers and operators see is asked at once:
    `found` for a search, `status` and its exit code for `copydesk status --json`.
    """

    first: Look
    second: Look
    corrected: tuple[str, ...]
    reports: list[RunReport]
    scrapes: tuple[str, ...]
    airflow: AirflowApi
    found: Results
    status: dict[str, Any]
    exit_code: int


def article_id(url: str) -> str:
    """The id of the article announced at `url`."""
    return urls.article_id(urls.canonical(url))


@contextmanager
def lived(instance: Instance) -> Iterator[Newsday]:
    """Live it on this instance, whose Kafka and Elasticsearch run and are empty."""
    world = World(settings_module.load(instance.environment()))
    try:
        with newsroom.serve() as room:
            table = f"*.example={urlsplit(f'http://{room.host}:{room.port}').netloc}"
            told = {"COPYDESK_SOURCES": str(CATALOGUE), "COPYDESK_HOST_TABLE": table}
            instance.up(("airflow",), environment=told)
            yield _live(instance, room, world)
    finally:
        instance.down(("airflow",))
        world.close()


def _live(instance: Instance, room: Room, world: World) -> Newsday:
    login = instance.login()
    airflow = AirflowApi(login.url, login.user, login.password)
    watch = Watch(airflow, world, Silent(), datetime.now(UTC), PATIENCE)
    first_run = watch.trigger({})
    watch.until_quiet(first_run)
    first = _look(room, world)
    corrected = tuple(article.id for article in room.correct_all())
    outlets = sorted({article.partition("/")[0] for article in corrected})
    second_run = watch.trigger({"sources": outlets, "force": True})
    watch.until_quiet(second_run)
    _rest(airflow, watch.since)
    told = _status(instance)
    return Newsday(
        first=first,
        second=_look(room, world),
        corrected=corrected,
        reports=[stored.value for stored in world.runs.find(Where())],
        scrapes=(first_run, second_run),
        airflow=airflow,
        found=world.searcher.search(Query(text=SEARCHED, limit=3)),
        status=json.loads(told.stdout),
        exit_code=told.exit_code,
    )


def _status(instance: Instance) -> Result:
    environment = {**instance.environment(), "COPYDESK_STATE_DIR": str(instance.settings.state)}
    return CliRunner().invoke(copydesk, ["status", "--json"], env=environment)


def _rest(airflow: AirflowApi, since: datetime) -> None:
    """Wait for what is under way, and let no DAG begin anything more; the run of a paused DAG never ends."""
    airflow.pause("news_health")
    deadline = time.monotonic() + PATIENCE
    while True:
        if not _active(airflow, since):
            for dag_id in DAGS:
                airflow.pause(dag_id)
            begun = _active(airflow, since)
            if not begun:
                return
            for dag_id in begun:
                airflow.unpause(dag_id)
        assert time.monotonic() < deadline, f"runs are still active: {_active(airflow, since)}"
        time.sleep(0.5)


def _active(airflow: AirflowApi, since: datetime) -> list[str]:
    earliest = since - timedelta(hours=1)
    return [dag_id for dag_id in DAGS if any(run.active for run in airflow.runs(dag_id, earliest))]


def _look(room: Room, world: World) -> Look:
    for store in (world.stories, world.ledger, world.revisions, world.runs):
        store.refresh()
    ledger = {stored.id: stored.value for stored in world.ledger.find(Where())}
    revisions: dict[str, list[Revision]] = {}
    for revision in world.revisions.of(list(ledger)):
        revisions.setdefault(revision.article_id, []).append(revision)
    return Look(
        truth=room.truth,
        stories={story.story_id: story for story in world.stories.above(-1)},
        ledger=ledger,
        revisions=revisions,
    )
