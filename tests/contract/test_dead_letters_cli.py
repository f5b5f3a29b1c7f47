"""`copydesk dead-letters` on the real servers: what failed is listed, shown, sent again and set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner, Result

from infra.local.instance import Instance
from pipeline.bootstrap import run_clean, run_index
from pipeline.cli.dead_letters import dead_letters
from pipeline.core.codec import to_message
from pipeline.core.records import Message
from pipeline.settings import Settings
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.e2e.test_rescue import clean_with
from tests.stages import cleaning

pytestmark = pytest.mark.servers
RAW = "news.articles.raw.v1"
STRAY = "a-" + "0" * 20
PAGE = cleaning.raw("bridge")
KNOWN = PAGE.article_id
PACE = Pace(batch=50, seconds=120)


@pytest.fixture
def world(empty: Settings, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A page that takes too long, and a record of no article that is no JSON, have gone through clean."""
    for name, value in instance.environment().items():
        monkeypatch.setenv(name, value)
    with closing(World(empty)) as made:
        page = to_message(PAGE, source="/sources/herald")
        made.publisher.publish([page, Message(topic=RAW, key=STRAY, value=b"{ no", headers={})])
        clean_with(made, cleaning.Failing())
        yield made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(dead_letters, arguments, catch_exceptions=False)


def told(*arguments: str, code: int = 0) -> Any:
    result = run(*arguments, "--json")
    assert code == result.exit_code, result.output
    return json.loads(result.stdout)


def test_letters_are_listed_by_stage_and_reason_and_shown_as_they_came(world: World) -> None:
    letters = {held["reason"]: held for held in told("list", "--stage", "clean")}
    assert {"not-json": STRAY, "extraction-timeout": KNOWN} == {
        reason: held["article_id"] for reason, held in letters.items()
    }
    assert [] == told("list", "--stage", "index") == told("list", "--reason", "schema")
    stray = letters["not-json"]
    assert stray.items() <= told("show", str(stray["number"])).items()
    assert b"{ no" == run("show", str(stray["number"]), "--value").stdout_bytes
    assert "not-json" in run("show", str(stray["number"])).stdout
    assert KNOWN in run("list").stdout


def test_a_letter_sent_again_is_settled_or_comes_back_with_one_attempt_more(world: World) -> None:
    assert {"sent": 2, "problems": []} == told("replay", "--open")
    run_clean(world, PACE)
    run_index(world, PACE)
    assert [(STRAY, 1), (STRAY, 2)] == sorted((held["article_id"], held["attempts"]) for held in told("list"))
    assert "0 sent again" in run("replay", "--open", "--reason", "schema").stdout


def test_what_is_parked_is_no_longer_open_and_what_has_no_article_is_named(world: World) -> None:
    parked = told("park", "--open", "--because", "hopeless", code=1)
    assert [KNOWN] == parked["parked"]
    (problem,) = parked["problems"]
    run_index(world, PACE)
    (stray,) = told("list")
    assert STRAY == stray["article_id"]
    assert problem.startswith(f"dead letter {stray['number']}: of no article")
    states = {held["article_id"]: held["state"] for held in told("list", "--all")}
    assert {KNOWN: "parked", STRAY: None} == states


@pytest.mark.parametrize("arguments", [("replay",), ("replay", "0", "--open"), ("park",)])
def test_numbers_or_all_open_ones_must_be_named_but_not_both(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert (2, True) == (refused.exit_code, "--open" in refused.output)
