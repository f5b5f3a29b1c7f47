"""What an operator removes is gone from search, suggestions and every stored body, and stays gone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.adapters.apply_index import apply_indices
from pipeline.bootstrap import run_clean, run_index, run_reindex, run_restore
from pipeline.core.codec import to_message
from pipeline.core.dead_letters import dead_letter
from pipeline.core.ledger import FetchSection, apply
from pipeline.core.model import CleanArticle, Edit, Entry
from pipeline.core.search import Query
from pipeline.errors import InvalidRecord
from pipeline.ports import Write
from pipeline.settings import Settings
from pipeline.stages import restore
from pipeline.stages.letters import letters, replay
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.e2e.workers import eventually
from tests.stages import cleaning
from tests.stages.articles import NOON, article, prose

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

SECRET = "Zanzibarlagune"
"""A word of the article that is removed, and of nothing else."""
REFRESH_SECONDS = 2.0
"""The interval of the contract: a change is seen at most this long after it is written."""
SNAPSHOTS = "takedown-drill"


@pytest.fixture
def world(empty: Settings) -> Iterator[World]:
    made = World(empty)
    yield made
    elastic = made.next_index._client
    elastic.options(ignore_status=404).snapshot.delete(repository=SNAPSHOTS, snapshot="*")
    elastic.options(ignore_status=404).snapshot.delete_repository(name=SNAPSHOTS)
    elastic.options(ignore_status=404).indices.delete(index="restored-news-stories-v0001")
    made.close()


def removed_article(name: str = "removed", **changes: Any) -> CleanArticle:
    text = f"{SECRET} {prose('to be removed')} {SECRET}"
    return article(name, text, title=f"{SECRET} opens", description=SECRET, tags=(SECRET,), **changes)


def append(world: World, *values: CleanArticle | Edit) -> None:
    world.publisher.publish([to_message(value, source="/stages/clean") for value in values])
    run_index(world, Pace(batch=50, seconds=120))


def removal(of: CleanArticle, kind: str = "removed", *, with_copies: bool = False) -> Edit:
    at = NOON + timedelta(hours=1)
    return Edit(kind=kind, at=at, by="operator", article_id=of.article_id, with_copies=with_copies)


def bodies(world: World) -> list[str]:
    """Ids of documents, of any index, whose stored body holds the word."""
    client = world.next_index._client
    client.indices.refresh(index="news-*")
    found = client.search(index="news-*", size=1000, query={"match_all": {}}).body["hits"]["hits"]
    return [
        hit["_id"]
        for hit in found
        if SECRET.lower() in json.dumps(hit["_source"], ensure_ascii=False).lower()
    ]


def seen(world: World) -> bool:
    """Whether a reader comes upon the word in any way; nothing is refreshed for them."""
    searcher = world.searcher
    return bool(
        searcher.search(Query(text=SECRET)).total
        or searcher.search(Query(filters={"tag": [SECRET]})).total
        or searcher.complete(SECRET[:6])
        or searcher.corrections(Query(text="Zanzibarlagone"))
        or any(value.value == SECRET for value in searcher.search(Query(facets=True)).facets["tag"])
    )


def told(world: World) -> list[str]:
    """What a subscriber holds who keeps the last record of each story."""
    ends = {partition: end for partition, (_, end) in world.reader.ends("news.stories.v1").items()}
    held = {record.key: record.value for record in world.reader.read("news.stories.v1", {0: 0}, ends)}
    return [(value or b"").decode() for value in held.values()]


def discovered(world: World, article_id: str) -> None:
    """The account that fetch keeps of it, with what the feed announced."""
    (stored,) = world.ledger.get([article_id]).values()
    announced = Entry(url="https://herald.example/a", title=SECRET, summary=SECRET, categories=(SECRET,))
    section = FetchSection(
        source_id="herald",
        url=announced.url,
        canonical_url=announced.url,
        host="herald.example",
        run_id="fetch-1",
        discovered_at=NOON,
        attempted_at=NOON,
        outcome="fetched",
        fetched_at=NOON,
        entry=announced,
    )
    assert [] == world.ledger.put([Write(id=article_id, value=apply(stored.value, section), tag=stored.tag)])


def assert_gone(world: World) -> None:
    assert bodies(world) == []
    assert not seen(world)
    assert [] == [story for story in told(world) if SECRET in story]


@pytest.mark.parametrize("with_copies", [False, True], ids=["alone", "with its copies"])
def test_removed_article_is_gone_though_nobody_asks_for_a_refresh(world, with_copies: bool):
    first = removed_article()
    values = [first, article("other", minutes=3)]
    if with_copies:
        values.append(removed_article("copy", minutes=5, source="post"))
    append(world, *values)
    for each in values:
        if each.title and SECRET in each.title:
            discovered(world, each.article_id)
    eventually(lambda: seen(world), "the article is searchable")
    assert bodies(world) != []
    assert [story for story in told(world) if SECRET in story]
    append(world, removal(first, with_copies=with_copies))
    eventually(lambda: not seen(world), "the article is gone")
    assert_gone(world)
    assert world.searcher.search(Query()).total == 1
    assert {"active", "removed"} == {json.loads(story)["status"] for story in told(world)} - {"merged"}


def test_copy_of_a_removed_article_is_still_shown_and_hidden_only_when_told(world):
    """One outlet's removal is not another's; with copies it is, for those to come too."""
    first, copy = removed_article(), removed_article("copy", minutes=5, source="post")
    append(world, first, copy, removal(first))
    shown = world.searcher.story(only_story(world))
    assert shown is not None
    assert shown.lead == copy.article_id
    assert [member.title for member in shown.members if member.article_id == first.article_id] == [None]
    append(world, removal(first, with_copies=True), removed_article("late", minutes=9, source="echo"))
    assert_gone(world)


def only_story(world: World) -> str:
    world.stories.refresh()
    (hit,) = world.searcher.search(Query()).hits
    return hit.story_id


def test_removed_stays_removed_through_everything_that_brings_things_back(world):
    first = removed_article()
    append(world, first, article("other", minutes=3), removal(first))
    assert_gone(world)

    append(world, first, replace(first, fetched_at=first.fetched_at + timedelta(hours=3)))
    assert_gone(world)  # the record replayed, and the page fetched again

    run_reindex(world, lambda *_: None)
    assert_gone(world)

    client = world.next_index._client
    for index in client.indices.get(index="news-*"):
        client.indices.delete(index=index)
    apply_indices(world.settings)
    run_restore(world, lambda *_: None)
    assert_gone(world)
    assert world.searcher.search(Query()).total == 1


def test_version_kept_after_a_rebuild_loses_the_words_too(world):
    first, copy = removed_article(), article("other", minutes=3)
    append(world, first, copy)
    run_reindex(world, lambda *_: None)
    assert len(bodies(world)) > 1
    append(world, removal(first))
    assert world.next_index.old() == {"news-stories-v0001": 2}
    assert_gone(world)


def test_replayed_dead_letters_bring_nothing_back(world):
    """A page that waits to be cleaned, and a text that waits to be indexed, of what was removed meanwhile."""
    first = removed_article()
    append(world, first, article("other", minutes=3))
    raw = cleaning.raw("removed", body=cleaning.page(SECRET))
    copies = [to_message(raw, source="/sources/herald"), to_message(first, source="/stages/clean")]
    placed = world.publisher.publish(copies[:1])[0]
    ends = {at: end for at, (_, end) in world.reader.ends(copies[0].topic).items()}
    (page,) = world.reader.read(copies[0].topic, {placed.partition: placed.offset}, ends)
    (text,) = world.reader.read(copies[1].topic, {0: 0}, {0: 1})
    timeout = InvalidRecord("extraction-timeout", "not done within 20 s")
    rejected = InvalidRecord("document-rejected", "too deep")
    world.publisher.publish(
        [
            dead_letter(page, stage="clean", error=timeout, failed_at=NOON),
            dead_letter(text, stage="index", error=rejected, failed_at=NOON),
        ]
    )
    append(world, removal(first))
    assert page.key == first.article_id
    found = letters(world.reader, world.ledger)
    assert [held.letter.stage for held in found] == ["clean", "index"]
    assert replay([held.letter for held in found], world.publisher) == []
    _, report = run_clean(world, Pace(batch=50, seconds=120))
    assert report.outcomes == {"discarded(removed)": 2}  # the page as first sent, and replayed
    run_index(world, Pace(batch=50, seconds=120))
    assert_gone(world)
    assert world.searcher.search(Query()).total == 1


def test_reader_never_sees_the_removed_while_a_lost_index_comes_back(world, monkeypatch: pytest.MonkeyPatch):
    """The topic still holds the words until it is compacted, so the order of a restore matters."""
    monkeypatch.setattr(restore, "CHUNK", 2)
    first = removed_article()
    filler = [article(f"filler-{number}", minutes=number) for number in range(3)]
    append(world, first, *filler)
    append(world, *(article(f"more-{number}", minutes=9 + number) for number in range(3)), removal(first))
    client = world.next_index._client
    for index in client.indices.get(index="news-*"):
        client.indices.delete(index=index)
    apply_indices(world.settings)
    stop, glimpses = threading.Event(), list[bool]()

    def watch() -> None:
        own = World(world.settings)
        while not stop.is_set():
            glimpses.append(bool(own.searcher.search(Query(text=SECRET)).total))
            time.sleep(0.05)
        own.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        run_restore(world, lambda *_: None)
        time.sleep(REFRESH_SECONDS + 1)
    finally:
        stop.set()
        watcher.join()
    assert glimpses
    assert not any(glimpses)
    assert_gone(world)


def test_snapshot_can_be_restored_beside_what_readers_use_and_holds_as_much(world):
    append(world, *(article(f"n-{number}", minutes=number) for number in range(5)))
    client = world.next_index._client
    world.stories.refresh()
    snapshot(client)
    client.snapshot.restore(
        repository=SNAPSHOTS,
        snapshot="before",
        indices="news-stories-v0001",
        include_aliases=False,
        rename_pattern="(.+)",
        rename_replacement="restored-$1",
        wait_for_completion=True,
    )
    assert client.count(index="restored-news-stories-v0001")["count"] == 5
    assert world.searcher.search(Query()).total == 5


@pytest.mark.parametrize(
    "indices", ["news-*,-news-stories-*", "news-*"], ids=["as the runbook says", "whole"]
)
def test_snapshot_of_before_the_removal_brings_no_words_back(world, indices: str):
    first = removed_article()
    append(world, first, article("other", minutes=3))
    client = world.next_index._client
    for store in (world.stories, world.revisions, world.ledger):
        store.refresh()
    snapshot(client)
    append(world, removal(first))
    names = [*client.indices.get(index="news-*")]
    for index in names:
        client.indices.delete(index=index)
    client.snapshot.restore(
        repository=SNAPSHOTS, snapshot="before", indices=indices, wait_for_completion=True
    )
    apply_indices(world.settings)
    run_restore(world, lambda *_: None)
    assert_gone(world)
    assert world.searcher.search(Query()).total == 1


def snapshot(client: Any) -> None:
    settings = client.nodes.info(node_id="_local", metric="settings")["nodes"]
    (node,) = settings.values()
    location = node["settings"]["path"]["repo"]
    where = location[0] if isinstance(location, list) else location
    client.snapshot.create_repository(
        name=SNAPSHOTS, repository={"type": "fs", "settings": {"location": f"{where}/{SNAPSHOTS}"}}
    )
    client.snapshot.create(
        repository=SNAPSHOTS,
        snapshot="before",
        indices="news-*",
        include_global_state=False,
        wait_for_completion=True,
    )
