"""What applying a contract may do to a server that has something already."""

import copy
from dataclasses import replace
from typing import Any

import pytest

import schemas
from pipeline.core.contracts import (
    LiveIndex,
    LiveTopic,
    flat_settings,
    plan_index,
    plan_topic,
    topic_config,
)

TOPIC = schemas.topics()["news.articles.raw.v1"]
LIVE_TOPIC = LiveTopic(partitions=6, replication=1, config=topic_config(TOPIC, 1) | {"flush.ms": "9"})
INDEX = schemas.Index(
    name="desk",
    purpose="tests",
    version=1,
    aliases={"desk": {"filter": {"term": {"open": True}}}, "desk-write": {}},
    settings={
        "number_of_shards": 1,
        "refresh_interval": "2s",
        "analysis": {"analyzer": {"a": {"filter": ["lowercase"]}}},
    },
    mappings={
        "dynamic": "strict",
        "properties": {
            "name": {"type": "text", "fields": {"raw": {"type": "keyword", "ignore_above": 9}}},
            "index": {"properties": {"position": {"type": "long", "index": False}}},
            "counts": {"type": "object", "dynamic": "true"},
        },
    },
)  # fmt: skip
LIVE_INDEX = LiveIndex(
    name="desk-v0001",
    aliases=INDEX.aliases,
    settings=flat_settings(INDEX.settings) | {"index.uuid": "x", "index.number_of_shards": "1"},
    mappings=copy.deepcopy(dict(INDEX.mappings)),
)


def mapping(path: str, value: Any) -> dict[str, Any]:
    """The live mapping with one place changed; None takes it away."""
    changed = copy.deepcopy(dict(LIVE_INDEX.mappings))
    *way, last = path.split(".")
    place = changed
    for step in way:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return changed


def test_missing_topic_is_created() -> None:
    assert plan_topic(TOPIC, 1, None).verdict == "create"


def test_topic_as_contracted_is_left_alone_whatever_else_is_set() -> None:
    assert plan_topic(TOPIC, 1, LIVE_TOPIC).verdict == "unchanged"


@pytest.mark.parametrize(
    ("live", "replication", "said"),
    [
        (replace(LIVE_TOPIC, partitions=3), 1, "partitions: 3 → 6"),
        (LIVE_TOPIC, 3, "replication: 1 → 3"),
        (
            replace(LIVE_TOPIC, config={**LIVE_TOPIC.config, "cleanup.policy": "compact"}),
            1,
            "cleanup.policy: compact → delete",
        ),
    ],
    ids=["partitions", "replication", "clean-up"],
)
def test_topic_that_differs_is_refused_with_the_difference(
    live: LiveTopic, replication: int, said: str
) -> None:
    plan = plan_topic(TOPIC, replication, live)
    assert plan.verdict == "refuse"
    assert said in map(str, plan.refused)


@pytest.mark.parametrize(("replication", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_all_replicas_but_one_must_have_a_record(replication: int, in_sync: str) -> None:
    assert topic_config(TOPIC, replication)["min.insync.replicas"] == in_sync


def test_missing_index_is_created() -> None:
    assert plan_index(INDEX, None).verdict == "create"


def test_index_as_contracted_is_left_alone() -> None:
    assert plan_index(INDEX, LIVE_INDEX).verdict == "unchanged"


def test_object_whose_type_elasticsearch_leaves_out_is_the_same() -> None:
    grown = {"dynamic": "true", "properties": {"seen": {"type": "long"}}}
    assert (
        plan_index(INDEX, replace(LIVE_INDEX, mappings=mapping("properties.counts", grown))).verdict
        == "unchanged"
    )


ADDITIONS = [
    ("a new field", {"mappings": mapping("properties.name", None)}, "field name: nothing → {type: text}"),
    ("a new field inside an object", {"mappings": mapping("properties.index.properties.position", None)},
     "field index.position: nothing → {type: long, index: false}"),
    ("a new sub-field", {"mappings": mapping("properties.name.fields.raw", None)},
     "field name/raw: nothing → {type: keyword, ignore_above: 9}"),
    ("a dynamic setting", {"settings": dict(LIVE_INDEX.settings) | {"index.refresh_interval": "-1"}},
     "setting index.refresh_interval: -1 → 2s"),
    ("a missing alias", {"aliases": {"desk": INDEX.aliases["desk"]}}, "alias desk-write: nothing → {}"),
]  # fmt: skip
REFUSALS = [
    ("another type", {"mappings": mapping("properties.name.type", "keyword")},
     "field name [type]: keyword → text"),
    ("another parameter", {"mappings": mapping("properties.name.fields.raw.ignore_above", 5)},
     "field name/raw [ignore_above]: 5 → 9"),
    ("a parameter that is new", {"mappings": mapping("properties.index.properties.position.index", None)},
     "field index.position [index]: nothing → false"),
    ("a field the contract does not have", {"mappings": mapping("properties.age", {"type": "long"})},
     "field age: {type: long} → nothing"),
    ("an index that takes any field", {"mappings": mapping("dynamic", "true")},
     "field (dynamic): true → strict"),
    ("a static setting", {"settings": dict(LIVE_INDEX.settings) | {"index.number_of_shards": "4"}},
     "setting index.number_of_shards: 4 → 1"),
    ("another analyser",
     {"settings": dict(LIVE_INDEX.settings) | {"index.analysis.analyzer.a.filter": ["stop"]}},
     "setting index.analysis.analyzer.a.filter: ['stop'] → ['lowercase']"),
    ("an alias that shows other documents", {"aliases": {"desk": {}, "desk-write": {}}},
     "alias desk [filter]: nothing → {term: {open: true}}"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes", "said"), ADDITIONS)
def test_what_nobody_notices_is_made_in_place(case: str, changes: dict[str, Any], said: str) -> None:
    plan = plan_index(INDEX, replace(LIVE_INDEX, **changes))
    assert plan.verdict == "extend"
    assert said in map(str, plan.additions)


@pytest.mark.parametrize(("case", "changes", "said"), REFUSALS)
def test_what_somebody_would_notice_is_refused(case: str, changes: dict[str, Any], said: str) -> None:
    plan = plan_index(INDEX, replace(LIVE_INDEX, **changes))
    assert plan.verdict == "refuse"
    assert said in map(str, plan.refused)
