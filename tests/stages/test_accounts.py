"""The three checks of the books, and what they say when something is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.ledger import EditSection, FetchSection, LedgerEntry, apply
from pipeline.core.reports import RunReport
from pipeline.ports import Write
from pipeline.stages.accounts import audit, topic_states
from tests.stages import cleaning
from tests.stages.indexing import drain, now


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld()


def discovered(name: str, outcome: str = "deferred", **changes: object) -> FetchSection:
    section = FetchSection(
        source_id="herald",
        url=f"https://herald.example/{name}",
        canonical_url=f"https://herald.example/{name}",
        host="herald.example",
        run_id="fetch-1",
        discovered_at=now(),
        attempted_at=now(),
        outcome=outcome,
    )
    return replace(section, **changes)


def hold(world: MemoryWorld, name: str, section: FetchSection | EditSection) -> None:
    entry = apply(LedgerEntry(article_id=f"a-{name}"), section)
    world.articles.put([Write(id=entry.article_id, value=entry)])


def finished(world: MemoryWorld, run_id: str, found: int, status: str = "finished") -> None:
    report = RunReport(
        run_id=run_id, stage="fetch", started_at=now(), heard_at=now(), status=status, discovered=found
    )
    world.runs.put([Write(id=run_id, value=report)])


def problems(world: MemoryWorld) -> tuple[str, ...]:
    return audit(world.articles, world.runs, topic_states(world.reader()), now()).problems


def test_untouched_system_balances(world):
    assert () == problems(world)


def test_deferred_articles_may_be_in_flight(world):
    hold(world, "one", discovered("one"))
    finished(world, "fetch-1", 1)
    accounts = audit(world.articles, world.runs, topic_states(world.reader()), now())
    assert ((), 1, {"discovered": 1}) == (accounts.problems, accounts.in_flight, accounts.states)


def test_run_whose_count_the_ledger_does_not_hold_is_named(world):
    hold(world, "one", discovered("one"))
    finished(world, "fetch-1", 2)
    assert ("run fetch-1 counted 2 new, the ledger holds 1",) == problems(world)


def test_document_that_names_no_run_is_counted(world):
    world.articles.put([Write(id="a-x", value=LedgerEntry(article_id="a-x", state="discarded"))])
    assert any("do not name the run" in problem for problem in problems(world))


def test_edit_of_an_unknown_article_needs_no_run(world):
    hold(world, "x", EditSection(position=3, removed=True))
    assert () == problems(world)


def test_article_left_undeferred_with_nothing_running_is_a_problem(world):
    hold(world, "one", discovered("one", "discovered"))
    finished(world, "fetch-1", 1)
    assert any("no run is active" in problem for problem in problems(world))


def test_active_run_explains_articles_in_flight(world):
    hold(world, "one", discovered("one", "discovered"))
    finished(world, "fetch-1", 1, "open")
    assert () == problems(world)


def test_nothing_may_wait_for_an_hour(world):
    hold(world, "one", discovered("one", discovered_at=now() - timedelta(minutes=61)))
    finished(world, "fetch-1", 1)
    assert any("more than an hour" in problem for problem in problems(world))


def test_lag_explains_articles_in_flight(world):
    page = cleaning.raw("one")
    cleaning.fetched(world, page)
    finished(world, "fetch-1", 1)
    assert () == problems(world)
    states = topic_states(world.reader())
    assert {"copydesk-clean": 1} == states["news.articles.raw.v1"].lag


def test_books_balance_after_every_stage_ran(world):
    cleaning.fetched(world, cleaning.raw("one"), cleaning.raw("short", body=b"<html><p>No.</p>"))
    finished(world, "fetch-1", 2)
    cleaning.drain(world)
    drain(world)
    accounts = audit(world.articles, world.runs, topic_states(world.reader()), now())
    assert ((), {"discarded": 1, "indexed": 1}) == (accounts.problems, accounts.states)
