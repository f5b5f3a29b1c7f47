"""A new installation on real servers: the first list, its one rebuild, and a snapshot that restores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.elastic_clients import client
from pipeline.bootstrap import furniture_in_force, now, run_index, run_maintenance, run_restore, standing
from pipeline.core.codec import from_record, to_message
from pipeline.core.ledger import FetchSection
from pipeline.core.model import Edit
from pipeline.ports import Where
from pipeline.settings import Settings
from pipeline.stages.ledger import record
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.stages.articles import article, prose

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

LOG = "news.articles.clean.v1"
PACE = Pace(batch=50, seconds=120)
PAGES = 24
BLOCK = " ".join(prose("newsletter pitch", 70).split())


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    elastic = client(empty)
    elastic.options(ignore_status=404).snapshot.delete(repository="copydesk", snapshot="*")
    elastic.options(ignore_status=404).snapshot.delete_repository(name="copydesk")
    elastic.close()
    made.close()


def newsroom(world: World) -> None:
    """Pages of two weeks that all carry the same block, indexed under no list."""
    began = now() - timedelta(days=15)
    pages = []
    for number in range(PAGES):
        at = began + timedelta(hours=2 * number)
        text = f"{BLOCK}\n\n{prose(f'page {number}', 90)}"
        pages.append(
            article(
                f"page-{number}", text, source=f"s{number}", fetched_at=at, first_fetched_at=at, event_at=at
            )
        )
    sections = [
        (
            page.article_id,
            FetchSection(
                source_id=page.source_id,
                url=page.url,
                canonical_url=page.canonical_url,
                host="herald.example",
                run_id="fetch-1",
                discovered_at=page.fetched_at,
                attempted_at=page.fetched_at,
                outcome="fetched",
                fetched_at=page.fetched_at,
            ),
        )
        for page in pages
    ]
    record(world.ledger, sections)
    world.publisher.publish([to_message(page, source="/stages/clean") for page in pages])
    run_index(world, PACE)
    world.ledger.refresh()


def statuses(world: World) -> dict[str, int]:
    world.stories.refresh()
    return world.stories.counts()


def lists(world: World) -> list[Edit]:
    ends = {partition: end for partition, (_, end) in world.reader.ends(LOG).items()}
    values = (from_record(found) for found in world.reader.read(LOG, {}, ends))
    return [value for value in values if isinstance(value, Edit) and value.kind == "furniture"]


def test_first_list_is_learnt_once_and_rebuilt_under_once_it_is_in_force(world):
    newsroom(world)
    assert 1 == statuses(world)["active"]

    first = run_maintenance(world, PACE)
    assert {"snapshot(complete)": 1, "list(first)": 1, "rebuild(waits-for-list)": 1} == first.done
    assert 1 == len(lists(world))
    assert (0, 0) == (standing(world).furniture, furniture_in_force(world).size)
    assert 1 == statuses(world)["active"]

    run_index(world, PACE)
    assert furniture_in_force(world).size > 0
    second = run_maintenance(world, PACE)
    assert {"rebuild(in-force)": 1} == second.done
    assert PAGES == statuses(world)["active"]
    assert 1 == len(lists(world))
    assert {} == run_maintenance(world, PACE).done

    world.runs.refresh()
    reports = list(world.runs.find(Where(terms={"stage": ["maintenance"]}), order="started_at"))
    assert [dict(first.done), dict(second.done), {}] == [dict(stored.value.outcomes) for stored in reports]
    (rebuilt,) = world.runs.find(Where(terms={"stage": ["rebuild"]}))
    assert {"created": PAGES, "unchanged": 1} == rebuilt.value.outcomes


def test_snapshot_of_maintenance_restores_what_no_topic_holds(world):
    """The drill, as the runbook says: restore without the stories, then read them from their topic."""
    newsroom(world)
    (name,) = _snapshot(world)
    accounts = {stored.id: stored.value.fetch for stored in world.ledger.find(Where())}
    before = statuses(world)
    elastic = client(world.settings)
    for index in elastic.indices.get(index="news-*"):
        elastic.indices.delete(index=index)
    elastic.snapshot.restore(
        repository="copydesk", snapshot=name, indices="news-*,-news-stories-*", wait_for_completion=True
    )
    elastic.close()
    apply_indices(world.settings)
    run_restore(world, lambda _what, _done: None)
    world.ledger.refresh()
    assert accounts == {stored.id: stored.value.fetch for stored in world.ledger.find(Where())}
    assert before == statuses(world)


def _snapshot(world: World) -> list[str]:
    assert {"snapshot(complete)": 1} == run_maintenance(world, PACE, parts=["snapshot"]).done
    assert {} == run_maintenance(world, PACE, parts=["snapshot"]).done
    assert world.snapshots is not None
    return [held.name for held in world.snapshots.held()]
