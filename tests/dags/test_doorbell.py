"""The doorbell rings while a group is behind, whatever happened before, and never falls silent for good."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

import pytest

from pipeline.adapters.memory import MemoryTopicReader, MemoryWorld
from pipeline.airflow.doorbell import Doorbell, Ring
from pipeline.core.records import Message
from pipeline.errors import BrokerUnavailable

TOPIC = "news.articles.clean.v1"
GROUP = "copydesk-index"
SOON = 60.0
QUIET = 0.2
"""Seconds: a ring comes at once, at most within the first on a busy machine; silence is believed after the
second (looks are 5 ms apart)."""


class Reader(MemoryTopicReader):
    """A reader that counts how often it is closed."""

    times_closed = 0

    def close(self) -> None:
        self.times_closed += 1


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def bell(world: MemoryWorld, **changed: object) -> Doorbell:
    given = {"topic": TOPIC, "group": GROUP, "every": 0.005, "min_gap": 0.03}
    return Doorbell(**{**given, "open_reader": lambda: Reader(world.broker), **changed})  # type: ignore[arg-type]


def publish(world: MemoryWorld, count: int = 1, topic: str = TOPIC) -> None:
    world.publisher().publish(
        [Message(topic=topic, key=f"k{n}", value=b"{}", headers={}) for n in range(count)]
    )


def read_all(world: MemoryWorld) -> None:
    consumer = world.consumer(GROUP, TOPIC)
    while consumer.poll(100, 0):
        pass
    consumer.commit()
    consumer.close()


async def next_ring(rings: AsyncIterator[Ring]) -> Ring:
    return await asyncio.wait_for(anext(rings), SOON)


async def assert_quiet(doorbell: Doorbell) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(doorbell.rings()), QUIET)


async def test_silent_while_nothing_waits(world):
    await assert_quiet(bell(world))


async def test_ring_says_who_is_behind_and_by_how_much(world):
    publish(world, 3)
    assert {"topic": TOPIC, "group": GROUP, "lag": 3} == await next_ring(bell(world).rings())


async def test_rings_again_while_the_same_records_wait(world):
    """A run that failed must be asked for again, though the lag did not change."""
    publish(world)
    rings = bell(world).rings()
    assert [1, 1, 1] == [(await next_ring(rings))["lag"] for _ in range(3)]


async def test_silent_while_somebody_takes_the_lag_off(world):
    """A follower, or the run that the last ring brought: another would find nothing."""
    publish(world, 1000)
    consumer = world.consumer(GROUP, TOPIC)

    class Beside(Reader):
        """A reader in whose every look a worker has gone on by one record."""

        def committed(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
            consumer.poll(1, 0)
            consumer.commit()
            return super().committed(group, topic)

    rings = bell(world, open_reader=lambda: Beside(world.broker)).rings()
    await next_ring(rings)  # of the first look, which knows nothing of before
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(rings), QUIET)


async def test_rings_again_once_the_worker_has_stopped_before_the_end(world):
    publish(world, 3)
    consumer = world.consumer(GROUP, TOPIC)
    rings = bell(world).rings()
    assert 3 == (await next_ring(rings))["lag"]
    consumer.poll(1, 0)
    consumer.commit()
    consumer.close()
    assert 2 == (await next_ring(rings))["lag"]


async def test_rests_between_rings(world):
    publish(world)
    rings = bell(world, min_gap=30.0).rings()
    await next_ring(rings)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(rings), QUIET)


async def test_silent_once_the_group_has_committed(world):
    publish(world, 2)
    read_all(world)
    await assert_quiet(bell(world))


async def test_rings_for_records_of_every_partition(world):
    publish(world, 20, topic="news.articles.raw.v1")
    rings = bell(world, topic="news.articles.raw.v1", group="copydesk-clean").rings()
    assert 20 == (await next_ring(rings))["lag"]


async def test_transaction_marker_alone_does_not_ring_after_commit(world):
    """The marker takes an offset; a group that has passed it is not behind."""
    consumer = world.consumer("other", TOPIC)
    consumer.poll(1, 0)
    transactions = world.transactions(consumer, "writer")
    transactions.initialise()
    transactions.begin({0: 0}, "")
    transactions.publish([Message(topic=TOPIC, key="k", value=b"{}", headers={})])
    transactions.commit()
    read_all(world)
    await assert_quiet(bell(world))


async def test_open_transaction_does_not_ring(world):
    """Its records cannot be read yet, so a run would find nothing."""
    consumer = world.consumer("other", TOPIC)
    consumer.poll(1, 0)
    transactions = world.transactions(consumer, "writer")
    transactions.initialise()
    transactions.begin({0: 0}, "")
    transactions.publish([Message(topic=TOPIC, key="k", value=b"{}", headers={})])
    await assert_quiet(bell(world))
    transactions.commit()
    await next_ring(bell(world).rings())


async def test_records_taken_by_retention_are_no_lag(world):
    publish(world, 5)
    world.broker.forget(TOPIC, 0, before=5)
    await assert_quiet(bell(world))


async def test_only_what_retention_left_counts_when_the_commit_is_older(world):
    publish(world, 5)
    world.broker.offsets[GROUP, TOPIC, 0] = (1, "")
    world.broker.forget(TOPIC, 0, before=3)
    assert 2 == (await next_ring(bell(world).rings()))["lag"]


async def test_looking_commits_nothing(world):
    publish(world)
    await next_ring(bell(world).rings())
    assert {} == world.broker.offsets


async def test_absent_broker_is_one_warning_and_then_it_rings(world, caplog):
    publish(world)
    down = 3
    rings = bell(world, open_reader=failing(down, world)).rings()
    with caplog.at_level(logging.INFO):
        assert 1 == (await next_ring(rings))["lag"]
    heard = [(record.levelname, record.message.split()[0]) for record in caplog.records]
    assert [("WARNING", "doorbell.no-answer"), ("INFO", "doorbell.answered-again")] == heard


async def test_topic_not_yet_applied_is_waited_for(world):
    rings = bell(world, topic="not.there.yet").rings()
    task = asyncio.ensure_future(anext(rings))
    await asyncio.sleep(0.05)
    assert not task.done()
    task.cancel()


async def test_one_reader_serves_every_look(world):
    opened = []
    publish(world)
    rings = bell(world, open_reader=lambda: opened.append(1) or Reader(world.broker)).rings()
    for _ in range(3):
        await next_ring(rings)
    assert [1] == opened


async def test_closing_closes_the_reader_once(world):
    publish(world)
    reader = Reader(world.broker)
    doorbell = bell(world, open_reader=lambda: reader)
    await next_ring(doorbell.rings())
    doorbell.close()
    doorbell.close()
    assert 1 == reader.times_closed


def failing(times: int, world: MemoryWorld) -> Callable[[], Reader]:
    left = [times]

    def open_reader() -> Reader:
        if left[0]:
            left[0] -= 1
            raise BrokerUnavailable("the consumer cannot be made: Kafka does not answer as it should")
        return Reader(world.broker)

    return open_reader
