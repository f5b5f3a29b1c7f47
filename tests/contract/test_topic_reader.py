"""TopicReader: a stretch of a topic, without a group."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from tests.contract.brokers import drain, message, values


def test_stretch_is_read_from_its_start_up_to_its_end(broker):
    broker.publisher().publish([message(broker.log, "a", b"%d" % number) for number in range(10)])
    records = list(broker.reader().read(broker.log, {0: 3}, {0: 6}))
    assert values(records) == [b"3", b"4", b"5"]


def test_every_partition_is_read_and_one_without_an_end_is_not(broker):
    placed = broker.publisher().publish([message(broker.pages, f"a-{number}") for number in range(40)])
    reader = broker.reader()
    ends = {number: end for number, (_, end) in reader.ends(broker.pages).items()}
    assert sum(ends.values()) == 40
    del ends[2]
    expected = {(place.partition, place.offset) for place in placed if place.partition != 2}
    assert {(record.partition, record.offset) for record in reader.read(broker.pages, {}, ends)} == expected


def test_ends_are_the_first_retained_offset_and_the_end(broker):
    broker.publisher().publish([message(broker.log, "a") for _ in range(5)])
    assert broker.reader().ends(broker.log) == {0: (0, 5)}
    broker.forget(broker.log, 3)
    assert broker.reader().ends(broker.log) == {0: (3, 5)}


def test_reading_from_before_what_is_retained_starts_at_what_is_left(broker):
    broker.publisher().publish([message(broker.log, "a", b"%d" % number) for number in range(5)])
    broker.forget(broker.log, 3)
    assert values(list(broker.reader().read(broker.log, {0: 0}, {0: 5}))) == [b"3", b"4"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        pytest.param(2, 2, id="empty"),
        pytest.param(3, 1, id="reversed"),
        pytest.param(5, 9, id="past the end"),
    ],
)
def test_stretch_without_records_is_empty(broker, start, end):
    broker.publisher().publish([message(broker.log, "a") for _ in range(5)])
    assert list(broker.reader().read(broker.log, {0: start}, {0: end})) == []


def test_end_beyond_the_log_stops_at_the_log(broker):
    broker.publisher().publish([message(broker.log, "a") for _ in range(2)])
    assert len(list(broker.reader().read(broker.log, {}, {0: 100}))) == 2


def test_two_reads_at_once_do_not_disturb_each_other(broker):
    broker.publisher().publish([message(broker.log, "a", b"%d" % number) for number in range(4)])
    reader = broker.reader()
    one, two = reader.read(broker.log, {0: 0}, {0: 4}), reader.read(broker.log, {0: 2}, {0: 4})
    assert [next(one).offset, next(two).offset, next(one).offset, next(two).offset] == [0, 2, 1, 3]
    assert values([*one, *two]) == [b"2", b"3"]


def test_commits_of_a_group_are_known_without_joining_it(broker):
    reader = broker.reader()
    assert reader.committed(broker.group("readers"), broker.log) == {}
    broker.publisher().publish([message(broker.log, "a") for _ in range(3)])
    consumer = broker.consumer(broker.log)
    drain(consumer)
    consumer.commit()
    assert reader.committed(broker.group("readers"), broker.log) == {0: (3, "")}
    assert reader.committed(broker.group("readers"), broker.pages) == {}


def test_topic_that_does_not_exist_is_an_error_of_configuration(broker):
    with pytest.raises(ConfigError):
        broker.reader().ends("no-such-topic")
