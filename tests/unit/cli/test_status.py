"""`copydesk status` when something is not there: it says so, and does not wait for it twice."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pipeline.cli import status
from pipeline.world import World

ANYTHING = cast("World", None)


def service(state: str) -> dict[str, Any]:
    return {"state": state, "address": "127.0.0.1:1", "pid": None, "detail": ""}


@pytest.mark.parametrize("state", ["unreachable", "stopped", "dead"])
@pytest.mark.parametrize("absent", ["kafka", "elasticsearch"])
def test_books_are_not_asked_for_where_a_server_is_absent(monkeypatch, absent: str, state: str):
    services = {name: service("running") for name in ("kafka", "elasticsearch")} | {absent: service(state)}
    monkeypatch.setattr(status, "_services", lambda _: services)
    monkeypatch.setattr(status, "_books", lambda _: pytest.fail("the books were asked for"))
    found, problems = status._look(ANYTHING)
    assert [f"{absent} is {state}"] == problems
    assert services == found["services"]


def test_books_are_looked_at_although_airflow_is_down(monkeypatch):
    services = {name: service("running") for name in ("kafka", "elasticsearch")}
    services["airflow-scheduler"] = service("dead")
    books = {
        "topics": {},
        "ledger": {"balanced": False, "problems": ["one run counts wrongly"]},
        "stories": {},
    }
    monkeypatch.setattr(status, "_services", lambda _: services)
    monkeypatch.setattr(status, "_books", lambda _: books)
    found, problems = status._look(ANYTHING)
    assert ["airflow-scheduler is dead", "one run counts wrongly"] == problems
    assert {"balanced": False} == found["ledger"]
