"""The index stage edge to edge: what stands in the log decides what stands in topic, index and ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.model import CleanArticle, Edit, Story
from pipeline.core.stories.order import story_id_of
from tests.stages.articles import NOON, article, prose
from tests.stages.indexing import active, drain, indexed, publish, published


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def member_ids(story: Story) -> set[str]:
    return {member.article_id for member in story.members}


def copies(text: str, *names: str) -> list[CleanArticle]:
    return [article(name, text, minutes=at, source=f"outlet{at}") for at, name in enumerate(names)]


def edit(kind: str, target: CleanArticle, **more: object) -> Edit:
    return Edit(kind=kind, at=NOON + timedelta(hours=1), by="operator", article_id=target.article_id, **more)


def test_unrelated_articles_become_stories_of_their_own(world):
    one, other = article("one"), article("other")
    publish(world, one, other)
    _, report = drain(world)
    assert {"created": 2} == report.outcomes
    assert {story_id_of(one.article_id), story_id_of(other.article_id)} == set(published(world))


@pytest.mark.parametrize("batch", [1, 2, 100], ids=["one by one", "in twos", "all at once"])
def test_copies_become_one_story_named_after_the_smallest_member(world, batch):
    group = copies(prose("wire"), "a", "b", "c")
    publish(world, *group)
    drain(world, batch=batch)
    (story,) = active(world)
    assert {each.article_id for each in group} == member_ids(story)
    assert story_id_of(min(each.article_id for each in group)) == story.story_id


def test_article_tying_two_stories_together_bridges_them(world):
    left, right = prose("left"), prose("right")
    first, second = article("first", left), article("second", right)
    publish(world, first, second)
    drain(world)
    publish(world, article("both", left + "\n\n" + right, minutes=5))
    _, report = drain(world)
    (story,) = active(world)
    assert report.outcomes.get("bridged") == 1
    assert 3 == len(story.members)
    away = [story for story in published(world).values() if story.status == "merged"]
    assert {story.story_id} == {each.merged_into for each in away}
    assert all(each.content is None for each in away)


def test_index_and_topic_hold_the_same_stories(world):
    publish(world, *copies(prose("wire"), "a", "b"), article("alone"))
    drain(world)
    assert published(world) == indexed(world, published(world))


def test_version_is_position_of_last_change_plus_one(world):
    publish(world, *copies(prose("wire"), "a", "b"), article("alone"))
    drain(world, epoch=1)
    versions = {story.version - 2**40 for story in active(world)}
    assert {2, 3} == versions


def test_redelivered_record_changes_nothing(world):
    one = article("one")
    publish(world, one)
    drain(world)
    before = published(world)
    publish(world, one)
    _, report = drain(world)
    assert {"unchanged": 1} == report.outcomes
    assert before == published(world)


def test_correction_is_a_second_revision_of_one_article(world):
    publish(world, article("one"))
    drain(world)
    publish(world, article("one", prose("one, corrected"), minutes=30))
    _, report = drain(world)
    (story,) = active(world)
    assert {"revised": 1} == report.outcomes
    assert 2 == len(story.members[0].revisions)
    assert 1 == story.members[0].corrections
    assert prose("one, corrected") == story.content.text


def test_older_fetch_arriving_late_is_kept_but_not_shown(world):
    publish(world, article("one", prose("new"), minutes=30), article("one", prose("old"), minutes=0))
    drain(world)
    (story,) = active(world)
    assert prose("new") == story.content.text
    assert 2 == len(story.members[0].revisions)


def test_copy_of_an_earlier_revision_still_joins(world):
    publish(world, article("one", prose("first text")), article("one", prose("second text"), minutes=9))
    drain(world)
    publish(world, article("copy", prose("first text"), minutes=20, source="post"))
    drain(world)
    assert 1 == len(active(world))


@pytest.mark.parametrize(
    ("rivals", "leader"),
    [
        ([{"minutes": 0}, {"minutes": 9, "agency": "Meridian Wire"}], 1),
        ([{"minutes": 5}, {"minutes": 1}], 1),
    ],
    ids=["an agency byline leads whatever the time", "else the earliest leads"],
)
def test_lead_is_chosen_in_order(world, rivals, leader):
    made = [article(f"n{i}", prose("wire"), source=f"o{i}", **facts) for i, facts in enumerate(rivals)]
    publish(world, *made)
    drain(world)
    assert made[leader].article_id == active(world)[0].lead


def test_gone_member_stays_member_but_is_not_shown(world):
    first, second = copies(prose("wire"), "a", "b")
    publish(world, first, second, edit("gone", first))
    drain(world)
    (story,) = active(world)
    assert second.article_id == story.lead
    assert second.url == story.content.url
    assert {first.article_id, second.article_id} == member_ids(story)
    world.articles.refresh()
    assert "gone" == world.articles.get([first.article_id])[first.article_id].value.state


def test_story_without_showable_member_keeps_no_content(world):
    only = article("only")
    publish(world, only, edit("gone", only))
    drain(world)
    (story,) = published(world).values()
    assert ("gone", None, None) == (story.status, story.content, story.lead)


def test_article_that_is_back_is_shown_with_its_next_record(world):
    only = article("only")
    publish(world, only, edit("gone", only), edit("back", only))
    drain(world)
    assert [] == active(world)
    assert world.articles.get([only.article_id])[only.article_id].value.edit.awaiting
    publish(world, replace(only, fetched_at=NOON + timedelta(hours=5)))
    drain(world)
    assert only.article_id == active(world)[0].lead
    assert not world.articles.get([only.article_id])[only.article_id].value.edit.awaiting


def test_removal_takes_every_word_but_the_copy_test_still_works(world):
    only = article("only", prose("wire"))
    publish(world, only, edit("removed", only))
    drain(world)
    (kept,) = _all_of(world, only)
    assert (None, None) == (kept.article, kept.title)
    (story,) = published(world).values()
    assert ("removed", None) == (story.status, story.members[0].title)
    publish(world, article("copy", prose("wire"), minutes=9, source="post"))
    drain(world)
    (story,) = active(world)
    assert 2 == len(story.members)


def test_removal_with_copies_hides_those_that_come_later(world):
    first, second = copies(prose("wire"), "a", "b")
    publish(world, first, edit("removed", first, with_copies=True))
    drain(world)
    publish(world, second)
    drain(world)
    assert [] == active(world)
    states = {
        key: held.value.state
        for key, held in world.articles.get([first.article_id, second.article_id]).items()
    }
    assert {"removed"} == set(states.values())
    assert all(kept.article is None for kept in _all_of(world, first, second))


def test_restored_article_returns_with_its_copies(world):
    first, second = copies(prose("wire"), "a", "b")
    publish(world, first, second, edit("removed", first, with_copies=True), edit("restored", first))
    drain(world)
    later = [replace(each, fetched_at=NOON + timedelta(hours=6)) for each in (first, second)]
    publish(world, *later)
    drain(world)
    (story,) = active(world)
    assert all(member.showable for member in story.members)
    assert all(kept.article is not None for kept in _all_of(world, first, second))


def test_article_removed_before_it_arrives_is_never_shown(world):
    only = article("only")
    publish(world, edit("removed", only), only)
    drain(world)
    assert [] == active(world)
    assert all(kept.article is None for kept in _all_of(world, only))


def test_poison_is_dead_lettered_and_the_stage_goes_on(world):
    from pipeline.core.records import Message

    good = article("good")
    bad = Message(topic="news.articles.clean.v1", key=good.article_id, value=b"{", headers={})
    world.publisher().publish([bad])
    publish(world, good)
    _, report = drain(world)
    assert {"created": 1, "dead-lettered(not-json)": 1} == report.outcomes
    (letter,) = world.records("news.dead-letters.v1")
    assert b"{" == letter.value


def test_two_runs_at_once_one_writes_one_stands_by(world):
    publish(world, article("one"))
    holder = world.consumer("copydesk-index", "news.articles.clean.v1")
    holder.poll(1, 0)
    ended, report = drain(world)
    assert "stood-by" == ended
    assert {} == report.outcomes


def _all_of(world: MemoryWorld, *articles: CleanArticle):
    world.revisions.refresh()
    return world.revisions.of([each.article_id for each in articles])
