"""Real processes, real servers, kill -9: topic, index and ledger end as if nothing had happened."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from infra.local.instance import Instance
from pipeline.adapters.memory import MemoryWorld
from pipeline.bootstrap import run_clean, run_index
from pipeline.core.codec import from_record, to_message
from pipeline.core.model import CleanArticle, Edit, Story
from pipeline.ports import Where
from pipeline.settings import Settings
from pipeline.stages.accounts import topic_states
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.e2e.workers import eventually, finish, start
from tests.servers import start_anew
from tests.stages import cleaning, indexing
from tests.stages.articles import article, prose
from tests.stages.test_index_machine import log_of

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

LOG, STORIES = "news.articles.clean.v1", "news.stories.v1"
WRITES = [
    ("KafkaTransactions.begin", 1),
    ("ElasticRevisions.add", 1),
    ("ElasticStories.put", 1),
    ("ElasticStories.put", 2),
    ("ElasticDocuments.put", 1),
    ("KafkaTransactions.publish", 1),
    ("KafkaTransactions.commit", 1),
]


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    made.close()


def append(world: World, *values: CleanArticle | Edit) -> None:
    world.publisher.publish([to_message(value, source="/stages/clean") for value in values])


def drain(world: World) -> dict[str, int]:
    _, report = run_index(world, Pace(batch=50, seconds=120))
    return report.outcomes


def published(world: World) -> dict[str, Story]:
    ends = {partition: end for partition, (_, end) in world.reader.ends(STORIES).items()}
    values = (from_record(record) for record in world.reader.read(STORIES, {}, ends))
    return {story.story_id: story for story in values if isinstance(story, Story)}


def state(world: World) -> dict[str, object]:
    for store in (world.ledger, world.revisions, world.stories):
        store.refresh()
    topic = published(world)
    ledger = {stored.id: stored.value for stored in world.ledger.find(Where())}
    return {
        "topic": topic,
        "index": world.stories.get(list(topic)),
        "ledger": ledger,
        "texts": {text.key: text for text in world.revisions.of(list(ledger))},
    }


def undisturbed(values: list[CleanArticle | Edit]) -> dict[str, object]:
    memory = MemoryWorld()
    indexing.publish(memory, *values)
    indexing.drain(memory, batch=3)
    memory.refresh()
    topic = indexing.published(memory)
    ledger = {stored.id: stored.value for stored in memory.articles.find(Where())}
    return {
        "topic": topic,
        "index": indexing.indexed(memory, topic),
        "ledger": ledger,
        "texts": {text.key: text for text in memory.revisions.of(list(ledger))},
    }


def test_killed_after_every_single_write_the_next_run_ends_in_the_same_state(world, instance: Instance):
    values = log_of(7, len(WRITES) * 6)
    for number, (place, nth) in enumerate(WRITES):
        append(world, *values[number * 6 : number * 6 + 6])
        code, printed = finish(start(instance, "tests.e2e.mortal", "index", "SIGKILL", place, str(nth)))
        assert code in (-signal.SIGKILL, 0), printed
        assert code != 0 or nth > 1, f"{place} was never called: {printed}"
        drain(world)
    assert undisturbed(values) == state(world)


def test_full_replay_into_empty_topics_and_indices_ends_in_the_same_state(world, empty: Settings):
    values = log_of(5, 30)
    append(world, *values)
    drain(world)
    before = state(world)
    start_anew(empty)
    with closing(World(empty)) as again:
        append(again, *values)
        run_index(again, Pace(batch=7, seconds=120))
        after = state(again)
    assert before == after
    assert after["topic"] == after["index"]


def test_killed_clean_worker_neither_loses_nor_doubles(world, instance: Instance):
    pages = [cleaning.raw(f"page-{number}") for number in range(5)]
    world.publisher.publish([to_message(page, source="/sources/herald") for page in pages])
    code, printed = finish(
        start(instance, "tests.e2e.mortal", "clean", "SIGKILL", "KafkaPublisher.publish", "1")
    )
    assert -signal.SIGKILL == code, printed
    run_clean(world, Pace(batch=50, seconds=120))
    outcomes = drain(world)
    assert 5 == sum(count for outcome, count in outcomes.items() if outcome != "unchanged")
    members = [member for story in published(world).values() for member in story.members if story.lead]
    assert sorted(page.article_id for page in pages) == sorted(member.article_id for member in members)


def test_standby_takes_over_when_the_writer_dies(world, instance: Instance):
    append(world, article("one"))
    first = follower(instance)
    eventually(lambda: len(published(world)) == 1, "the first worker indexes")
    second = follower(instance)
    try:
        first.kill()
        first.wait()
        append(world, article("two"))
        eventually(lambda: len(published(world)) == 2, "the standby takes over")
    finally:
        second.terminate()
        code, printed = finish(second)
    assert 0 == code, printed


def test_writer_that_stalls_and_wakes_changes_nothing(world, instance: Instance):
    text = prose("wire")
    append(world, article("one", text))
    frozen = start(instance, "tests.e2e.mortal", "index", "SIGSTOP", "ElasticRevisions.add", "1")
    eventually(lambda: is_stopped(frozen.pid), "the writer froze")
    append(world, article("copy", text, minutes=5, source="post"))
    drain(world)
    before = state(world)
    frozen.send_signal(signal.SIGCONT)
    finish(frozen)
    after = state(world)
    assert before == after
    (story,) = [story for story in published(world).values() if story.status == "active"]
    assert 2 == len(story.members)


def test_two_runs_at_once_one_writes_the_other_ends_well(world, instance: Instance):
    append(world, *[article(f"n{number}") for number in range(20)])
    both = [
        start(instance, "tests.e2e.mortal", "index", "SIGKILL", "ElasticRevisions.add", "99") for _ in "ab"
    ]
    assert [0, 0] == [finish(process)[0] for process in both]
    drain(world)
    assert 20 == len(published(world))
    assert 0 == sum(topic_states(world.reader)[LOG].lag.values())


def follower(instance: Instance):
    return start(instance, "tests.e2e.follow", "index")


def is_stopped(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    return state == "T"
