"""Consumer: one group shares a topic; what was committed is where its next member goes on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.core.records import Record
from pipeline.errors import ConfigError, Fenced
from pipeline.ports import Consumer
from tests.contract.brokers import Broker, Member, drain, join, message, take, together, values


def publish(broker: Broker, topic: str, count: int) -> list[bytes]:
    texts = [b"%d" % number for number in range(count)]
    broker.publisher().publish([message(topic, f"a-{number}", text) for number, text in enumerate(texts)])
    return texts


class CommittingConsumer:
    """Polls without patience and commits after every poll, so also in the middle of a rebalance."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer
        self.progress = consumer.progress

    def poll(self, limit: int, timeout: float) -> list[Record]:
        records = self._consumer.poll(limit, 0.0)
        self._consumer.commit()
        return records


def test_progress_is_unknown_before_the_group_was_joined(broker):
    assert broker.consumer(broker.log).progress() is None


def test_topic_that_does_not_exist_is_an_error_of_configuration(broker):
    with pytest.raises(ConfigError):
        broker.consumer("no-such-topic")


def test_group_without_commit_starts_at_the_beginning(broker):
    texts = publish(broker, broker.log, 5)
    consumer = broker.consumer(broker.log)
    assert values(drain(consumer)) == texts
    held = consumer.progress()[0]
    assert (held.position, held.end, held.committed, held.metadata) == (5, 5, None, "")


def test_poll_gives_no_more_than_asked_for_and_nothing_twice(broker):
    texts = publish(broker, broker.log, 10)
    consumer = broker.consumer(broker.log)
    first = take(consumer, 4)
    assert values(first) == texts[:4]
    assert consumer.progress()[0].position == 4
    assert values(drain(consumer)) == texts[4:]


def test_poll_for_nothing_joins_and_takes_nothing(broker):
    texts = publish(broker, broker.log, 3)
    consumer = broker.consumer(broker.log)
    join(consumer)
    assert consumer.poll(0, 0.2) == []
    assert consumer.progress()[0].position == 0
    assert values(drain(consumer)) == texts


def test_next_member_goes_on_where_the_last_one_committed(broker):
    texts = publish(broker, broker.log, 10)
    first = broker.consumer(broker.log)
    take(first, 4)
    first.commit()
    take(first, 3)
    first.close()
    second = broker.consumer(broker.log)
    assert values(drain(second)) == texts[4:]
    assert second.progress()[0].committed == 4


def test_groups_do_not_disturb_each_other(broker):
    texts = publish(broker, broker.log, 3)
    one = broker.consumer(broker.log, group="one")
    drain(one)
    one.commit()
    assert values(drain(broker.consumer(broker.log, group="two"))) == texts


def test_commit_without_any_record_commits_the_position(broker):
    consumer = broker.consumer(broker.log)
    drain(consumer)
    consumer.commit()
    assert consumer.progress()[0].committed == 0


def test_rewind_goes_back_to_the_commit(broker):
    texts = publish(broker, broker.log, 6)
    consumer = broker.consumer(broker.log)
    take(consumer, 2)
    consumer.commit()
    take(consumer, 3)
    consumer.rewind()
    assert consumer.progress()[0].position == 2
    assert values(drain(consumer)) == texts[2:]


def test_rewind_goes_back_to_the_beginning_without_a_commit(broker):
    texts = publish(broker, broker.log, 3)
    consumer = broker.consumer(broker.log)
    take(consumer, 3)
    consumer.rewind()
    assert values(drain(consumer)) == texts


def test_reading_starts_at_what_retention_left(broker):
    texts = publish(broker, broker.log, 6)
    broker.forget(broker.log, 4)
    consumer = broker.consumer(broker.log)
    assert values(drain(consumer)) == texts[4:]
    consumer.rewind()
    assert consumer.progress()[0].position == 4


def test_commit_that_retention_overtook_goes_on_at_what_is_left(broker):
    texts = publish(broker, broker.log, 6)
    first = broker.consumer(broker.log)
    take(first, 2)
    first.commit()
    first.close()
    broker.forget(broker.log, 4)
    assert values(drain(broker.consumer(broker.log))) == texts[4:]


def test_second_member_of_a_one_partition_topic_stands_by_and_takes_over(broker):
    texts = publish(broker, broker.log, 4)
    owner, standby = broker.consumer(broker.log), broker.consumer(broker.log)
    join(owner)
    assert join(owner, standby) == [{0}, set()]
    take(owner, 2)
    owner.commit()
    assert standby.poll(10, 0.2) == []
    owner.close()
    assert values(take(standby, 2)) == texts[2:]


def test_members_share_the_partitions_and_every_record_is_read_once(broker):
    first, second = broker.consumer(broker.pages), broker.consumer(broker.pages)
    join(first)

    def shared(members: Sequence[Member]) -> bool:
        return all(member.owned is not None and len(member.owned) == 3 for member in members)

    members = together([first, second], 0, shared)
    assert members[0].owned | members[1].owned == set(range(6))
    texts = publish(broker, broker.pages, 60)
    members = together([first, second], 10, lambda members: sum(len(m.records) for m in members) >= 60)
    assert sorted(values(members[0].records) + values(members[1].records)) == sorted(texts)
    assert all({record.partition for record in member.records} <= member.owned for member in members)


def test_member_that_commits_after_every_poll_survives_a_rebalance(broker):
    owner, newcomer = CommittingConsumer(broker.consumer(broker.log)), broker.consumer(broker.log)
    join(owner)
    assert join(owner, newcomer) == [{0}, set()]
    publish(broker, broker.log, 2)
    assert len(take(owner, 2)) == 2
    assert owner.progress()[0].committed == 2


def test_successor_of_a_dead_member_waits_until_it_times_out(broker):
    texts = publish(broker, broker.log, 3)
    dead = broker.consumer(broker.log)
    take(dead, 1)
    dead.commit()
    broker.kill(dead)
    successor = broker.consumer(broker.log)
    successor.poll(0, 0.2)
    assert successor.progress() is None
    broker.expire(dead)
    assert values(take(successor, 2)) == texts[1:]


def test_member_that_was_given_up_cannot_commit(broker):
    publish(broker, broker.log, 2)
    stalled = broker.consumer(broker.log)
    take(stalled, 1)
    broker.evict(stalled)
    with pytest.raises(Fenced):
        stalled.commit()


def test_member_that_was_given_up_joins_again_with_its_next_poll(broker):
    texts = publish(broker, broker.log, 2)
    stalled = broker.consumer(broker.log)
    take(stalled, 1)
    broker.evict(stalled)
    with pytest.raises(Fenced):
        stalled.commit()
    assert values(take(stalled, 2)) == texts
