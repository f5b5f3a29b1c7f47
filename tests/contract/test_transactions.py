"""Transactions: offsets and messages become visible together or not at all, and there is one writer."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.errors import Fenced, InvalidRecord
from pipeline.ports import Transactions
from tests.contract.brokers import Broker, drain, join, message, take, until, values


def writer(broker: Broker, records: int = 3) -> tuple[Any, Transactions]:
    """A member that owns the log, with that many records in it, and its initialised transactions."""
    broker.publisher().publish([message(broker.log, f"a-{number}") for number in range(records)])
    consumer = broker.consumer(broker.log)
    join(consumer)
    transactions = broker.transactions(consumer)
    transactions.initialise()
    return consumer, transactions


def found(broker: Broker, texts: list[bytes], commits: dict[int, tuple[int, str]]) -> bool:
    """Whether readers come to see these states and commits; the broker decides a moment after it answers."""
    return bool(until(lambda: (seen(broker), committed(broker)) == (texts, commits), f"{texts}, {commits}"))


def seen(broker: Broker) -> list[bytes | None]:
    """What readers of the states topic see."""
    reader = broker.reader()
    return values(list(reader.read(broker.states, {}, {0: reader.ends(broker.states)[0][1]})))


def committed(broker: Broker) -> dict[int, tuple[int, str]]:
    return dict(broker.reader().committed(broker.group("readers"), broker.log))


def test_nothing_is_seen_before_the_commit_and_everything_after(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 2}, "list at 7")
    transactions.publish([message(broker.states, "s-1", b"one"), message(broker.states, "s-2", b"two")])
    assert (seen(broker), committed(broker)) == ([], {})
    transactions.commit()
    assert found(broker, [b"one", b"two"], {0: (2, "list at 7")})


def test_string_beside_the_offset_comes_back_with_the_progress(broker):
    consumer, transactions = writer(broker)
    take(consumer, 3)
    transactions.begin({0: 3}, "list at 7")
    transactions.commit()
    held = consumer.progress()[0]
    assert (held.position, held.committed, held.metadata) == (3, 3, "list at 7")


def test_aborted_messages_are_never_seen_and_their_offsets_not_committed(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 3}, "")
    transactions.publish([message(broker.states, "s-1", b"taken back")])
    transactions.abort()
    transactions.begin({0: 1}, "")
    transactions.publish([message(broker.states, "s-1", b"kept")])
    transactions.commit()
    assert found(broker, [b"kept"], {0: (1, "")})


def test_records_behind_an_open_transaction_wait_for_it(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 1}, "")
    transactions.publish([message(broker.states, "s-1", b"open")])
    broker.publisher().publish([message(broker.states, "s-2", b"behind")])
    assert (seen(broker), broker.reader().ends(broker.states)[0]) == ([], (0, 0))
    transactions.commit()
    assert found(broker, [b"open", b"behind"], {0: (1, "")})


def test_markers_take_offsets_and_a_reader_gets_past_them(broker):
    _, transactions = writer(broker)
    for text in (b"one", b"two"):
        transactions.begin({0: 1}, "")
        transactions.publish([message(broker.states, "s-1", text)])
        transactions.commit()
    assert found(broker, [b"one", b"two"], {0: (1, "")})
    reader = broker.consumer(broker.states, group="watchers")
    records = drain(reader)
    assert [record.offset for record in records] == [0, 2]
    held = reader.progress()[0]
    assert (held.position, held.end) == (4, 4)
    reader.commit()
    assert broker.reader().committed(broker.group("watchers"), broker.states) == {0: (4, "")}


def test_topic_with_nothing_but_an_aborted_transaction_can_be_drained(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 1}, "")
    transactions.publish([message(broker.states, "s-1", b"taken back")])
    transactions.abort()
    until(lambda: broker.reader().ends(broker.states)[0][1] == 2, "the marker")
    reader = broker.consumer(broker.states, group="watchers")
    assert drain(reader) == []
    assert reader.progress()[0].position == 2


def test_transaction_without_messages_commits_its_offsets(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 3}, "")
    transactions.publish([])
    transactions.commit()
    assert found(broker, [], {0: (3, "")})


@pytest.mark.parametrize("moment", ["before begin", "before publish", "before commit"])
def test_older_writer_is_fenced_whenever_it_wakes(broker, moment):
    consumer, older = writer(broker)
    if moment != "before begin":
        older.begin({0: 3}, "older")
    if moment == "before commit":
        older.publish([message(broker.states, "s-1", b"older")])
    newer = broker.transactions(consumer)
    newer.initialise()
    steps = {
        "before begin": lambda: older.begin({0: 3}, "older"),
        "before publish": lambda: older.publish([message(broker.states, "s-1", b"older")]),
        "before commit": older.commit,
    }
    with pytest.raises(Fenced):
        steps[moment]()
    older.abort()
    with pytest.raises(Fenced):
        older.begin({0: 3}, "older")
    newer.begin({0: 1}, "newer")
    newer.publish([message(broker.states, "s-1", b"newer")])
    newer.commit()
    assert found(broker, [b"newer"], {0: (1, "newer")})


def test_next_writer_releases_what_a_dead_one_left_open(broker):
    consumer, dead = writer(broker)
    dead.begin({0: 3}, "")
    dead.publish([message(broker.states, "s-1", b"open")])
    broker.publisher().publish([message(broker.states, "s-2", b"behind")])
    broker.transactions(consumer).initialise()
    assert (seen(broker), committed(broker)) == ([b"behind"], {})


def test_successor_gets_its_partition_although_a_dead_writer_left_a_transaction_open(broker):
    consumer, dead = writer(broker)
    take(consumer, 3)
    dead.begin({0: 1}, "")
    dead.commit()
    dead.begin({0: 3}, "")
    dead.publish([message(broker.states, "s-1", b"open")])
    broker.kill(consumer)
    successor = broker.consumer(broker.log)
    broker.expire(consumer)
    join(successor)
    until(lambda: successor.poll(1, 0.2), "the first record")
    transactions = broker.transactions(successor)
    transactions.initialise()
    successor.rewind()
    assert successor.progress()[0].position == 1
    assert [record.offset for record in drain(successor)] == [1, 2]


def test_member_that_lost_the_log_cannot_begin(broker):
    consumer, transactions = writer(broker)
    take(consumer, 1)
    broker.evict(consumer)
    join(broker.consumer(broker.log))
    with pytest.raises(Fenced):
        transactions.begin({0: 1}, "")


def test_member_that_knows_it_was_given_up_cannot_begin(broker):
    consumer, transactions = writer(broker)
    take(consumer, 1)
    broker.evict(consumer)
    until(lambda: consumer.progress() is None, "the member to notice")
    with pytest.raises(Fenced):
        transactions.begin({0: 1}, "")


def test_refused_message_spoils_its_transaction_only(broker):
    _, transactions = writer(broker)
    transactions.begin({0: 3}, "")
    with pytest.raises(InvalidRecord) as refused:
        transactions.publish([message(broker.states, "s-1", b"fine"), message(broker.states, None)])
    assert refused.value.facts["index"] == 1
    transactions.abort()
    transactions.begin({0: 2}, "")
    transactions.publish([message(broker.states, "s-2", b"next")])
    transactions.commit()
    assert found(broker, [b"next"], {0: (2, "")})
