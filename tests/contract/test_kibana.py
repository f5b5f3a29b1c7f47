"""What Kibana's panels and its saved session ask, put to the real Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.kibana.catalogue import DASHBOARDS, LATEST, VIEWS
from infra.kibana.model import Panel
from infra.kibana.request import request
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.core.codec import to_document
from pipeline.core.model import Story
from pipeline.core.plain import rfc3339
from pipeline.core.reports import RunReport
from pipeline.core.sources import SourceState
from pipeline.search import Query, Search
from pipeline.settings import Settings
from tests.contract.shelves import written

pytestmark = pytest.mark.servers
PANELS = {part.id: part for board in DASHBOARDS for part in board.panels if isinstance(part, Panel)}
VIEW = {view.alias: view for view in VIEWS}
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TRANSLATED: dict[str, dict[str, Any]] = {
    "": {"match_all": {}},
    "article_count > 1": {"range": {"article_count": {"gt": 1}}},
    "revised: true": {"term": {"revised": True}},
    "state: dead-lettered": {"term": {"state": "dead-lettered"}},
    "state: (discovered or fetched or cleaned)": {"terms": {"state": ["discovered", "fetched", "cleaned"]}},
}
"""Kibana's query language, as Kibana would translate the few queries of our panels."""


def stories() -> list[Story]:
    many = written(2, "Ferries stop for the winter", "The ferry operator said so.", event_at=NOON)
    return [
        written(1, "Budget vote delayed", "The council delayed its vote.", event_at=NOON),
        replace(many, members=(replace(many.members[0], corrections=2), *written(9, "x").members)),
        written(3, "Die Fähre fährt wieder", "Der Betreiber sagte das.", "de", event_at=NOON),
        written(4, "A ferry of last year", "Long ago.", event_at=NOON - timedelta(days=300)),
    ]


def documents() -> Iterator[tuple[str, str, dict[str, Any]]]:
    times = {"discovered_at": rfc3339(NOON)}
    kept = {"source_id": "gazette", "outcome": "fetched", **times}
    yield "news-articles", "a", {"article_id": "a", "state": "fetched", "fetch": kept}
    failed = {"outcome": "dead-lettered", "reason": "extraction-failed"}
    yield "news-articles", "b", {"article_id": "b", "state": "dead-lettered", "fetch": kept, "clean": failed}
    run = RunReport(run_id="r", stage="clean", started_at=NOON, heard_at=NOON, status="finished")
    yield "news-runs", "r", to_document(replace(run, ended_at=NOON + timedelta(seconds=90), discovered=2))
    yield "news-runs", "o", to_document(replace(run, run_id="o", status="open"))
    for name, days in (("lively", 0), ("quiet", 5)):
        state = SourceState(source_id=name, url="https://x.example/", polled_at=NOON, health="healthy")
        yield "news-sources", name, to_document(replace(state, new_at=NOON - timedelta(days=days)))


@pytest.fixture
def client(empty: Settings) -> Iterator[elastic_clients.Client]:
    with closing(elastic_clients.client(empty)) as client:
        ElasticStories(client, "news-stories-write").put(stories())
        for alias, key, document in documents():
            client.index(index=alias, id=key, document=document)
        client.indices.refresh(index="news-*")
        yield client


def answered(client: elastic_clients.Client, panel: Panel) -> dict[str, Any]:
    body = request(panel, VIEW[panel.view])
    return client.search(index=panel.view, query=TRANSLATED[panel.query], **body).body


def keys(answer: dict[str, Any]) -> list[Any]:
    return [bucket["key"] for bucket in answer["aggregations"]["b0"]["buckets"]]


def test_every_panel_is_answered_and_says_what_it_should(client: elastic_clients.Client) -> None:
    answers = {name: answered(client, panel) for name, panel in PANELS.items()}
    assert 4 == answers["stories"]["hits"]["total"]["value"]
    assert ["en", "de"] == keys(answers["languages"])
    assert ["Ferries stop for the winter"] == keys(answers["most-copied"])
    (revised,) = answers["most-revised"]["aggregations"]["b0"]["buckets"]
    assert ("Ferries stop for the winter", 2) == (revised["key"], revised["m0"]["value"])
    assert {"fetched", "dead-lettered"} == set(keys(answers["states"]))
    assert ["fetched"] == keys(answers["in-flight"])
    (clean,) = answers["clean-outcomes"]["aggregations"]["b0"]["buckets"]
    assert [("extraction-failed", 1)] == [(b["key"], b["doc_count"]) for b in clean["b1"]["buckets"]]
    assert 1 == answers["dead-letters"]["hits"]["total"]["value"]
    assert ["quiet", "lively"] == keys(answers["silence"])
    (day,) = answers["durations"]["aggregations"]["b0"]["buckets"]
    assert 90.0 == day["m0"]["value"]


@pytest.mark.parametrize(
    ("words", "language"),
    [("", None), ("", "en"), ("ferry", None), ("ferries", "en"), ("zeppelin", None)],
    ids=["everything", "one language", "a word", "an inflected word and a language", "a word in no story"],
)
def test_readers_find_as_many_stories_in_kibana_as_with_copydesk_search(
    client: elastic_clients.Client, empty: Settings, words: str, language: str | None
) -> None:
    since, until = NOON - timedelta(days=7), NOON + timedelta(days=1)
    asked: list[dict[str, Any]] = [
        {"range": {VIEW[LATEST.view].time: {"gte": rfc3339(since), "lte": rfc3339(until)}}},
        TRANSLATED[LATEST.query],
    ]
    if words:  # what Kibana makes of words without a field
        asked.append({"multi_match": {"type": "best_fields", "query": words, "lenient": True}})
    if language:
        asked.append({"match_phrase": {"language": language}})
    in_kibana = client.search(index=LATEST.view, query={"bool": {"filter": asked}}, track_total_hits=True)
    filters = {"language": [language]} if language else {}
    with Search(empty) as search:
        found = search(Query(text=words, filters=filters, since=since, until=until))
    assert in_kibana.body["hits"]["total"]["value"] == found.total
