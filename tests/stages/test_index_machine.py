"""The same log gives the same stories, documents and versions, whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import Crash, MemoryWorld
from pipeline.core.model import CleanArticle, Edit
from pipeline.errors import InvalidRecord
from tests.stages.articles import NOON, article, prose
from tests.stages.indexing import drain, indexed, publish, published

Log = list[CleanArticle | Edit]


def log_of(seed: int, length: int = 14) -> Log:
    """Copies that bridge, revisions, edits: everything a log may hold, close together."""
    rng = random.Random(seed)
    texts = [prose(f"{seed} {i}", 120) for i in range(4)]
    made: Log = []
    seen: list[CleanArticle] = []
    for minute in range(length):
        kind = rng.random()
        if seen and kind < 0.2:
            held = rng.choice(seen)
            made.append(replace(held, fetched_at=NOON + timedelta(minutes=minute), title=f"Again {minute}"))
        elif seen and kind < 0.4:
            verb = rng.choice(["gone", "back", "removed", "restored"])
            made.append(
                Edit(
                    kind=verb,
                    at=NOON + timedelta(minutes=minute),
                    by="operator",
                    article_id=rng.choice(seen).article_id,
                    with_copies=verb == "removed" and rng.random() < 0.5,
                )
            )
        else:
            parts = rng.sample(texts, rng.choice([1, 1, 2]))
            name = f"n{rng.randrange(8)}"
            seen.append(article(name, "\n\n".join(parts), minutes=minute, source=f"o{rng.randrange(3)}"))
            made.append(seen[-1])
    return made


def state(world: MemoryWorld, articles: Collection[str] = ()) -> dict[str, object]:
    """All that must come out alike, of the articles of the log or those given; run reports and who wrote what
    when are none of it."""
    world.refresh()
    topic = published(world)
    articles = articles or {record.key for record in world.records("news.articles.clean.v1")}
    ledger = world.articles.get(articles)
    return {
        "topic": topic,
        "index": indexed(world, topic),
        "ledger": {key: ledger[key].value for key in sorted(ledger)},
        "revisions": {text.key: text for text in world.revisions.of(articles)},
    }


def reference(log: Log) -> dict[str, object]:
    world = MemoryWorld()
    publish(world, *log)
    drain(world, batch=1)
    return state(world)


def drain_again(world: MemoryWorld, batch: int) -> None:
    world.restart()
    drain(world, batch=batch)


@pytest.mark.parametrize("seed", range(20))
def test_batch_size_makes_no_difference(seed):
    log = log_of(seed)
    expected = reference(log)
    for batch in (3, 7, 100):
        world = MemoryWorld()
        publish(world, *log)
        drain(world, batch=batch)
        assert expected == state(world)


@pytest.mark.parametrize("seed", range(8))
def test_crash_after_any_single_write_makes_no_difference(seed):
    log = log_of(seed)
    expected = reference(log)
    for where in ("crash_before", "crash_after"):
        for nth in range(1, 40):
            world = MemoryWorld()
            publish(world, *log)
            getattr(world, where)(nth=nth)
            try:
                drain(world, batch=6)
            except Crash:
                drain_again(world, batch=6)
            assert expected == state(world), f"{where} write {nth}: {world.faults.calls}"


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("point", ["stories.put", "revisions.add", "articles.put", "transactions.publish"])
def test_crash_in_the_middle_of_a_bulk_write_makes_no_difference(seed, point):
    log = log_of(seed)
    expected = reference(log)
    for nth in (1, 2, 3):
        for items in (1, 2):
            world = MemoryWorld()
            publish(world, *log)
            world.crash_after(point, nth=nth, items=items)
            try:
                drain(world, batch=5)
            except Crash:
                drain_again(world, batch=4)
            assert expected == state(world)


@pytest.mark.parametrize("seed", range(8))
def test_three_crashes_in_a_row_make_no_difference(seed):
    rng = random.Random(seed)
    log = log_of(seed, 30)
    expected = reference(log)
    world = MemoryWorld()
    publish(world, *log)
    for _ in range(3):
        world.crash_after(nth=rng.randrange(1, 25))
        try:
            drain(world, batch=rng.randrange(1, 12))
        except Crash:
            world.restart()
    drain_again(world, batch=10)
    assert expected == state(world)


@pytest.mark.parametrize("seed", range(4))
def test_order_and_redelivery_of_articles_change_neither_ids_nor_members(seed):
    """Twenty orders of the articles, a tenth of them delivered twice, each in batches of another size."""
    arrivals = [value for value in log_of(seed, 24) if isinstance(value, CleanArticle)]

    def membership(log: Log, batch: int) -> set[tuple[str, frozenset[str]]]:
        world = MemoryWorld()
        publish(world, *log)
        drain(world, batch=batch)
        topic = published(world)
        assert topic == indexed(world, topic)
        return {
            (story.story_id, frozenset(member.article_id for member in story.members))
            for story in topic.values()
            if story.status == "active"
        }

    expected = membership(arrivals, 1)
    for order in range(20):
        rng = random.Random(order)
        twice = rng.sample(arrivals, max(1, len(arrivals) // 10))
        arrived = [*arrivals, *twice]
        rng.shuffle(arrived)
        assert expected == membership(arrived, rng.choice([1, 2, 5, 17, 500]))


def test_every_story_id_ever_published_resolves_to_an_active_story():
    world = MemoryWorld()
    publish(world, *[value for value in log_of(3, 40) if isinstance(value, CleanArticle)])
    drain(world, batch=4)
    topic = published(world)
    for story in topic.values():
        target = story
        while target.merged_into is not None:
            target = topic[target.merged_into]
        assert "active" == target.status


def test_rejected_document_dead_letters_its_record_and_no_other():
    log = [article(f"n{i}") for i in range(5)]
    world = MemoryWorld()
    publish(world, *log)
    culprit = log[2].article_id
    reject = world.revisions.add

    def add(revisions):
        for revision in revisions:
            if revision.article_id == culprit:
                raise InvalidRecord("document-rejected", "the mapping says no", id=revision.key)
        reject(revisions)

    world.revisions.add = add
    _, report = drain(world)
    assert {"created": 4, "dead-lettered(document-rejected)": 1} == report.outcomes
    (letter,) = world.records("news.dead-letters.v1")
    assert culprit == letter.key
    assert 4 == len(published(world))
