"""The indices of the contract on a real Elasticsearch; they take whatever our schemas let through."""

import copy
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

import schemas
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.elastic_clients import client
from pipeline.core.codec import from_document, to_document, to_message
from pipeline.core.contracts import Plan
from pipeline.core.model import Story
from pipeline.core.story_form import story_of
from pipeline.errors import IndexUnavailable
from pipeline.settings import Settings

pytestmark = pytest.mark.servers
Contract = Mapping[str, schemas.Index]


@pytest.fixture
def elastic(settings: Settings) -> Iterator[Elasticsearch]:
    with closing(client(settings)) as made:
        yield made


@pytest.fixture
def contract(elastic: Elasticsearch) -> Iterator[Contract]:
    """The contract's indices under names of this test's own."""
    run = uuid4().hex[:8]
    renamed = [renamed_index(index, f"test-{run}-") for index in schemas.indices().values()]
    yield {index.name: index for index in renamed}
    for name in elastic.indices.get(index=f"test-{run}-*").body:
        elastic.indices.delete(index=name)
    elastic.options(ignore_status=404).indices.delete_index_template(name=f"test-{run}-*")


def renamed_index(index: schemas.Index, prefix: str) -> schemas.Index:
    aliases = {prefix + alias: options for alias, options in index.aliases.items()}
    return replace(index, name=prefix + index.name, aliases=aliases)


def named(contract: Contract, ending: str) -> schemas.Index:
    return next(index for name, index in contract.items() if name.endswith(ending))


def changed(index: schemas.Index, **fields: Any) -> schemas.Index:
    """The contract with these fields added or replaced."""
    mappings = copy.deepcopy(dict(index.mappings))
    mappings["properties"] |= fields
    return replace(index, mappings=mappings)


def applied(settings: Settings, contract: Contract, **options: bool) -> dict[str, Plan]:
    return {plan.name: plan for plan in apply_indices(settings, contract=contract, **options)}


def verdicts(plans: Mapping[str, Plan]) -> set[str]:
    return {plan.verdict for plan in plans.values()}


def test_second_time_changes_nothing(settings: Settings, contract: Contract) -> None:
    assert verdicts(applied(settings, contract)) == {"create"}
    assert verdicts(applied(settings, contract)) == {"unchanged"}


def test_dry_run_creates_nothing(settings: Settings, contract: Contract) -> None:
    applied(settings, contract, dry_run=True)
    assert verdicts(applied(settings, contract, dry_run=True)) == {"create"}


def test_counts_that_an_index_learnt_by_itself_do_not_make_it_differ(
    settings: Settings, contract: Contract, elastic: Elasticsearch
) -> None:
    applied(settings, contract)
    runs = named(contract, "news-runs")
    report = {"outcomes": {"published": 3, "discarded(too-short)": 1}, "details": {"pages.per.second": 1.5}}
    elastic.index(index=runs.name, document=report, refresh=True)
    assert verdicts(applied(settings, contract)) == {"unchanged"}
    total = {"n": {"sum": {"field": "outcomes.discarded(too-short)"}}}
    assert elastic.search(index=runs.name, size=0, aggs=total)["aggregations"]["n"]["value"] == 1


def test_new_field_and_dynamic_setting_are_made_in_place(settings: Settings, contract: Contract) -> None:
    hosts = named(contract, "news-hosts")
    applied(settings, {hosts.name: hosts})
    grown = replace(
        changed(hosts, mood={"type": "keyword"}), settings={**hosts.settings, "refresh_interval": "9s"}
    )
    plan = applied(settings, {hosts.name: grown})[hosts.name]
    assert plan.verdict == "extend"
    assert [str(addition) for addition in plan.additions] == [
        "field mood: nothing → {type: keyword}",
        "setting index.refresh_interval: 5s → 9s",
    ]
    assert applied(settings, {hosts.name: grown})[hosts.name].verdict == "unchanged"


