"""Takedowns and the commands around them, over memory and over the real servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from infra.local.instance import Instance
from pipeline.adapters.memory import MemoryWorld
from pipeline.bootstrap import run_index
from pipeline.cli.stories import stories as command
from pipeline.core.clean.revision import revision_of
from pipeline.core.codec import to_message
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Changed, CleanArticle
from pipeline.ports import Documents, Publisher, Revisions, Stories
from pipeline.settings import Settings
from pipeline.stages.runner import Pace
from pipeline.stages.takedown import Order, look_up, publish, removal, restoration
from pipeline.world import World
from tests.stages import indexing
from tests.stages.articles import NOON, article, prose

WIRE = [article(name, prose("wire"), minutes=at, source=f"o{at}") for at, name in enumerate("abc")]
ORDER = Order(by="desk", at=NOON + timedelta(hours=1), reason="a court said so")


@dataclass
class Desk:
    publisher: Publisher
    ledger: Documents[LedgerEntry]
    revisions: Revisions
    stories: Stories
    drain: Callable[[], object]

    def append(self, *articles: CleanArticle) -> None:
        self.publisher.publish([to_message(each, source="/stages/clean") for each in articles])
        self.drain()

    def shown(self) -> list[str]:
        self.stories.refresh()
        found = [story for story in self.stories.above(0) if story.status == "active"]
        return sorted(member.article_id for story in found for member in story.members if member.showable)


@pytest.fixture(params=["memory", pytest.param("servers", marks=pytest.mark.servers)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    if request.param == "memory":
        memory = MemoryWorld()
        yield Desk(
            memory.publisher(),
            memory.articles,
            memory.revisions,
            memory.stories,
            lambda: indexing.drain(memory),
        )
        return
    world = World(request.getfixturevalue("empty"))
    yield Desk(world.publisher, world.ledger, world.revisions, world.stories, lambda: drain(world))
    world.close()


def drain(world: World) -> None:
    run_index(world, Pace(batch=50, seconds=120))


def test_removal_with_copies_holds_until_it_is_restored(desk):
    desk.append(*WIRE[:2])
    assert sorted(each.article_id for each in WIRE[:2]) == desk.shown()
    publish(
        removal(look_up(WIRE[0].article_id, desk.ledger, desk.stories), ORDER, copies=True), desk.publisher
    )
    desk.append(WIRE[2])
    assert [] == desk.shown()
    desk.revisions.refresh()
    assert {None} == {kept.article for kept in desk.revisions.of([each.article_id for each in WIRE])}
    found = look_up(WIRE[2].article_id, desk.ledger, desk.stories)
    assert found.story is not None
    assert "removed" == found.story.status
    publish(restoration(found, ORDER), desk.publisher)
    desk.append(*[replace(each, fetched_at=NOON + timedelta(hours=6)) for each in WIRE])
    assert sorted(each.article_id for each in WIRE) == desk.shown()


@pytest.fixture
def world(empty: Settings, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in instance.environment().items():
        monkeypatch.setenv(name, value)
    made = World(empty)
    made.publisher.publish([to_message(each, source="/stages/clean") for each in WIRE])
    drain(made)
    yield made
    made.close()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert 0 == result.exit_code, result.output
    return result.stdout


def asked(arguments: Sequence[str]) -> Any:
    return json.loads(run(*arguments, "--json"))


@pytest.mark.servers
def test_commands_show_explain_hide_and_tell_the_history(world):
    one, other = WIRE[0], WIRE[1]
    shown = asked(["show", one.url])["story"]
    assert sorted(each.article_id for each in WIRE) == sorted(m["article_id"] for m in shown["members"])
    explained = asked(["explain", one.url, other.article_id])
    assert (True, shown["story_id"]) == (explained["copies"], explained["story"])

    said = run("remove", one.url, "--reason", "a court said so")
    assert one.article_id in said
    assert "2 copies of it" in said
    drain(world)
    assert [1] == [len(m["edits"]) for m in asked(["show", one.url])["story"]["members"] if m["edits"]]
    assert "(the words were removed)" in run("explain", one.url, other.url)

    assert "taken back" in run("restore", one.url)
    drain(world)
    changes = asked(["history", shown["story_id"]])
    assert ["edited", "edited"] == [change["change"] for change in changes[-2:]]
    assert "version" in run("history", one.url)
    assert "active: 3 articles" in run("show", shown["story_id"])


@pytest.mark.servers
def test_history_says_what_a_correction_changed(world):
    first = WIRE[0]
    changed = Changed(since=first.revision, title=False, text=0.25)
    text = first.text + "\n\nA correction was added on Friday, the office said in a statement to the press."
    corrected = replace(
        first,
        text=text,
        revision=revision_of(first.title, text),
        fetched_at=NOON + timedelta(hours=6),
        changed=changed,
    )
    world.publisher.publish([to_message(corrected, source="/stages/clean")])
    drain(world)
    world.revisions.refresh()
    (row,) = [row for change in asked(["history", first.url]) for row in change["changed"]]
    assert (row["article_id"], row["since"], row["title"], row["text"]) == (
        first.article_id,
        first.revision,
        False,
        0.25,
    )
    assert "25.0% of the text" in run("history", first.url)
