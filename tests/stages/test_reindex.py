"""A new version of the index: filled from the topic, compared until it lacks nothing, then put in place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.codec import to_message
from pipeline.core.model import Story
from pipeline.core.records import Message
from pipeline.core.reindex import Comparison, Filling, Standing, compared
from pipeline.errors import IndexUnavailable
from pipeline.stages.reindex import ATTEMPTS, ReindexPorts, reindex
from tests.contract import stores


class Following:
    """NextIndex in memory. What `losing` names it never keeps; `late_ones` reached the old one only."""

    def __init__(self, world: MemoryWorld, *, offset: int = 0, losing: Collection[str] = ()) -> None:
        self._world, self._losing = world, losing
        self.offset, self.held = offset, dict[str, Story]()
        self.late_ones: list[Story] = []
        self.marks: list[int] = []
        self.in_place = False

    def begin(self) -> Filling:
        return Filling(index="v2", served="v1", offset=self.offset)

    def put(self, stories: Sequence[Story], below: int | None = None) -> None:
        for one in stories:
            known = self.held.get(one.story_id)
            if one.story_id not in self._losing and (known is None or known.version <= one.version):
                self.held[one.story_id] = one
        self.marks += [] if below is None else [below]

    def compare(self, checked: Collection[str]) -> Comparison:
        served = self._world.stories.all()
        found = compared(standings(served), standings(self.held))
        unequal = [
            id for id in checked if id in served and id in self.held and differ(served[id], self.held[id])
        ]
        return replace(found, unequal=tuple(unequal))

    def swap(self) -> None:
        self.in_place = True

    def late(self) -> list[Story]:
        return self.late_ones


def story(number: int, version: int = 2, **fields: Any) -> Story:
    return stores.story(number, version, **fields)


def standings(stories: dict[str, Story]) -> list[Standing]:
    return [Standing(id, stories[id].version, stories[id].status) for id in sorted(stories)]


def differ(one: Story, other: Story) -> bool:
    return one.version == other.version and one != other


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def publish(world: MemoryWorld, *stories: Story) -> None:
    world.publisher().publish([to_message(one, source="/stages/index") for one in stories])


def run(world: MemoryWorld, following: Following):
    heard: list[tuple[str, int, int]] = []
    waits: list[float] = []
    ports = ReindexPorts(reader=world.reader(), stories=world.stories, following=following, wait=waits.append)
    return reindex(ports, lambda *said: heard.append(said)), heard, waits


def test_highest_version_of_every_story_comes_over(world):
    told = [story(1), story(2), story(1, version=5), story(2, version=3)]
    publish(world, *told)
    world.stories.put(told)
    following = Following(world)
    found, heard, _ = run(world, following)
    assert following.in_place
    assert {one.story_id: one.version for one in following.held.values()} == {
        story(1).story_id: 5,
        story(2).story_id: 3,
    }
    assert (found.records, found.statuses, found.repaired) == (4, {"active": 2}, 0)
    assert heard[-1][0] == "comparisons"
    assert ("stories", 4, 4) in heard


def test_story_that_is_not_shown_comes_over_as_what_it_is(world):
    hidden = story(1, version=3, status="removed", content=None, lead=None)
    publish(world, story(1), replace(hidden, members=(replace(hidden.members[0], title=None),)))
    world.stories.put([replace(hidden, members=(replace(hidden.members[0], title=None),))])
    following = Following(world)
    found, *_ = run(world, following)
    assert found.statuses == {"removed": 1}
    assert following.held[hidden.story_id].content is None


def test_interrupted_run_goes_on_where_it_was_marked(world):
    told = [story(number) for number in range(6)]
    publish(world, *told)
    world.stories.put(told)
    following = Following(world, offset=4)
    following.put(told[:4])
    found, *_ = run(world, following)
    assert (found.resumed_at, found.records) == (4, 2)
    assert following.marks == [6]


def test_story_that_was_stored_and_not_yet_published_is_copied(world):
    publish(world, story(1))
    world.stories.put([story(1), story(2)])
    following = Following(world)
    run(world, following)
    assert set(following.held) == {story(1).story_id, story(2).story_id}


def test_story_that_the_served_index_lost_is_repaired(world):
    publish(world, story(1), story(2))
    world.stories.put([story(1)])
    found, *_ = run(world, Following(world))
    assert found.repaired == 1


def test_other_contents_at_the_same_version_are_taken_from_what_readers_see(world):
    seen = story(1, change="joined")
    publish(world, story(1))
    world.stories.put([seen])
    following = Following(world)
    run(world, following)
    assert following.held[seen.story_id] == seen


def test_version_that_keeps_lacking_something_is_not_put_in_place(world):
    publish(world, story(1), story(2))
    world.stories.put([story(1), story(2)])
    following = Following(world, losing={story(2).story_id})
    with pytest.raises(IndexUnavailable) as refused:
        run(world, following)
    assert refused.value.facts["example"] == story(2).story_id
    assert not following.in_place


def test_comparisons_are_bounded_and_apart(world):
    publish(world, story(1))
    world.stories.put([story(1)])
    waits: list[float] = []
    following = Following(world, losing={story(1).story_id})
    ports = ReindexPorts(reader=world.reader(), stories=world.stories, following=following, wait=waits.append)
    with pytest.raises(IndexUnavailable):
        reindex(ports, lambda *_: None)
    assert len(waits) == ATTEMPTS


def test_what_reached_the_old_index_at_the_last_moment_is_stored_again(world):
    following = Following(world)
    following.late_ones = [story(7)]
    run(world, following)
    assert story(7).story_id in world.stories.all()


def test_poison_in_the_topic_is_passed_by(world):
    world.publisher().publish([Message(topic="news.stories.v1", key="s-1", value=b"{", headers={})])
    publish(world, story(1))
    world.stories.put([story(1)])
    found, *_ = run(world, Following(world))
    assert (found.records, found.statuses) == (2, {"active": 1})