def test_changed_field_is_refused_and_then_nothing_is_touched(
    settings: Settings, contract: Contract, elastic: Elasticsearch
) -> None:
    hosts = named(contract, "news-hosts")
    applied(settings, {hosts.name: changed(hosts, lease_owner={"type": "text"})})
    plans = applied(settings, contract)
    assert [str(difference) for difference in plans[hosts.name].refused] == [
        "field lease_owner [ignore_above]: nothing → 1024",
        "field lease_owner [type]: text → keyword",
    ]
    assert not elastic.indices.exists(index=named(contract, "news-runs").first)


def test_index_under_the_name_of_an_alias_is_refused(
    settings: Settings, contract: Contract, elastic: Elasticsearch
) -> None:
    hosts = named(contract, "news-hosts")
    elastic.indices.create(index=hosts.name)
    plan = applied(settings, contract)[hosts.name]
    assert str(plan.refused[0]).startswith(f"alias {hosts.name}: an index of that name")


def test_later_versions_of_an_index_keep_the_contract_too(
    settings: Settings, contract: Contract, elastic: Elasticsearch
) -> None:
    applied(settings, contract)
    stories = named(contract, "news-stories")
    second = f"{stories.name}-v0002"
    elastic.indices.create(index=second)
    made = elastic.indices.get(index=second).body[second]
    assert made["mappings"] == elastic.indices.get(index=stories.first).body[stories.first]["mappings"]
    assert made["aliases"] == {}


def test_read_alias_shows_active_stories_only(
    settings: Settings, contract: Contract, elastic: Elasticsearch
) -> None:
    applied(settings, contract)
    stories = named(contract, "news-stories")
    for example in schemas.examples("story").values():
        story = story_of(example)
        elastic.index(
            index=f"{stories.name}-write", id=story.story_id + story.change, document=to_document(story)
        )
    elastic.indices.refresh(index=stories.first)
    shown = {hit["_source"]["status"] for hit in elastic.search(index=stories.name, size=99)["hits"]["hits"]}
    assert shown == {"active"}
    assert elastic.count(index=stories.first)["count"] > elastic.count(index=stories.name)["count"]


WIDE = "😀"
HOSTILE: list[tuple[str, dict[str, Any]]] = [
    ("a title of figures", {"title": "2026"}),
    ("a title of an ellipsis", {"title": "…"}),
    ("a title of emoji", {"title": WIDE * 2000}),
    ("a title with separators of the suggester", {"title": "a\x1fb\x00\x1ec"}),
    ("a title that is white space", {"title": "\u200b\u00a0\u3000"}),
    ("a title of a combining mark", {"title": "\u0301"}),
    ("a title of non-characters", {"title": "\ufffe\uffff\ue000"}),
    ("letters that fold into eighteen", {"tags": ("ﷺ" * 200,), "authors": ("ﷺ" * 300,)}),
    ("tags as many and as wide as may be", {"tags": (WIDE * 200,) * 100}),
    ("an address as long as may be", {"url": "https://a.example/" + WIDE * 19_900}),
    ("a description as long as may be", {"description": "ﷺ" * 20_000}),
    ("a text that is one word", {"text": "x" * 4_000_000}),
    ("a text of a million words", {"text": "word " * 800_000}),
    ("a text of control characters", {"text": "\x00\x1f" * 50}),
    ("an undetected language", {"language": "und"}),
    ("a language with script and region", {"language": "zh-Hant-TW"}),
]  # fmt: skip


@pytest.mark.parametrize(("case", "changes"), HOSTILE, ids=[row[0] for row in HOSTILE])
def test_index_takes_whatever_the_schema_lets_through(
    case: str, changes: dict[str, Any], settings: Settings, elastic: Elasticsearch
) -> None:
    plain = story_of(schemas.examples("story")["one-article"])
    assert plain.content is not None
    story = replace(plain, content=replace(plain.content, **changes))
    to_message(story, source="/stages/test")
    index, key = schemas.indices()["news-stories"].first, f"hostile-{case}"
    elastic.index(index=index, id=key, document=to_document(story))
    assert story == from_document(Story, elastic.get(index=index, id=key)["_source"])
    elastic.delete(index=index, id=key)


def test_no_elasticsearch_is_unavailable_within_bounds() -> None:
    with pytest.raises(IndexUnavailable):
        apply_indices(Settings(elasticsearch_url="http://127.0.0.1:1"))
