"""A new version of the readers' index on real servers: killed, resumed, written to meanwhile, and equal."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
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


def test_readers_and_the_writer_go_on_meanwhile_and_nothing_differs(
    world, empty: Settings, monkeypatch: pytest.MonkeyPatch
):
    """In every phase searches are answered, and never with fewer stories than a reader may count on: those
    that were findable before the rebuild, and after the swap all that were stored before it."""
    store(world, *(made(number) for number in range(1500)))
    world.stories.refresh()
    phase, answers, added = ["before"], list[tuple[str, int]](), list[Story]()
    promised = dict.fromkeys(("before", "stories", "comparisons", "swap"), 1500)

    def write(own: World) -> None:
        story = made(10_000 + len(added))
        store(own, story, made(len(added) % 1500, 10_000 + len(added)))
        added.append(story)

    def read(own: World) -> None:
        asked_in = phase[0]
        answers.append((asked_in, own.searcher.search(Query(text="harbour", limit=1)).total))

    def enter(name: str) -> None:
        """Go on when a search that began in this phase was answered."""
        phase[0] = name
        wait_until(lambda: any(asked_in == name for asked_in, _ in answers), meanwhile)

    swap = ElasticReindex.swap

    def swapping(following: ElasticReindex) -> None:
        enter("swap")
        promised["after"] = 1500 + len(added)
        swap(following)
        enter("after")

    monkeypatch.setattr(ElasticReindex, "swap", swapping)
    with Meanwhile(empty, write, read) as meanwhile:
        enter("before")
        run_reindex(world, lambda doing, *_: enter(doing))
    assert set(promised) == {asked_in for asked_in, _ in answers}
    assert [] == [(asked_in, total) for asked_in, total in answers if total < promised[asked_in]]
    before, after = everything(world, FIRST), everything(world, SECOND)
    assert {story.story_id for story in added} < after.keys()
    assert len(after) == 1500 + len(added)
    assert [] == [id for id, story in before.items() if after[id].version < story.version]


class Meanwhile:
    """Each step again and again in a thread with a world of its own, until the end of the block."""

    def __init__(self, settings: Settings, *steps: Callable[[World], None]) -> None:
        self._settings, self._stop = settings, threading.Event()
        self.faults = list[BaseException]()
        self._threads = [threading.Thread(target=self._loop, args=(step,)) for step in steps]

    def __enter__(self) -> Meanwhile:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert self.faults == []

    def _loop(self, step: Callable[[World], None]) -> None:
        own = World(self._settings)
        try:
            while not self._stop.wait(0.02):
                step(own)
        except BaseException as error:
            self.faults.append(error)
        finally:
            own.close()


def wait_until(holds: Callable[[], bool], meanwhile: Meanwhile, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert meanwhile.faults == []
        assert time.monotonic() < end, "nothing was answered"
        time.sleep(0.01)


def test_writer_whose_batch_meets_the_swap_loses_nothing(world, monkeypatch: pytest.MonkeyPatch):
    store(world, made(1))
    following = world.next_index
    following.begin()
    following.put([made(1)])
    real = elastic_stories.write

    def swapping(client: Any, alias: str, operations: Any, **options: Any) -> Any:
        done = real(client, alias, operations, **options)
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

    def late(client: Any, alias: str, operations: Any, **options: Any) -> Any:
        if alias == NEXT:
            following.swap()
        return real(client, alias, operations, **options)

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
