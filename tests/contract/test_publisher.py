"""Publisher: acknowledged, in order, and not spoilt by a message that is refused."""

from __future__ import annotations

import os

import pytest

from pipeline.errors import InvalidRecord
from tests.contract.brokers import SMALL, Broker, drain, message


def stored(broker: Broker, topic: str) -> list[tuple[str | None, bytes | None]]:
    reader = broker.reader()
    ends = {number: end for number, (_, end) in reader.ends(topic).items()}
    return [(record.key, record.value) for record in reader.read(topic, {}, ends)]


def test_messages_of_one_call_keep_their_order(broker):
    keys = [f"a-{number}" for number in range(50)]
    placed = broker.publisher().publish([message(broker.log, key) for key in keys])
    assert [place.offset for place in placed] == list(range(50))
    assert [key for key, _ in stored(broker, broker.log)] == keys


@pytest.mark.parametrize(
    ("key", "partition"),
    [("a-00000000000000000000", 3), ("a-3f2a9c01d4e5b6a7c8d9", 1), ("schlüssel", 0), ("x", 4)],
)
def test_key_decides_the_partition_as_every_kafka_client_does(broker, key, partition):
    [placed] = broker.publisher().publish([message(broker.pages, key)])
    assert placed.partition == partition


def test_record_comes_back_as_it_was_sent(broker):
    sent = message(broker.log, "schlüssel", "größe".encode(), ce_type="news.article.raw.v1", ce_subject="ü")
    [placed] = broker.publisher().publish([sent])
    [record] = broker.reader().read(broker.log, {}, {0: 1})
    assert (record.topic, record.partition, record.offset) == (placed.topic, placed.partition, placed.offset)
    assert (record.key, record.value, record.headers) == (sent.key, sent.value, sent.headers)
    assert record.timestamp.tzinfo is not None


def test_tombstone_and_missing_key_come_back_as_none(broker):
    broker.publisher().publish([message(broker.log, "a", None), message(broker.log, None, b"x")])
    assert stored(broker, broker.log) == [("a", None), (None, b"x")]


def test_message_without_key_is_refused_by_a_compacted_topic(broker):
    with pytest.raises(InvalidRecord) as refused:
        broker.publisher().publish([message(broker.states, None)])
    assert refused.value.reason == "record-rejected"


def test_message_larger_than_its_topic_takes_is_refused(broker):
    with pytest.raises(InvalidRecord) as refused:
        broker.publisher().publish([message(broker.log, "big", os.urandom(2 * SMALL))])
    assert refused.value.reason == "too-large"
    assert refused.value.facts["key"] == "big"


def test_refused_message_names_its_place_and_the_others_are_stored(broker):
    messages = [
        message(broker.states, "a"),
        message(broker.states, None),
        message(broker.log, "b"),
        message(broker.states, "c"),
    ]
    with pytest.raises(InvalidRecord) as refused:
        broker.publisher().publish(messages)
    assert refused.value.facts["index"] == 1
    assert {key for key, _ in stored(broker, broker.states)} == {"a", "c"}
    assert [key for key, _ in stored(broker, broker.log)] == ["b"]


def test_refused_message_does_not_poison_the_publisher(broker):
    publisher = broker.publisher()
    for _ in range(2):
        with pytest.raises(InvalidRecord):
            publisher.publish([message(broker.states, None)])
        publisher.publish([message(broker.log, "after"), message(broker.states, "after")])
    assert len(stored(broker, broker.log)) == 2
    assert len(stored(broker, broker.states)) == 2


def test_published_messages_reach_a_group(broker):
    consumer = broker.consumer(broker.pages)
    broker.publisher().publish([message(broker.pages, f"a-{number}") for number in range(30)])
    assert {record.key for record in drain(consumer)} == {f"a-{number}" for number in range(30)}
