"""On real servers: poison does not stop a stage, a replay succeeds once the cause is mended, and a lost
Elasticsearch comes back from the topics."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.elastic_clients import client
from pipeline.bootstrap import now, run_clean, run_index, run_restore
from pipeline.core.codec import to_message
from pipeline.core.records import Message
from pipeline.errors import ConfigError
from pipeline.ports import Where
from pipeline.settings import Settings
from pipeline.stages.accounts import audit, topic_states
from pipeline.stages.clean import CleanPorts, CleanStage
from pipeline.stages.letters import letters, replay
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import reported
from pipeline.world import World
from tests.e2e.test_index_crashes import published, state
from tests.stages import cleaning

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]

RAW, GROUP = "news.articles.raw.v1", "copydesk-clean"
PACE = Pace(batch=50, seconds=120)


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    made.close()


def send(world: World, *names: str) -> None:
    pages = [cleaning.raw(name, body=cleaning.page(f"News of {name}")) for name in names]
    world.publisher.publish([to_message(page, source="/sources/herald") for page in pages])


def clean_with(world: World, extractor: cleaning.InProcess) -> dict[str, int]:
    from pipeline.adapters.kafka_consumer import KafkaConsumer

    with reported("clean", world.runs, world.ledger, now) as run:
        consumer = KafkaConsumer(world.settings, GROUP, RAW)
        try:
            ports = CleanPorts(publisher=world.publisher, ledger=world.ledger, extractor=extractor)
            consume(consumer, CleanStage(ports, run), PACE, run)
        finally:
            consumer.close()
    return run.report.outcomes


def test_poison_is_dead_lettered_and_the_stage_goes_on(world):
    good = to_message(cleaning.raw("good"), source="/sources/herald")
    halved = json.dumps({"article_id": good.key}).encode()
    junk = [Message(topic=RAW, key="a-" + "0" * 20, value=b"{ no", headers={})]
    junk.append(Message(topic=RAW, key=good.key, value=halved, headers=good.headers))
    world.publisher.publish([*junk, good])
    _, report = run_clean(world, PACE)
    assert {"dead-lettered(not-json)": 1, "dead-lettered(schema)": 1, "published": 1} == report.outcomes
    values = {held.letter.value for held in letters(world.reader, world.ledger)}
    assert {b"{ no", halved} == values


def test_replay_succeeds_once_the_cause_is_mended(world):
    send(world, "bridge")
    assert {"dead-lettered(extraction-timeout)": 1} == clean_with(world, cleaning.Failing())
    replay([held.letter for held in letters(world.reader, world.ledger)], world.publisher)
    run_clean(world, PACE)
    run_index(world, PACE)
    assert 1 == len(published(world))


def test_lost_elasticsearch_comes_back_without_a_decision_made_again(world):
    send(world, "one", "two", "three")
    run_clean(world, PACE)
    run_index(world, PACE)
    before = state(world)
    elastic = client(world.settings)
    for index in elastic.indices.get(index="news-*"):
        elastic.indices.delete(index=index)
    elastic.close()
    apply_indices(world.settings)
    send(world, "four")
    run_clean(world, PACE)
    with pytest.raises(ConfigError, match="copydesk restore"):
        run_index(world, PACE)
    run_restore(world, lambda _what, _done: None)
    after = state(world)
    assert before["index"] == after["index"]
    assert before["texts"].items() <= after["texts"].items()
    run_index(world, PACE)
    accounts = audit(world.ledger, world.runs, topic_states(world.reader), now())
    assert () == accounts.problems
    assert {"indexed": 4} == {stored.value.state: 4 for stored in world.ledger.find(Where())}
