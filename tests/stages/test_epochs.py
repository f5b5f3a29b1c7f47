"""Epochs: they travel with the committed offset, and a writer refuses a log that is not its own."""

from __future__ import annotations

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.positions import EPOCH, epoch_of
from pipeline.errors import ConfigError
from tests.stages.articles import article, prose
from tests.stages.indexing import active, drain, publish, published
from tests.stages.test_index_machine import log_of, state


def test_epoch_stays_raised_when_the_setting_is_forgotten():
    world = MemoryWorld()
    publish(world, article("one"))
    drain(world, epoch=2)
    publish(world, article("two"))
    drain(world)
    assert {2} == {epoch_of(story.version) for story in active(world)}


def test_raised_epoch_decides_later_records_above_all_earlier_ones():
    world = MemoryWorld()
    publish(world, article("one", prose("wire")))
    drain(world)
    publish(world, article("copy", prose("wire"), minutes=3, source="post"))
    drain(world, epoch=1)
    (story,) = active(world)
    assert 2 == len(story.members)
    assert story.version > EPOCH


def test_writer_whose_offset_was_lost_reads_all_again_and_changes_nothing():
    world = MemoryWorld()
    publish(world, *log_of(5, 30))
    drain(world, epoch=1)
    before = state(world)
    world.broker.offsets.clear()
    _, report = drain(world)
    assert {"unchanged"} == set(report.outcomes)
    assert before == state(world)


def test_log_begun_anew_is_refused_until_the_epoch_is_raised():
    world = MemoryWorld()
    publish(world, *[article(f"n{number}") for number in range(5)])
    drain(world)
    anew = MemoryWorld()
    publish(anew, article("new"))
    world.broker._partitions["news.articles.clean.v1"] = anew.broker._partitions["news.articles.clean.v1"]
    world.broker.offsets.clear()
    with pytest.raises(ConfigError, match="COPYDESK_EPOCH to 1"):
        drain(world)
    drain(world, epoch=1)
    assert 6 == len(published(world))
