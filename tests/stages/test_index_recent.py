"""The stories written last: as they are stored, or not at all."""

from __future__ import annotations

from dataclasses import replace

from pipeline.adapters.memory import MemoryWorld
from pipeline.stages.index_recent import MEMBERS, STORIES, RecentStories
from tests.contract.stores import story
from tests.stages.articles import article, prose
from tests.stages.indexing import active, drain, publish


def test_story_is_known_as_it_was_written_last():
    recent = RecentStories()
    recent.written([story(1), story(2)], refused=())
    recent.written([story(1, version=7)], refused=())
    assert {story(1).story_id: story(1, version=7), story(2).story_id: story(2)} == dict(recent.known)


def test_what_the_index_refused_is_known_no_more():
    recent = RecentStories()
    recent.written([story(1)], refused=())
    recent.written([story(1, version=2), story(2)], refused=[story(1).story_id])
    assert [story(2).story_id] == list(recent.known)
    recent.clear()
    assert {} == recent.known


def test_memory_is_bounded_in_stories_and_in_members():
    recent, large = RecentStories(), story(0)
    large = replace(large, members=large.members * (MEMBERS + 1))
    recent.written([large, *(story(number) for number in range(1, STORIES + 6))], refused=())
    assert STORIES == len(recent.known)
    assert large.story_id not in recent.known
    assert story(STORIES + 5).story_id in recent.known


def test_copies_join_a_story_of_the_batch_before_without_reading_it(monkeypatch):
    world = MemoryWorld()
    publish(world, *(article(f"n{number}", prose("one"), minutes=number) for number in range(4)))
    asked = list[str]()
    held = world.stories.get
    monkeypatch.setattr(world.stories, "get", lambda ids: asked.extend(ids) or held(ids))
    drain(world, batch=1)
    [only] = active(world)
    assert 4 == len(only.members)
    assert len(asked) == len(set(asked))
