"""Stories rebuilt on real servers: as over memory, though processes die, with a worker and readers at it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from kafka import TopicPartition

from infra.local.instance import Instance
from pipeline.adapters import kafka_clients
from pipeline.adapters.memory import MemoryWorld
from pipeline.bootstrap import rebuild_stories, standing
from pipeline.core.model import CleanArticle, Edit, Story
from pipeline.core.positions import epoch_of
from pipeline.core.search import Query
from pipeline.errors import ConfigError
from pipeline.settings import Settings
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.e2e.test_index_crashes import append, drain, follower, is_stopped, published, state
from tests.e2e.workers import ROOT, environment, eventually, finish, start
from tests.stages import indexing, rebuilding
from tests.stages.articles import article, prose
from tests.stages.test_index_machine import log_of
from tests.stages.test_index_machine import state as state_in_memory
from tests.stages.test_rebuild import RIGHTS, edit, furnished, furniture

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

LOG = "news.articles.clean.v1"
FORGOTTEN = 5
DEATHS = [
    ("ElasticGenerations.begin", 1),
    ("ElasticStories.put", 2),
    ("KafkaTransactions.commit", 2),
    ("ElasticGenerations.swap", 1),
    ("ElasticGenerations.drop", 2),
]
"""The last comes after the switch: what is left then is to go on, not to rebuild."""


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    made.close()


def disturbed() -> list[CleanArticle | Edit]:
    """Chained by furniture, bridged, revised, removed with copies; then the first list."""
    wire = prose("the wire", 90)
    copies = [article(f"wire {at}", wire, minutes=at, source=f"o{at}") for at in range(3)]
    return [
        *furnished(*"abcdef"),
        *copies[:2],
        edit("removed", copies[0], with_copies=True),
        *log_of(11, 16),
        furniture(RIGHTS),
        *furnished("g", minutes=40),
        copies[2],
    ]


def forget(settings: Settings, below: int) -> None:
    """As retention does."""
    admin = kafka_clients.admin(settings)
    try:
        admin.delete_records({TopicPartition(LOG, 0): below})
    finally:
        admin.close()


def rebuilt(world: World) -> str:
    return rebuild_stories(world, Pace(batch=7, seconds=120), rebuilding.nobody, "a test").state


def copydesk(instance: Instance, *arguments: str) -> dict[str, object]:
    command = [sys.executable, "-c", "from pipeline.cli.main import main; main()", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(instance), capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def shown(stories: dict[str, Story]) -> set[tuple[object, ...]]:
    """What readers see: who is in which story, in what state, led by whom."""
    return {
        (story.story_id, story.status, story.lead, frozenset((m.article_id, m.edits) for m in story.members))
        for story in stories.values()
        if story.status != "merged"
    }


def test_rebuilt_stories_are_those_of_a_fresh_run_under_the_new_list(world: World, instance: Instance):
    values = disturbed()
    append(world, *values)
    drain(world)
    before = published(world)
    fresh = MemoryWorld()
    lists = [value for value in values if isinstance(value, Edit) and value.kind == "furniture"]
    indexing.publish(fresh, *lists, *[value for value in values if value not in lists])
    indexing.drain(fresh)
    assert shown(before) != shown(indexing.published(fresh))
    looked = copydesk(instance, "stories", "rebuild", "--dry-run", "--json")
    assert (1, None, len(values), 0) == tuple(looked[key] for key in ("epoch", "resumes", "records", "older"))
    told = copydesk(instance, "stories", "rebuild", "--json")
    assert ("in-force", 1) == (told["state"], told["epoch"])
    after = published(world)
    assert shown(indexing.published(fresh)) == shown(after)
    assert after == world.stories.get(list(after))
    assert before.keys() <= after.keys()
    for story in after.values():
        assert 1 == epoch_of(story.version) or story.merged_into is not None
        assert resolved(after, story).members


def test_killed_at_any_stage_the_next_run_ends_in_the_same_state(
    world: World, empty: Settings, instance: Instance
):
    values = disturbed()
    append(world, *values)
    drain(world)
    forget(empty, FORGOTTEN)
    memory = MemoryWorld()
    indexing.publish(memory, *values)
    indexing.drain(memory, batch=3)
    memory.broker.forget(LOG, 0, FORGOTTEN)
    articles = {value.article_id for value in values if value.article_id}
    for epoch, (place, nth) in enumerate(DEATHS, 1):
        rebuilding.rebuilt(memory)
        code, printed = finish(start(instance, "tests.e2e.mortal_stories", "SIGKILL", place, str(nth)))
        assert -signal.SIGKILL == code, f"{place}: {printed}"
        if place == DEATHS[-1][0]:
            drain(world)
        else:
            assert "in-force" == rebuilt(world), place
        assert epoch == standing(world).epoch, place
        expected, found = state_in_memory(memory, articles), state(world)
        assert expected["topic"] == found["topic"], place
        assert expected["index"] == found["index"], place
        assert expected["ledger"] == found["ledger"], place
        assert expected["revisions"] == found["texts"], place


def test_running_worker_steps_over_and_searches_are_answered_throughout(
    world: World, empty: Settings, instance: Instance
):
    append(world, *furnished("a", "b", "c"), article("calm", "Harbour reopens. " + prose("calm", 60)))
    append(world, furniture(RIGHTS))
    worker = follower(instance)
    stop, totals, faults = threading.Event(), list[int](), list[BaseException]()

    def read() -> None:
        try:
            with closing(World(empty)) as own:
                while not stop.is_set():
                    totals.append(own.searcher.search(Query(text="harbour", limit=1)).total)
                    time.sleep(0.02)
        except BaseException as error:
            faults.append(error)

    reader = threading.Thread(target=read)
    try:
        eventually(lambda: len(active(world)) == 2, "the worker indexes")
        world.stories.refresh()
        reader.start()
        assert "in-force" == rebuilt(world)
        assert 4 == len(active(world))
        append(world, *furnished("d", minutes=30))
        eventually(lambda: len(active(world)) == 5, "the worker goes on in the new epoch")
    finally:
        stop.set()
        if reader.ident is not None:
            reader.join()
        worker.terminate()
        code, printed = finish(worker)
    assert (0, []) == (code, faults), printed
    assert {1} == set(totals)
    assert {1} == {epoch_of(story.version) for story in active(world)}


def test_writer_of_the_old_epoch_that_wakes_changes_nothing(world: World, instance: Instance):
    append(world, *furnished("a", "b"))
    drain(world)
    append(world, furniture(RIGHTS))
    drain(world)
    append(world, *furnished("c", minutes=20))
    frozen = start(instance, "tests.e2e.mortal", "index", "SIGSTOP", "ElasticRevisions.add", "1")
    eventually(lambda: is_stopped(frozen.pid), "the writer froze")
    assert "in-force" == rebuilt(world)
    drain(world)
    before = state(world)
    frozen.send_signal(signal.SIGCONT)
    finish(frozen)
    assert before == state(world)
    assert 3 == len(active(world))


def test_what_was_taken_down_has_no_words_left_after_a_rebuild(world: World):
    wire = prose("the wire", 90)
    first, second, late = (article(f"w{at}", wire, minutes=at, source=f"o{at}") for at in range(3))
    append(world, first, second, edit("removed", first, with_copies=True), *furnished("a", "b"))
    append(world, furniture(RIGHTS))
    drain(world)
    assert "in-force" == rebuilt(world)
    append(world, late, replace(first, fetched_at=late.fetched_at))
    drain(world)
    assert 2 == len(active(world))
    world.revisions.refresh()
    kept = world.revisions.of([first.article_id, second.article_id, late.article_id])
    assert 3 == len(kept)
    assert {(None, True)} == {(text.article, text.tokens is not None) for text in kept}
    hidden = published(world)[min(f"s-{each.article_id[2:]}" for each in (first, second, late))]
    assert ("removed", None) == (hidden.status, hidden.content)


def test_version_of_the_readers_index_being_filled_goes_first(world: World):
    append(world, article("one"))
    drain(world)
    world.next_index.begin()
    with pytest.raises(ConfigError, match="index rebuild --abandon"):
        rebuilt(world)
    world.next_index.abandon()
    assert "in-force" == rebuilt(world)


def resolved(stories: dict[str, Story], story: Story) -> Story:
    return story if story.merged_into is None else resolved(stories, stories[story.merged_into])


def active(world: World) -> list[Story]:
    return [story for story in published(world).values() if story.status == "active"]
