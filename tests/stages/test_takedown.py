"""Takedowns over the log: who gets an edit, and what readers see once the index stage has read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.model import CleanArticle
from pipeline.errors import PipelineError
from pipeline.stages.takedown import Named, Order, look_up, publish, removal, restoration
from tests.stages.articles import NOON, article, prose
from tests.stages.indexing import active, drain, published
from tests.stages.indexing import publish as append

ORDER = Order(by="desk", at=NOON + timedelta(hours=1), reason="a court said so")
GROUP = [article(name, prose("wire"), minutes=at, source=f"o{at}") for at, name in enumerate("abc")]


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld()
    append(made, *GROUP)
    drain(made)
    return made


def named(world: MemoryWorld, name: str) -> Named:
    return look_up(name, world.articles, world.stories)


def remove(world: MemoryWorld, name: str, *, copies: bool) -> list[str]:
    edits = removal(named(world, name), ORDER, copies=copies)
    publish(edits, world.publisher())
    drain(world)
    return [edit.article_id for edit in edits]


def restore(world: MemoryWorld, name: str) -> list[str]:
    edits = restoration(named(world, name), ORDER)
    publish(edits, world.publisher())
    drain(world)
    return [edit.article_id for edit in edits]


def again(*articles: CleanArticle) -> list[CleanArticle]:
    return [replace(each, fetched_at=NOON + timedelta(hours=6)) for each in articles]


def states(world: MemoryWorld) -> set[str]:
    return {stored.value.state for stored in world.articles.get([a.article_id for a in GROUP]).values()}


def test_removed_article_is_hidden_and_its_copies_stay(world):
    assert [GROUP[0].article_id] == remove(world, GROUP[0].article_id, copies=False)
    (story,) = active(world)
    assert [False, True, True] == sorted(member.showable for member in story.members)
    entry = world.articles.get([GROUP[0].article_id])[GROUP[0].article_id].value
    assert ("desk", "a court said so") == (entry.edit.by, entry.edit.reason)


def test_with_copies_every_member_gets_an_edit_the_named_one_first(world):
    edited = remove(world, GROUP[1].article_id, copies=True)
    assert GROUP[1].article_id == edited[0]
    assert sorted(a.article_id for a in GROUP) == sorted(edited)
    assert [] == active(world)
    assert {"removed"} == states(world)
    world.revisions.refresh()
    assert all(kept.article is None for kept in world.revisions.of(edited))


def test_copy_that_arrives_after_a_removal_with_copies_is_hidden_too(world):
    remove(world, GROUP[0].article_id, copies=True)
    append(world, article("late", prose("wire"), minutes=40, source="late"))
    drain(world)
    assert [] == active(world)


def test_story_id_stands_for_all_members_and_needs_the_flag(world):
    (story,) = active(world)
    with pytest.raises(PipelineError, match="--copies"):
        removal(named(world, story.story_id), ORDER, copies=False)
    assert 3 == len(remove(world, story.story_id, copies=True))
    assert [] == active(world)


@pytest.mark.parametrize("by", ["article", "story"])
def test_restored_group_is_shown_when_fetched_again(world, by):
    (story,) = active(world)
    remove(world, GROUP[0].article_id, copies=True)
    restore(world, story.story_id if by == "story" else GROUP[2].article_id)
    assert [] == active(world)
    append(world, *again(*GROUP))
    drain(world)
    (shown,) = active(world)
    assert all(member.showable for member in shown.members)


def test_restoring_a_story_of_which_nothing_is_removed_says_so(world):
    (story,) = active(world)
    with pytest.raises(PipelineError, match="nothing to restore"):
        restoration(named(world, story.story_id), ORDER)


def test_article_nobody_heard_of_can_be_removed_before_it_arrives(world):
    late = article("late", prose("another"))
    found = named(world, late.article_id)
    assert (False, None) == (found.known, found.story)
    remove(world, late.article_id, copies=True)
    append(world, late)
    drain(world)
    assert {True} == {late.article_id not in {m.article_id for m in s.members} for s in active(world)}


def test_merged_story_stands_for_the_one_it_went_into():
    world = MemoryWorld()
    left, right = prose("left"), prose("right")
    append(world, article("first", left), article("second", right))
    drain(world)
    append(world, article("both", left + "\n\n" + right, minutes=5))
    drain(world)
    (story,) = active(world)
    (away,) = [each for each in published(world).values() if each.status == "merged"]
    assert story.story_id == named(world, away.story_id).story.story_id
    with pytest.raises(PipelineError, match="no such story"):
        named(world, "s-" + "f" * 20)
