"""What Kibana's panels and its saved session ask, put to the real Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.kibana.bundle import objects
from infra.kibana.catalogue import DASHBOARDS, LATEST, VIEWS
from infra.kibana.checks import used_fields
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
SINCE, UNTIL = NOON - timedelta(days=7), NOON + timedelta(days=1)
TRANSLATED: dict[str, dict[str, Any]] = {
    "": {"match_all": {}},
    "article_count > 1": {"range": {"article_count": {"gt": 1}}},
    "revised: true": {"term": {"revised": True}},
    "stage: index": {"term": {"stage": "index"}},
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
    index = replace(run, run_id="i", stage="index", ended_at=NOON + timedelta(seconds=5))
    yield "news-runs", "i", to_document(replace(index, outcomes={"created": 3, "joined": 1}))
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
    view = VIEW[panel.view]
    picked = [within_a_week(view.time)] if view.time else []
    query = {"bool": {"filter": [TRANSLATED[panel.query], *picked]}}
    return client.search(index=panel.view, query=query, **request(panel, view)).body


def within_a_week(field: str) -> dict[str, Any]:
    """What the time picker adds."""
    return {"range": {field: {"gte": rfc3339(SINCE), "lte": rfc3339(UNTIL)}}}


def keys(answer: dict[str, Any]) -> list[Any]:
    return [bucket["key"] for bucket in answer["aggregations"]["b0"]["buckets"]]


def test_every_panel_is_answered_and_says_what_it_should(client: elastic_clients.Client) -> None:
    answers = {name: answered(client, panel) for name, panel in PANELS.items()}
    assert 3 == answers["stories"]["hits"]["total"]["value"]
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
    assert {"clean": 90.0, "index": 5.0} == {b["key"]: b["m0"]["value"] for b in day["b1"]["buckets"]}
    (day,) = answers["index-outcomes"]["aggregations"]["b0"]["buckets"]
    assert (3.0, 1.0, 0.0) == tuple(day[f"m{number}"]["value"] for number in range(3))


def test_the_server_knows_every_field_and_can_add_up_those_that_panels_add_up(
    client: elastic_clients.Client,
) -> None:
    added_up = {
        (panel.view, part.field)
        for panel in PANELS.values()
        for part in (*panel.buckets, *panel.metrics)
        if part.field
    }
    for alias, fields in used_fields(objects()).items():
        known = client.field_caps(index=alias, fields=[*fields, "renamed"]).body["fields"]
        assert fields <= known.keys()
        assert "renamed" not in known
        for field in fields:
            (held,) = known[field].values()
            assert held["searchable"] or (alias, field) not in added_up, field
            assert held["aggregatable"] or (alias, field) not in added_up, field


@pytest.mark.parametrize(
    ("words", "language"),
    [("", None), ("", "en"), ("ferry", None), ("ferries", "en"), ("zeppelin", None)],
    ids=["everything", "one language", "a word", "an inflected word and a language", "a word in no story"],
)
def test_readers_find_as_many_stories_in_kibana_as_with_copydesk_search(
    client: elastic_clients.Client, empty: Settings, words: str, language: str | None
) -> None:
    time = VIEW[LATEST.view].time
    assert time is not None
    asked: list[dict[str, Any]] = [within_a_week(time), TRANSLATED[LATEST.query]]
    if words:  # what Kibana makes of words without a field
        asked.append({"multi_match": {"type": "best_fields", "query": words, "lenient": True}})
    if language:
        asked.append({"match_phrase": {"language": language}})
    in_kibana = client.search(
        index=LATEST.view, query={"bool": {"filter": asked}}, track_total_hits=True
    ).body
    filters = {"language": [language]} if language else {}
    with Search(empty) as search:
        found = search(Query(text=words, filters=filters, since=SINCE, until=UNTIL))
    assert in_kibana["hits"]["total"]["value"] == found.total
    assert {hit["_id"] for hit in in_kibana["hits"]["hits"]} == {hit.story_id for hit in found.hits}
