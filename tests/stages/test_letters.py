"""Rescue: dead letters are listed while open, succeed when sent again, and can be set aside."""

from __future__ import annotations

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.dead_letters import dead_letter
from pipeline.core.model import Edit
from pipeline.core.records import Message
from pipeline.errors import InvalidRecord, PipelineError
from pipeline.stages.letters import Letter, letters, park, replay
from tests.stages import cleaning
from tests.stages.articles import article
from tests.stages.indexing import drain, now, published
from tests.stages.indexing import publish as append


@pytest.fixture
def world() -> MemoryWorld:
    """A world with one page that could not be extracted in time."""
    made = MemoryWorld()
    cleaning.fetched(made, cleaning.raw("bridge"))
    cleaning.drain(made, extractor=cleaning.Failing())
    return made


def listed(world: MemoryWorld) -> list[Letter]:
    return letters(world.reader(), world.articles)


def test_failed_record_is_listed_as_open(world):
    (held,) = listed(world)
    assert ("extraction-timeout", "dead-lettered", True) == (held.letter.reason, held.state, held.is_open)


def test_replay_succeeds_once_the_cause_is_mended(world):
    assert [] == replay([held.letter for held in listed(world)], world.publisher())
    cleaning.drain(world)
    drain(world)
    (held,) = listed(world)
    assert ("indexed", False) == (held.state, held.is_open)


def test_replay_that_fails_again_counts_its_attempts(world):
    replay([held.letter for held in listed(world)], world.publisher())
    cleaning.drain(world, extractor=cleaning.Failing())
    assert [1, 2] == [held.letter.attempts for held in listed(world)]


def test_park_sets_the_article_aside(world):
    park(listed(world), world.articles, world.publisher(), by="me", reason="hopeless", now=now())
    drain(world)
    (held,) = listed(world)
    assert ("parked", False) == (held.state, held.is_open)


def test_later_fetch_brings_a_parked_article_back(world):
    park(listed(world), world.articles, world.publisher(), by="me", reason="hopeless", now=now())
    drain(world)
    cleaning.fetched(world, cleaning.raw("bridge", minutes=60))
    cleaning.drain(world)
    drain(world)
    assert {"indexed"} == {held.state for held in listed(world)}


def test_replay_of_a_page_of_a_removed_article_keeps_it_removed(world):
    remove(world, cleaning.raw("bridge").article_id)
    assert [] == replay([held.letter for held in listed(world)], world.publisher())
    assert {"discarded(removed)": 1} == cleaning.drain(world).outcomes
    drain(world)
    assert ([], {}) == (cleaning.logged(world), published(world))
    assert {"removed"} == {held.state for held in listed(world)}


def test_replay_of_a_text_of_a_removed_article_keeps_it_hidden_and_without_words():
    """The letter is of the index stage, so its replay puts the text itself into the log once more."""
    world = MemoryWorld()
    secret = article("secret")
    append(world, secret)
    (record,) = world.records("news.articles.clean.v1")
    error = InvalidRecord("document-rejected", "too deep")
    world.publisher().publish([dead_letter(record, stage="index", error=error, failed_at=now())])
    drain(world)
    remove(world, secret.article_id)
    assert [] == replay([held.letter for held in listed(world)], world.publisher())
    drain(world)
    (story,) = published(world).values()
    assert ("removed", None) == (story.status, story.content)
    world.revisions.refresh()
    assert [None] == [kept.article for kept in world.revisions.of([secret.article_id])]


def remove(world: MemoryWorld, article_id: str) -> None:
    append(world, Edit(kind="removed", at=now(), by="me", article_id=article_id))
    drain(world)


def test_letter_about_no_article_cannot_be_parked():
    world = MemoryWorld()
    bad = Message(topic="news.articles.clean.v1", key="nobody", value=b"?", headers={})
    world.publisher().publish([bad])
    drain(world)
    with pytest.raises(PipelineError, match="nothing to park"):
        park(listed(world), world.articles, world.publisher(), by="me", reason="x", now=now())
