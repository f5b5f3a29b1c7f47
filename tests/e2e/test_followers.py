"""`copydesk run STAGE --follow`, three of them on real servers: news comes through without any DAG."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import newsroom
from newsroom import Room
from newsroom.model import Article
from pipeline.core.reports import RunReport
from pipeline.core.search import Query
from pipeline.ports import Where
from pipeline.settings import Settings
from pipeline.world import World
from tests.e2e.workers import eventually, finish, start

pytestmark = [pytest.mark.e2e, pytest.mark.servers, pytest.mark.timeout(300)]

STAGES = ("fetch", "clean", "index")
OUTLET = "harbour-herald"


@pytest.fixture
def room() -> Iterator[Room]:
    with newsroom.serve() as opened:
        yield opened


@pytest.fixture
def told(room: Room, tmp_path: Path) -> dict[str, str]:
    """One outlet, which is asked every few seconds."""
    rows = [{**row, "interval_minutes": 0.05} for row in room.sources if row["id"] == OUTLET]
    catalogue = tmp_path / "sources.yaml"
    catalogue.write_text(yaml.safe_dump({"version": 1, "sources": rows}), encoding="utf-8")
    table = f"*.example={room.host}:{room.port}"
    return {"COPYDESK_SOURCES": str(catalogue), "COPYDESK_HOST_TABLE": table}


def test_news_comes_through_until_the_workers_are_told_to_stop(
    instance, empty: Settings, room: Room, told: dict[str, str]
):
    world = World(empty)
    workers = [start(instance, "tests.e2e.follow", stage, **told) for stage in STAGES]
    try:
        eventually(lambda: listed(world) > 0, "the first edition is searchable")
        late = late_article(room)
        eventually(lambda: finds(world, late.current.title), "an article of later is searchable")
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        ends = [finish(worker) for worker in workers]
        assert [0, 0, 0] == [code for code, _ in ends], ends
        assert dict.fromkeys(STAGES, "finished") == statuses(world)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        world.close()


def late_article(room: Room) -> Article:
    """Publish until our outlet has one more; whose turn it is lies with the newsroom."""
    while (article := room.publish()).outlet_id != OUTLET:
        pass
    return article


def listed(world: World) -> int:
    return world.searcher.search(Query(limit=1)).total


def finds(world: World, title: str) -> bool:
    return title in {hit.title for hit in world.searcher.search(Query(text=title, limit=3)).hits}


def statuses(world: World) -> dict[str, str]:
    world.runs.refresh()
    reports: list[RunReport] = [stored.value for stored in world.runs.find(Where())]
    return {report.stage: report.status for report in reports}
