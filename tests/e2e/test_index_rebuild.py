"""A new version of the readers' index on real servers: killed, resumed, written to meanwhile, and equal."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

import schemas
from infra.local.instance import Instance
from pipeline.adapters import elastic_stories
from pipeline.adapters.elastic_reindex import ElasticReindex
from pipeline.adapters.elastic_stories import NEXT
from pipeline.bootstrap import run_reindex
from pipeline.core.codec import to_document, to_message
from pipeline.core.model import Story
from pipeline.core.search import Query
from pipeline.errors import ConfigError, InvalidRecord
from pipeline.settings import Settings
from pipeline.world import World
from tests.contract.shelves import written
from tests.e2e.workers import finish, start

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

FIRST, SECOND = "news-stories-v0001", "news-stories-v0002"


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    made.close()


def made(number: int, version: int = 2, **changes: Any) -> Story:
    one = written(number, f"Harbour report {number}", f"Pier {number} is open again.", **changes)
    member = replace(one.members[0], joined=1)
    return replace(one, version=version, members=(member,))


def removed(story: Story, version: int) -> Story:
    members = tuple(replace(member, title=None, edits=("removed",)) for member in story.members)
    return replace(
        story, version=version, status="removed", change="edited", content=None, lead=None, members=members
    )


def store(world: World, *stories: Story) -> None:
    """As the index stage does: into the index, then into the topic."""
    world.stories.put(stories)
    world.publisher.publish([to_message(story, source="/stages/index") for story in stories])


def behind(world: World, alias: str) -> list[str]:
    return sorted(world.next_index._client.indices.get(index=alias, ignore_unavailable=True))


def everything(world: World, index: str) -> dict[str, Story]:
    """Every story of one index, by id."""
    client = world.next_index._client
    client.indices.refresh(index=index)
    return {story.story_id: story for story in elastic_stories.ElasticStories(client, index).above(0)}


def quiet(*_: object) -> None:
    pass


def test_rebuilt_index_answers_as_the_one_before(world):
    stories = [made(number) for number in range(40)]
    store(world, *stories)
    store(world, removed(stories[3], 9), made(4, 7, change="revised"))
    found = run_reindex(world, quiet)
    assert (found.index, found.served_before) == (SECOND, FIRST)
    assert (found.statuses, found.repaired) == ({"active": 39, "removed": 1}, 0)
    assert behind(world, "news-stories") == behind(world, "news-stories-write") == [SECOND]
    assert behind(world, NEXT) == []
    assert everything(world, FIRST) == everything(world, SECOND)
    assert world.searcher.search(Query(text="harbour", facets=True)).total == 39
    settings = world.next_index._client.indices.get_settings(index=SECOND, flat_settings=True)
    assert settings[SECOND]["settings"]["index.refresh_interval"] == "2s"
    assert settings[SECOND]["settings"]["index.auto_expand_replicas"] == "0-1"


def test_version_before_stays_until_told(world):
    store(world, made(1))
    run_reindex(world, quiet)
    assert world.next_index.old() == {FIRST: 1}
    run_reindex(world, quiet)
    assert world.next_index.old() == {FIRST: 1, SECOND: 1}
    world.next_index.drop_old([FIRST, "news-stories-v0003"])
    assert world.next_index.old() == {SECOND: 1}
    assert behind(world, "news-stories") == ["news-stories-v0003"]


def test_killed_while_filling_it_goes_on_where_it_stopped(world, instance: Instance):
    for start_at in range(0, 7000, 1000):
        store(world, *(made(number) for number in range(start_at, start_at + 1000)))
    killed = start(instance, "tests.e2e.mortal_rebuild", "SIGKILL", "ElasticReindex.put", "12")
    code, printed = finish(killed)
    assert code == -signal.SIGKILL, printed
    assert behind(world, "news-stories") == [FIRST]
    store(world, removed(made(17), 9), made(7001))
    found = run_reindex(world, quiet)
    assert 4500 < found.resumed_at < 6500
    assert found.records < 3000
    assert found.statuses == {"active": 7000, "removed": 1}
    assert everything(world, FIRST) == everything(world, SECOND)


@pytest.mark.parametrize("place", ["ElasticReindex.begin", "ElasticReindex.compare", "ElasticReindex.swap"])
def test_killed_at_any_step_the_next_run_ends_well(world, instance: Instance, place: str):
    store(world, *(made(number) for number in range(20)))
    code, printed = finish(start(instance, "tests.e2e.mortal_rebuild", "SIGKILL", place, "1"))
    assert code == -signal.SIGKILL, printed
    assert world.searcher.search(Query(text="harbour")).total in (0, 20)
    run_reindex(world, quiet)
    assert world.searcher.search(Query(text="harbour")).total == 20
    assert behind(world, NEXT) == []
    assert len(behind(world, "news-stories")) == 1


def test_readers_and_the_writer_go_on_meanwhile_and_nothing_differs(world, empty: Settings):
    store(world, *(made(number) for number in range(1500)))
    world.stories.refresh()
    stop, totals, numbers = threading.Event(), list[int](), iter(range(10_000, 20_000))
    faults: list[BaseException] = []

    def looping(step: Any) -> None:
        own = World(empty)
        try:
            while not stop.is_set():
                step(own)
        except BaseException as error:
            faults.append(error)
        finally:
            own.close()

    def write(own: World) -> None:
        number = next(numbers)
        store(own, made(number), made(number % 1500, number))
        time.sleep(0.02)

    def read(own: World) -> None:
        totals.append(own.searcher.search(Query(text="harbour", limit=1)).total)
        time.sleep(0.02)

    threads = [threading.Thread(target=looping, args=(step,)) for step in (write, read)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        run_reindex(world, quiet)
        time.sleep(1)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert len(totals) > 3
    assert min(totals) >= 1500
    lost = max(earlier - later for earlier, later in pairwise(totals))
    assert lost < 100, "stories vanished, beyond those indexed within the swap"
    after, topic = everything(world, SECOND), next(numbers) - 10_000
    assert len(after) == 1500 + topic
    before = everything(world, FIRST)
    assert {id: after[id].version >= story.version for id, story in before.items()} == dict.fromkeys(
        before, True
    )


def test_writer_whose_batch_meets_the_swap_loses_nothing(world, monkeypatch: pytest.MonkeyPatch):
    store(world, made(1))
    following = world.next_index
    following.begin()
    following.put([made(1)])
    real = elastic_stories.write

    def swapping(client: Any, alias: str, operations: Any) -> Any:
        done = real(client, alias, operations)
        if alias == NEXT:
            following.swap()
        return done

    monkeypatch.setattr(elastic_stories, "write", swapping)
    world.stories.put([made(2)])
    monkeypatch.undo()
    assert set(everything(world, SECOND)) == {made(1).story_id, made(2).story_id}


def test_writer_that_comes_upon_the_swap_between_looking_and_writing_loses_nothing(
    world, monkeypatch: pytest.MonkeyPatch
):
    following = world.next_index
    following.begin()
    real = elastic_stories.write

    def late(client: Any, alias: str, operations: Any) -> Any:
        if alias == NEXT:
            following.swap()
        return real(client, alias, operations)

    monkeypatch.setattr(elastic_stories, "write", late)
    assert world.stories.put([made(2)]) == set()
    assert set(everything(world, SECOND)) == {made(2).story_id}


def test_what_reached_the_index_before_alone_is_found_after_the_swap(world):
    following = world.next_index
    following.begin()
    following._client.index(index=FIRST, id=made(5).story_id, document=to_document(made(5)))
    following.swap()
    assert following.late() == [made(5)]


def test_removed_story_stays_removed(world):
    store(world, made(1), made(2))
    store(world, removed(made(1), 5))
    run_reindex(world, quiet)
    assert world.searcher.search(Query(text="harbour")).total == 1
    assert world.searcher.complete("harbour") == ["Harbour report 2"]
    assert world.stories.put([made(1, 4)]) == {made(1).story_id}
    source = world.next_index._client.get(index=SECOND, id=made(1).story_id)["_source"]
    assert not {"title", "text", "title_en", "text_en", "suggest", "url"} & source.keys()


def test_version_that_rejects_a_story_is_not_put_in_place_and_harms_no_writer(world):
    contract = schemas.indices()["news-stories"]
    fields = {**contract.mappings["properties"], "language": {"type": "date"}}
    narrow = replace(contract, mappings={**contract.mappings, "properties": fields})
    following = ElasticReindex(world.next_index._client, narrow)
    following.begin()
    assert world.stories.put([made(1)]) == set()
    with pytest.raises(InvalidRecord) as rejected:
        following.put([made(1)])
    assert rejected.value.facts["id"] == made(1).story_id
    assert following.compare([]).behind == (made(1).story_id,)
    assert following.abandon() == SECOND
    assert world.stories.put([made(2)]) == set()


def test_version_begun_beside_another_index_is_refused(world):
    following = world.next_index
    assert following.abandon() is None
    following.begin()
    client = following._client
    client.indices.create(index="news-stories-v0009")
    client.indices.update_aliases(
        actions=[
            {"remove": {"index": FIRST, "alias": "news-stories-write"}},
            {"add": {"index": "news-stories-v0009", "alias": "news-stories-write", "is_write_index": True}},
        ]
    )
    with pytest.raises(ConfigError, match="--abandon"):
        following.begin()
    assert following.abandon() == SECOND


def test_second_swap_is_refused(world):
    world.next_index.begin()
    world.next_index.swap()
    with pytest.raises(ConfigError):
        world.next_index.swap()


def test_rebuild_of_the_stories_themselves_goes_first(world):
    client = world.next_index._client
    client.indices.create(index="news-stories-v0001-e00002-x", aliases={"news-stories-rebuild": {}})
    with pytest.raises(ConfigError, match="rebuilt"):
        world.next_index.begin()
    assert world.next_index.old() == {}
