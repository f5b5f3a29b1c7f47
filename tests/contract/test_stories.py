"""Stories: the higher version wins, whatever the order and however often it is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.core.model import Relation
from pipeline.errors import InvalidRecord
from tests.contract.stores import NOW, story


def test_story_comes_back_as_it_was_put(store):
    relation = Relation(kind="contains", article_id="a-1", other_id="a-2", containment=0.42, why="cover")
    made = story(
        1,
        version=2**40 + 8,
        changed_at=NOW + timedelta(microseconds=123456),
        relations=(relation,),
        more_member_ids=("a-3",),
    )
    stories = store.stories()
    assert stories.put([made]) == set()
    assert stories.get([made.story_id]) == {made.story_id: made}


@pytest.mark.parametrize("status", ["merged", "gone", "removed"])
def test_story_that_is_not_shown_is_still_there(store, status):
    made = story(1, status=status, content=None, lead=None, merged_into="s-2" if status == "merged" else None)
    stories = store.stories()
    stories.put([made])
    stories.refresh()
    assert stories.get([made.story_id]) == {made.story_id: made}
    assert list(stories.above(0)) == [made]
    assert stories.counts() == {status: 1}


def test_only_existing_stories_are_returned(store):
    stories = store.stories()
    stories.put([story(1)])
    assert set(stories.get([story(1).story_id, "s-none"])) == {story(1).story_id}
    assert stories.get([]) == {}


@pytest.mark.parametrize(
    ("versions", "kept", "held"),
    [
        pytest.param([5, 6], 6, [False, False], id="a newer one"),
        pytest.param([6, 5], 6, [False, True], id="an older one"),
        pytest.param([5, 5], 5, [False, True], id="the same again"),
        pytest.param([5, 9, 7], 9, [False, False, True], id="in any order"),
    ],
)
def test_higher_version_wins(store, versions, kept, held):
    stories = store.stories()
    answers = [bool(stories.put([story(1, version=version)])) for version in versions]
    assert answers == held
    assert stories.get([story(1).story_id])[story(1).story_id].version == kept


def test_stories_of_one_call_are_settled_one_by_one(store):
    stories = store.stories()
    stories.put([story(2, version=9)])
    held = stories.put([story(1, version=3), story(2, version=9), story(3, version=3), story(3, version=4)])
    assert held == {story(2).story_id}
    assert {one.version for one in stories.get([story(1).story_id, story(3).story_id]).values()} == {3, 4}


def test_get_is_real_time_and_searches_wait_for_a_refresh(store):
    stories = store.stories()
    stories.put([story(1)])
    assert len(stories.get([story(1).story_id])) == 1
    assert (list(stories.above(0)), stories.counts()) == ([], {})
    stories.refresh()
    assert ([one.version for one in stories.above(0)], stories.counts()) == ([1], {"active": 1})


def test_stories_above_a_version_come_by_version(store):
    stories = store.stories()
    stories.put([story(number, version=version) for number, version in ((1, 7), (2, 5), (3, 9), (4, 6))])
    stories.refresh()
    assert [one.version for one in stories.above(5)] == [6, 7, 9]


def test_all_stories_above_are_found_however_many(store):
    stories = store.stories()
    stories.put([story(number, version=number + 1) for number in range(1100)])
    stories.refresh()
    assert [one.version for one in stories.above(0)] == list(range(1, 1101))


def test_id_over_512_bytes_is_rejected_and_the_others_are_stored(store):
    long = "s-" + "f" * 511
    stories = store.stories()
    with pytest.raises(InvalidRecord) as rejected:
        stories.put([story(1), story(2, story_id=long), story(3)])
    assert rejected.value.facts["id"] == long
    assert len(stories.get([story(1).story_id, story(3).story_id])) == 2


def test_rejected_story_does_not_keep_the_others_of_the_call_from_being_stored(store):
    bad = story(2, lead="a" * 40_000)
    stories = store.stories()
    with pytest.raises(InvalidRecord) as rejected:
        stories.put([story(1), bad, story(3)])
    assert (rejected.value.reason, rejected.value.facts["id"]) == ("document-rejected", bad.story_id)
    assert set(stories.get([made.story_id for made in (story(1), bad, story(3))])) == {
        story(1).story_id,
        story(3).story_id,
    }


def test_version_that_cannot_be_is_found_among_many_and_rejected_alone(store):
    """Elasticsearch answers 400 for the whole request, so the culprit must be looked for."""
    stories = store.stories()
    bad = story(123, version=-1)
    made = [story(number, version=number) for number in range(1, 200) if number != 123]
    with pytest.raises(InvalidRecord) as rejected:
        stories.put([*made[:122], bad, *made[122:]])
    assert rejected.value.facts["id"] == bad.story_id
    assert len(stories.get([one.story_id for one in (*made, bad)])) == 198
