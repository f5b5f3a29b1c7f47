"""What fetch remembers of sources, with every field filled, goes into the real indices and comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.core import evidence
from pipeline.core.evidence import SourceBody
from pipeline.core.health import change
from pipeline.core.http import Failure, Response
from pipeline.core.polls import Poll, after_poll, state_of
from pipeline.core.reports import RunReport
from pipeline.core.sources import Source, SourceState
from pipeline.ports import Write
from tests.contract.stores import OnElasticsearch

pytestmark = pytest.mark.servers

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK = Source(id="desk", name="Desk", kind="feed", url="https://desk.example/feed")
READ = Poll(result="new-items", status=200, read=True, seen=9, new=4, dropped={"too-old": 2}, bytes=70)


@pytest.fixture
def shelf(settings):
    made = OnElasticsearch(settings)
    yield made
    made.close()


def polled(*polls: Poll) -> SourceState:
    state = state_of(DESK, None)
    for number, poll in enumerate(polls):
        state = after_poll(DESK, state, poll, NOON + timedelta(hours=30 * number), "run")
    return state


def kept(shelf: OnElasticsearch, name: str, kind: type, id: str, value: object) -> object:
    store = ElasticDocuments(shelf.client, shelf.alias(name), kind)
    assert store.put([Write(id=id, value=value, tag="")]) == []
    return store.get([id])[id].value


def test_state_with_its_rhythm_comes_back(shelf):
    state = polled(READ, READ, READ)
    assert state.daily_to == datetime(2026, 11, 27, tzinfo=UTC)
    assert -1 in state.daily_new
    assert kept(shelf, "news-sources", SourceState, "desk", state) == state


def test_report_that_names_changes_comes_back(shelf):
    well = polled(READ)
    failed = Poll(result="blocked", failure=Failure(reason="forbidden", status=403), status=403)
    changed = change(well, after_poll(DESK, well, failed, NOON + timedelta(hours=1), "run"))
    assert changed is not None
    report = RunReport(run_id="fetch-1", stage="fetch", started_at=NOON, heard_at=NOON)
    report = replace(report, changes=(changed, replace(changed, why=None)))
    assert kept(shelf, "news-runs", RunReport, "fetch-1", report) == report


def test_last_document_comes_back_octet_by_octet(shelf):
    body = bytes(range(256)) * 2_000
    answer = Response(url=DESK.url, status=200, headers={"content-type": "text/xml"}, body=body)
    held = evidence.kept("desk", answer, DESK.url, fault="html: a page", at=NOON, run_id="fetch-1")
    found = kept(shelf, "news-sources-bodies", SourceBody, "desk", held)
    assert found == held
    assert evidence.unpacked(held) == body[: evidence.LARGEST]
