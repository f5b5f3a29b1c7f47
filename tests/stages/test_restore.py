"""Elasticsearch lost: topics bring it back, and nothing is decided again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.model import CleanArticle, Edit
from pipeline.errors import ConfigError
from pipeline.stages.restore import RestorePorts, restore
from tests.stages import cleaning
from tests.stages.articles import article
from tests.stages.indexing import GROUP, LOG, drain, indexed, publish, published
from tests.stages.test_index_machine import log_of


def lose_the_index(world: MemoryWorld) -> MemoryWorld:
    """The same topics beside an empty Elasticsearch."""
    fresh = MemoryWorld()
    fresh.broker = world.broker
    return fresh


def restore_into(world: MemoryWorld, *, epoch: int = 0) -> None:
    reader = world.reader()
    committed = reader.committed(GROUP, LOG)
    ports = RestorePorts(
        reader=reader,
        ledger=world.articles,
        revisions=world.revisions,
        stories=world.stories,
        extractor=cleaning.InProcess(),
    )
    restore(
        ports,
        epoch=epoch,
        log_end=committed[0][0] if committed else 0,
        clean_ends={p: offset for p, (offset, _) in reader.committed(cleaning.GROUP, cleaning.RAW).items()},
        heard=lambda _what, _done: None,
    )


@pytest.mark.parametrize("seed", range(12))
def test_stories_texts_and_positions_come_back_as_they_were(seed):
    world = MemoryWorld()
    publish(world, *[value for value in log_of(seed, 30) if isinstance(value, CleanArticle)])
    drain(world, batch=5)
    fresh = lose_the_index(world)
    restore_into(fresh)
    topic = published(world)
    keys = {record.key for record in world.records(LOG)}
    world.refresh()
    assert indexed(world, topic) == indexed(fresh, topic)
    assert world.revisions.of(keys) == fresh.revisions.of(keys)
    before, after = world.articles.get(keys), fresh.articles.get(keys)
    assert {key: held.value.index for key, held in before.items()} == {
        key: held.value.index for key, held in after.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_what_was_hidden_stays_hidden(seed):
    world = MemoryWorld()
    publish(world, *log_of(seed, 30))
    drain(world, batch=5)
    fresh = lose_the_index(world)
    restore_into(fresh)
    keys = {record.key for record in world.records(LOG)}
    world.refresh()
    assert indexed(world, published(world)) == indexed(fresh, published(world))
    before, after = world.articles.get(keys), fresh.articles.get(keys)
    assert {key: held.value.state for key, held in before.items()} == {
        key: after[key].value.state for key in before
    }
    erased = {text.key for text in world.revisions.of(keys) if text.article is None}
    still = {text.key for text in fresh.revisions.of(keys) if text.article is None}
    hidden = {key for key, held in before.items() if held.value.state == "removed"}
    assert {key for key in erased if key.split("#")[0] in hidden} <= still


def test_writer_refuses_an_index_that_is_not_the_topics_own():
    world = MemoryWorld()
    publish(world, article("one"))
    drain(world)
    fresh = lose_the_index(world)
    publish(fresh, article("two"))
    with pytest.raises(ConfigError, match="copydesk restore"):
        drain(fresh)


def test_work_goes_on_after_a_restore():
    world = MemoryWorld()
    text = "\n\n".join(
        f"Paragraph {i} says what no other paragraph says about number {i * 7}." for i in range(30)
    )
    publish(world, article("one", text))
    drain(world)
    fresh = lose_the_index(world)
    restore_into(fresh)
    publish(fresh, article("copy", text, minutes=5, source="post"))
    _, report = drain(fresh)
    assert 1 == sum(report.outcomes.get(name, 0) for name in ("joined", "bridged"))


def test_text_from_a_snapshot_of_before_its_removal_is_erased_again():
    world = MemoryWorld()
    taken, kept = article("taken"), article("kept")
    publish(world, taken, kept)
    drain(world)
    world.refresh()
    snapshot = world.revisions.of([taken.article_id, kept.article_id])
    removal = Edit(kind="removed", at=taken.fetched_at, by="operator", article_id=taken.article_id)
    publish(world, removal)
    drain(world)
    fresh = lose_the_index(world)
    fresh.revisions.add(snapshot)
    restore_into(fresh)
    texts = {text.article_id: text for text in fresh.revisions.of([taken.article_id, kept.article_id])}
    assert (None, None) == (texts[taken.article_id].article, texts[taken.article_id].title)
    assert kept == texts[kept.article_id].article


def test_words_taken_down_are_not_stored_even_for_a_moment():
    world = MemoryWorld()
    taken = article("taken")
    publish(world, taken)
    drain(world)
    publish(world, Edit(kind="removed", at=taken.fetched_at, by="operator", article_id=taken.article_id))
    drain(world)
    fresh = lose_the_index(world)
    stored = []
    put = fresh.stories.put
    fresh.stories.put = lambda stories: stored.extend(stories) or put(stories)
    restore_into(fresh)
    assert ["removed"] == [story.status for story in stored]


def test_restore_may_be_repeated():
    world = MemoryWorld()
    publish(world, *log_of(4, 20))
    drain(world)
    fresh = lose_the_index(world)
    restore_into(fresh)
    once = indexed(fresh, published(world))
    restore_into(fresh)
    assert once == indexed(fresh, published(world))


def test_pages_that_were_discarded_are_told_from_pages_in_flight():
    world = MemoryWorld()
    good, short = cleaning.raw("good"), cleaning.raw("short", body=b"<html><p>Too short.</p>")
    late = cleaning.raw("late", minutes=9)
    cleaning.fetched(world, good, short)
    cleaning.drain(world)
    drain(world)
    cleaning.fetched(world, late)
    fresh = lose_the_index(world)
    restore_into(fresh)
    held = fresh.articles.get([good.article_id, short.article_id, late.article_id])
    assert {"indexed", "discarded", "fetched"} == {stored.value.state for stored in held.values()}
    assert "discarded" == held[short.article_id].value.state
    assert "too-short" == held[short.article_id].value.clean.reason


def test_dead_letters_come_back_into_the_account():
    world = MemoryWorld()
    page = cleaning.raw("bad")
    cleaning.fetched(world, page)
    cleaning.drain(world, extractor=cleaning.Failing())
    fresh = lose_the_index(world)
    restore_into(fresh)
    held = fresh.articles.get([page.article_id])[page.article_id].value
    assert ("dead-lettered", "extraction-timeout") == (held.state, held.clean.reason)


def test_text_beyond_the_committed_offset_is_left_to_the_stage():
    world = MemoryWorld()
    publish(world, article("one"))
    drain(world)
    late = replace(article("two"), fetched_at=article("two").fetched_at + timedelta(minutes=1))
    publish(world, late)
    fresh = lose_the_index(world)
    restore_into(fresh)
    assert [] == fresh.revisions.of([late.article_id])
    _, report = drain(fresh)
    assert {"created": 1} == report.outcomes
