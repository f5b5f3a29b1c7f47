"""A rebuild decides the retained log anew; nothing older is lost, nothing removed comes back, no id leads
nowhere, whenever the processes die."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import Crash, MemoryWorld
from pipeline.core.copies.furniture import Furniture, encode
from pipeline.core.copies.shingles import ascending_once, shingle
from pipeline.core.copies.tokens import tokenize
from pipeline.core.model import CleanArticle, Edit, Story
from pipeline.core.positions import epoch_of
from pipeline.stages.index import IndexStage
from pipeline.stages.rebuild import abandon
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import reported
from tests.stages.articles import NOON, article, prose
from tests.stages.indexing import active, drain, indexed, now, publish, published
from tests.stages.rebuilding import index_ports, prepare, rebuild_ports, rebuilt, standing, survive, write
from tests.stages.test_index_machine import log_of, state
from tests.stages.test_restore import lose_the_index, restore_into

RIGHTS = prose("rights", 90)
LOG = "news.articles.clean.v1"


def furniture(text: str) -> Edit:
    """A list that stops every phrase of the text."""
    listed = Furniture(0, ascending_once(shingle(tokenize(text))))
    return Edit(kind="furniture", at=NOON, by="maintenance", furniture=encode(listed))


def furnished(*names: str, minutes: int = 0) -> list[CleanArticle]:
    return [
        article(name, prose(name, 60) + "\n\n" + RIGHTS, minutes=minutes + at, source=f"o{at}")
        for at, name in enumerate(names)
    ]


def edit(kind: str, target: CleanArticle, **more: object) -> Edit:
    return Edit(kind=kind, at=NOON + timedelta(hours=1), by="desk", article_id=target.article_id, **more)


def groups(world: MemoryWorld) -> set[frozenset[str]]:
    return {frozenset(member.article_id for member in story.members) for story in active(world)}


def resolved(world: MemoryWorld, story_id: str) -> Story:
    topic = published(world)
    story = topic[story_id]
    while story.merged_into is not None:
        story = topic[story.merged_into]
    return story


def test_stories_that_furniture_chained_come_apart_under_the_first_list():
    world = MemoryWorld()
    publish(world, *furnished("a", "b", "c", "d"))
    drain(world)
    assert 1 == len(groups(world))
    publish(world, furniture(RIGHTS))
    drain(world)
    assert 1 == len(groups(world))
    rebuilt(world)
    assert {1} == {len(group) for group in groups(world)}
    assert 4 == len(groups(world))
    assert {1} == {epoch_of(story.version) for story in active(world)}
    world.refresh()
    assert published(world) == indexed(world, published(world))


def test_article_that_arrives_after_the_rebuild_is_decided_as_ever():
    world = MemoryWorld()
    publish(world, *furnished("a", "b"), furniture(RIGHTS))
    drain(world)
    rebuilt(world)
    one, *_ = furnished("a")
    publish(world, *furnished("e", minutes=30), replace(one, article_id="a-" + "f" * 20, source_id="post"))
    outcomes = write(world)
    assert {"created": 1, "joined": 1} == outcomes
    assert {1} == {epoch_of(story.version) for story in active(world)}


@pytest.mark.parametrize("seed", range(12))
def test_rebuild_under_the_same_list_comes_to_the_same_stories(seed):
    world = MemoryWorld()
    publish(world, *log_of(seed, 30))
    drain(world, batch=6)
    before = shown(world)
    states = {key: held.value.state for key, held in world.articles.get(keys(world)).items()}
    rebuilt(world)
    assert before == shown(world)
    assert states == {key: held.value.state for key, held in world.articles.get(keys(world)).items()}
    world.refresh()
    assert published(world) == indexed(world, published(world))


def shown(world: MemoryWorld) -> dict[str, object]:
    """What readers learn of every story: where it went, or who is in it and hidden why, and its lead."""
    return {
        story_id: story.merged_into
        or (story.status, story.lead, {member.article_id: member.edits for member in story.members})
        for story_id, story in published(world).items()
    }


def keys(world: MemoryWorld) -> set[str]:
    return {record.key for record in world.records(LOG) if record.key != "furniture"}


def test_story_that_is_no_more_points_to_the_one_that_holds_its_smallest_member():
    """A list that stopped too much kept copies apart; a newer one lets them join."""
    world = MemoryWorld()
    wire = prose("wire")
    publish(world, furniture(wire))
    group = [article(name, wire, minutes=at, source=f"o{at}") for at, name in enumerate("abc")]
    publish(world, *group)
    drain(world)
    ids = [story.story_id for story in active(world)]
    assert 3 == len(ids)
    publish(world, furniture(RIGHTS))
    drain(world)
    rebuilt(world)
    (story,) = active(world)
    assert {story.story_id} == {resolved(world, story_id).story_id for story_id in ids}
    world.refresh()
    assert published(world) == indexed(world, published(world))


def test_readers_use_the_old_stories_until_the_switch():
    world = MemoryWorld()
    publish(world, *furnished("a", "b", "c"), furniture(RIGHTS))
    drain(world)
    before = published(world), dict(world.stories.all()), dict(world.revisions.all())
    assert "ready" == prepare(world)
    assert before == (published(world), world.stories.all(), world.revisions.all())


def test_writer_works_on_during_a_rebuild_and_nothing_it_read_is_missing_after():
    world = MemoryWorld()
    publish(world, *furnished("a", "b", "c"), furniture(RIGHTS))
    drain(world)
    late = iter([furnished("d", minutes=30), furnished("e", minutes=40)])

    def work(_what: str, _done: int) -> None:
        for values in late:
            publish(world, *values)
            drain(world)
            break

    assert "ready" == prepare(world, batch=2, heard=work)
    publish(world, *furnished("f", minutes=50))
    write(world)
    assert 6 == len(groups(world))
    assert standing(world).epoch == 1
    _assert_all_counted(world)


def _assert_all_counted(world: MemoryWorld) -> None:
    entries = world.articles.get(keys(world))
    assert {1} == {epoch_of(held.value.index.position) for held in entries.values()}


def test_running_writer_switches_between_two_batches():
    world = MemoryWorld()
    publish(world, *furnished("a", "b"), furniture(RIGHTS))
    drain(world)
    held = index_ports(world)
    with reported("index", world.runs, world.articles, now) as run:
        stage = IndexStage(held, run, 0, now)
        consume(held.consumer, stage, Pace(batch=5), run, commits=False)
        prepare(world)
        publish(world, *furnished("c", minutes=30))
        consume(held.consumer, stage, Pace(batch=5), run, commits=False)
    assert 3 == len(groups(world))
    assert 1 == standing(world).epoch
    assert world.generations.present() is None


def test_run_out_of_time_goes_on_where_it_stopped():
    world = MemoryWorld()
    publish(world, *furnished(*"abcdefghij"), furniture(RIGHTS))
    drain(world)
    assert "unfinished" == prepare(world, seconds=0)
    first = world.generations.present()
    assert "ready" == prepare(world)
    assert first.token == world.generations.present().token
    write(world)
    assert 10 == len(groups(world))


def test_rebuild_may_be_abandoned_and_begun_again():
    world = MemoryWorld()
    publish(world, *furnished("a", "b"), furniture(RIGHTS))
    drain(world)
    assert not abandon(rebuild_ports(world), standing(world))
    prepare(world)
    assert abandon(rebuild_ports(world), standing(world))
    publish(world, *furnished("c", minutes=9))
    write(world)
    assert 0 == standing(world).epoch
    rebuilt(world)
    assert 3 == len(groups(world))


def test_second_rebuild_follows_the_first():
    world = MemoryWorld()
    publish(world, *log_of(3, 20))
    drain(world)
    before = groups(world)
    for epoch in (1, 2):
        rebuilt(world)
        assert epoch == standing(world).epoch
        assert before == groups(world)


def test_what_is_older_than_the_log_comes_over_and_still_meets_its_copies():
    world = MemoryWorld()
    wire, old = prose("wire"), prose("old")
    group = [article(name, old, minutes=at, source=f"o{at}") for at, name in enumerate("ab")]
    publish(world, *group, article("new", wire, minutes=5))
    drain(world)
    world.broker.forget(LOG, 0, 2)
    before = groups(world)
    rebuilt(world)
    assert before == groups(world)
    carried = next(story for story in active(world) if len(story.members) == 2)
    assert ("carried", 1) == (carried.change, epoch_of(carried.version))
    assert old == carried.content.text
    publish(world, article("copy", old, minutes=50, source="post"))
    write(world)
    assert {1, 3} == {len(group) for group in groups(world)}


def test_member_newer_than_the_log_stays_with_a_story_that_came_over():
    world = MemoryWorld()
    wire = prose("wire")
    group = [article(name, wire, minutes=at, source=f"o{at}") for at, name in enumerate("abcd")]
    publish(world, *group)
    drain(world)
    world.broker.forget(LOG, 0, 2)
    rebuilt(world)
    (story,) = active(world)
    assert {each.article_id for each in group} == {member.article_id for member in story.members}


@pytest.mark.parametrize("forgotten", [0, 2, 3], ids=["nothing", "the texts", "texts and removal"])
def test_removed_stays_removed(forgotten):
    world = MemoryWorld()
    wire = prose("wire")
    first, second = (article(name, wire, minutes=at, source=f"o{at}") for at, name in enumerate("ab"))
    publish(world, first, second, edit("removed", first, with_copies=True), article("other"))
    drain(world)
    world.broker.forget(LOG, 0, forgotten)
    rebuilt(world)
    publish(world, article("late", wire, minutes=30, source="late"), replace(first, fetched_at=NOON))
    write(world)
    assert {frozenset({article("other").article_id})} == groups(world)
    held = world.articles.get([first.article_id, second.article_id, article("late").article_id])
    assert {"removed"} == {stored.value.state for stored in held.values()}


def test_removal_the_log_forgot_holds_for_a_text_it_still_has():
    world = MemoryWorld()
    one = article("one")
    publish(world, edit("removed", one), article("other"))
    drain(world)
    publish(world, one)
    drain(world)
    world.broker.forget(LOG, 0, 1)
    rebuilt(world)
    assert {frozenset({article("other").article_id})} == groups(world)


def test_hidden_only_as_a_copy_is_shown_when_it_is_a_copy_no_more():
    world = MemoryWorld()
    first, second = furnished("a", "b")
    publish(world, first, edit("removed", first, with_copies=True), second)
    drain(world)
    assert set() == groups(world)
    publish(world, furniture(RIGHTS))
    drain(world)
    rebuilt(world)
    assert {frozenset({second.article_id})} == groups(world)
    assert "indexed" == world.articles.get([second.article_id])[second.article_id].value.state
    assert "removed" == world.articles.get([first.article_id])[first.article_id].value.state


def test_rebuild_that_the_log_overtook_begins_anew():
    world = MemoryWorld()
    publish(world, *furnished(*"abcdefgh"), furniture(RIGHTS))
    drain(world)
    world.crash_after("transactions.commit", nth=2)
    with pytest.raises(Crash):
        prepare(world, batch=2)
    world.restart()
    token = world.generations.present().token
    world.broker.forget(LOG, 0, 6)
    assert "ready" == prepare(world)
    assert token != world.generations.present().token
    write(world)
    assert {article_id for group in groups(world) for article_id in group} == {
        each.article_id for each in furnished(*"abcdefgh")
    }


@pytest.mark.parametrize("seed", range(6))
def test_rebuilt_stories_come_back_from_the_topic(seed):
    world = MemoryWorld()
    publish(world, *furnished("a", "b", "c"), *log_of(seed, 24), furniture(RIGHTS))
    drain(world, batch=7)
    rebuilt(world)
    fresh = lose_the_index(world)
    restore_into(fresh, epoch=1)
    world.refresh()
    topic = published(world)
    assert indexed(world, topic) == indexed(fresh, topic)
    before, after = world.articles.get(keys(world)), fresh.articles.get(keys(world))
    assert {key: held.value.index for key, held in before.items()} == {
        key: held.value.index for key, held in after.items()
    }
    publish(fresh, article("later", minutes=99))
    assert {"created": 1} == drain(fresh)[1].outcomes


def disturbed_log(seed: int) -> list[CleanArticle | Edit]:
    return [*furnished("a", "b", "c"), *log_of(seed, 12), furniture(RIGHTS), *furnished("d", minutes=40)]


def before_rebuild(seed: int) -> MemoryWorld:
    world = MemoryWorld()
    publish(world, *disturbed_log(seed))
    drain(world, batch=6)
    world.broker.forget(LOG, 0, 4)
    return world


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("where", ["crash_before", "crash_after"])
def test_crash_at_any_single_write_makes_no_difference(seed, where):
    world = before_rebuild(seed)
    rebuilt(world)
    expected = state(world)
    for nth in range(1, 200):
        world = before_rebuild(seed)
        calls = len(world.faults.calls)
        getattr(world, where)(nth=nth)
        survive(world, lambda world=world: prepare(world))
        survive(world, lambda world=world: write(world))
        assert expected == state(world), f"{where} write {nth}: {world.faults.calls[calls:]}"
        assert world.generations.present() is None
        if len(world.faults.calls) - calls < nth:
            break
    else:
        pytest.fail("the rebuild makes more writes than were tried")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("point", ["stories.put", "articles.put", "transactions.publish", "revisions.add"])
def test_crash_in_the_middle_of_a_bulk_write_makes_no_difference(seed, point):
    world = before_rebuild(seed)
    rebuilt(world)
    expected = state(world)
    for nth in (1, 2, 3):
        world = before_rebuild(seed)
        world.crash_after(point, nth=nth, items=1)
        survive(world, lambda world=world: prepare(world))
        survive(world, lambda world=world: write(world))
        assert expected == state(world)
