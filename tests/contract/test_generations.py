"""The next generation of indices changes places with the present one at one stroke; archives are swept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.elastic_archive import ElasticArchive
from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.adapters.elastic_generations import ARTICLES, STORIES, ElasticGenerations
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.adapters.memory import MemoryWorld
from pipeline.core.generations import Generation
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision
from pipeline.core.reports import RunReport
from pipeline.ports import Archive, Documents, Generations, Revisions, Stories, Where, Write
from pipeline.world import World
from tests.contract.stores import HOUR, NOW, cleaned, entry, revision, story

ONE = Generation(epoch=1, token="aaaa", phase="texts", first=7)


@dataclass
class Shop:
    generations: Generations
    stories: Stories
    revisions: Revisions
    next_stories: Stories
    next_articles: Documents[LedgerEntry]
    texts: Archive[Revision]
    runs: Documents[RunReport]
    old_runs: Archive[RunReport]


@pytest.fixture(params=["memory", pytest.param("elasticsearch", marks=pytest.mark.servers)])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    if request.param == "memory":
        memory = MemoryWorld()
        following = memory.generations
        yield Shop(
            following,
            memory.stories,
            memory.revisions,
            _Now(lambda: following.stories),
            _Now(lambda: following.articles),
            memory.texts(),
            memory.runs,
            memory.old_runs(),
        )
        return
    settings = request.getfixturevalue("empty")
    world = World(settings)
    client = world._elastic
    yield Shop(
        ElasticGenerations(client),
        world.stories,
        world.revisions,
        ElasticStories(client, STORIES),
        ElasticDocuments(client, ARTICLES, LedgerEntry),
        ElasticArchive(client, "news-revisions", Revision),
        world.runs,
        ElasticArchive(client, "news-runs", RunReport),
    )
    ElasticGenerations(client).drop()
    world.close()
    plans = apply_indices(settings, dry_run=True)
    assert {"unchanged"} == {plan.verdict for plan in plans}


class _Now:
    """Whatever stands there now, as an alias would find it."""

    def __init__(self, stands):
        self._stands = stands

    def __getattr__(self, name):
        return getattr(self._stands(), name)


def test_rebuild_is_remembered_until_it_is_dropped(shop):
    assert shop.generations.present() is None
    shop.generations.begin(ONE)
    assert ONE == shop.generations.present()
    further = replace(ONE, phase="building", cursor="a-1")
    shop.generations.save(further)
    assert further == shop.generations.present()
    shop.generations.drop()
    assert shop.generations.present() is None


def test_readers_see_nothing_of_the_next_generation_before_the_swap_and_only_it_after(shop):
    shop.stories.put([story(1), story(2)])
    shop.generations.begin(ONE)
    shop.next_stories.put([story(2, version=9), story(3, version=9)])
    assert {story(1).story_id} == set(shop.stories.get([story(1).story_id, story(3).story_id]))
    shop.generations.swap()
    ids = [story(number).story_id for number in (1, 2, 3)]
    assert {ids[1]: 9, ids[2]: 9} == {id: held.version for id, held in shop.stories.get(ids).items()}
    shop.generations.swap()
    shop.stories.put([story(4)])
    shop.generations.drop()
    shop.stories.refresh()
    assert 3 == len(list(shop.stories.above(0)))


def test_generation_dropped_before_the_swap_leaves_everything_as_it_was(shop):
    shop.stories.put([story(1)])
    shop.generations.begin(ONE)
    shop.next_stories.put([story(2)])
    shop.generations.drop()
    assert {story(1).story_id} == set(shop.stories.get([story(1).story_id, story(2).story_id]))


def test_new_attempt_begins_empty(shop):
    shop.generations.begin(ONE)
    shop.next_articles.put([Write(id=entry(1).article_id, value=cleaned(entry(1)))])
    again = replace(ONE, token="bbbb")
    shop.generations.begin(again)
    assert again == shop.generations.present()
    assert {} == shop.next_articles.get([entry(1).article_id])


def test_second_rebuild_follows_the_first(shop):
    for epoch in (1, 2):
        shop.generations.begin(replace(ONE, epoch=epoch))
        shop.next_stories.put([story(epoch, version=epoch)])
        shop.generations.swap()
        shop.generations.drop()
    assert {story(2).story_id} == set(shop.stories.get([story(1).story_id, story(2).story_id]))


def test_expired_texts_are_found_in_order_counted_and_deleted_alone(shop):
    old = [revision(number, kept_until=NOW - HOUR, source_id=f"s{number % 2}") for number in (5, 3, 4)]
    shop.revisions.add([*old, revision(1)])
    shop.texts.refresh()
    expired = Where(ranges={"kept_until": (None, NOW)})
    assert [3, 4, 5] == [kept.position for kept in shop.texts.find(expired, order="position")]
    assert {"s0": 1, "s1": 2} == shop.texts.counts("source_id", expired)
    assert 3 == shop.texts.delete(expired)
    shop.texts.refresh()
    assert [revision(1)] == list(shop.texts.find(Where(), order="article_id"))
    assert [revision(1)] == shop.revisions.of([kept.article_id for kept in (*old, revision(1))])
    assert 0 == shop.texts.delete(expired)


def test_old_reports_are_deleted(shop):
    reports = [
        RunReport(run_id=f"index-{days}", stage="index", started_at=at, heard_at=at)
        for days in (1, 100)
        for at in (NOW - timedelta(days=days),)
    ]
    shop.runs.put([Write(id=report.run_id, value=report) for report in reports])
    shop.old_runs.refresh()
    assert 1 == shop.old_runs.delete(Where(ranges={"started_at": (None, NOW - timedelta(days=90))}))
    assert {"index-1"} == set(shop.runs.get(["index-1", "index-100"]))
