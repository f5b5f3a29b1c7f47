"""Filters and counts by facet."""

from typing import Any

import pytest

import schemas
from pipeline.core.search import BadQuery, FacetValue, Query
from pipeline.core.search_facets import DATE, FACETS, aggregations, check, condition, counts, values_of

FIELDS = schemas.indices()["news-stories"].mappings["properties"]


@pytest.mark.parametrize("name", FACETS)
def test_every_facet_has_a_field_it_can_be_counted_by(name: str) -> None:
    assert FIELDS[FACETS[name].field]["type"] in ("keyword", "integer", "boolean")


@pytest.mark.parametrize("name", [name for name, facet in FACETS.items() if facet.kind == "words"])
def test_facet_of_words_is_filtered_as_folded_and_counted_as_written(name: str) -> None:
    field = FIELDS[FACETS[name].field]
    assert field["fields"]["folded"]["normalizer"] == "fold"
    assert "normalizer" not in field


CONDITIONS: list[tuple[str, list[str], Any]] = [
    ("source", ["a", "b"], {"terms": {"source_ids": ["a", "b"]}}),
    ("country", ["gb"], {"terms": {"countries": ["GB"]}}),
    ("tag", ["Steel"], {"terms": {"tags.folded": ["Steel"]}}),
    ("access", ["free"], {"terms": {"access": ["free"]}}),
    ("revised", ["yes"], {"terms": {"revised": [True]}}),
    ("revised", ["False"], {"terms": {"revised": [False]}}),
    ("copies", ["4"], {"range": {"article_count": {"gte": 4, "lte": 4}}}),
    ("copies", ["2-9"], {"range": {"article_count": {"gte": 2, "lte": 9}}}),
    ("copies", ["10+"], {"range": {"article_count": {"gte": 10}}}),
    ("copies", ["10-"], {"range": {"article_count": {"gte": 10}}}),
    ("length", ["-300"], {"range": {"word_count": {"lte": 300}}}),
]


@pytest.mark.parametrize(("name", "values", "wanted"), CONDITIONS)
def test_filter_of_a_facet(name: str, values: list[str], wanted: Any) -> None:
    assert condition(name, values) == wanted


def test_language_stands_for_its_regions_too() -> None:
    said = condition("language", ["PT"])["bool"]["should"]
    assert {"term": {"language": "pt"}} in said
    assert any("prefix" in each for each in said)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"colour": ["red"]}, "no such facet"),
        ({"access": ["gratis"]}, "free, metered"),
        ({"revised": ["maybe"]}, "true or false"),
        ({"copies": ["many"]}, "2-9"),
        ({"copies": [""]}, "2-9"),
        ({"copies": ["-"]}, "2-9"),
        ({"copies": ["9-2"]}, "2-9"),
        ({"length": ["9" * 30]}, "2-9"),
    ],
)
def test_filter_that_no_story_can_meet_is_refused_with_a_hint(filters: Any, said: str) -> None:
    with pytest.raises(BadQuery, match=said):
        check(filters)


def test_facet_is_counted_without_its_own_filter_and_with_all_others() -> None:
    counted = aggregations(Query(filters={"language": ["de"], "tag": ["steel"], "source": []}))
    assert counted["language"]["filter"]["bool"]["filter"] == [condition("tag", ["steel"])]
    assert counted["tag"]["filter"]["bool"]["filter"] == [condition("language", ["de"])]
    others = counted.pop("others")
    assert others["filter"]["bool"]["filter"] == [condition("language", ["de"]), condition("tag", ["steel"])]
    assert {"language", "tag"} == set(counted)
    assert {*FACETS, DATE} - {"language", "tag"} == set(others["aggs"])


def test_without_filters_nothing_is_filtered() -> None:
    counted = aggregations(Query(filters={"source": []}))
    assert {*FACETS, DATE} == set(counted)
    assert not any("filter" in each for each in counted.values())


def test_counts_are_found_whether_a_facet_is_filtered_by_or_not() -> None:
    tags, days = {"buckets": [bucket("Steel", 2)]}, {"buckets": [bucket(1, 3, key_as_string="2026-11-20")]}
    plain = counts({"date": days, "tag": tags})
    filtered = counts({"tag": {"doc_count": 4, "tag": tags}, "others": {"doc_count": 2, "date": days}})
    assert plain == filtered
    assert ["tag", "date"] == list(plain)
    assert {} == counts({})


def bucket(value: Any, count: int, **more: Any) -> dict[str, Any]:
    return {"key": value, "doc_count": count, **more}


def test_spellings_of_one_value_are_shown_as_the_most_frequent() -> None:
    found = {"buckets": [bucket("Politics", 7), bucket("Économie", 3), bucket("politics", 2),
                         bucket("Economie", 1), bucket("POLITICS", 1)]}  # fmt: skip
    assert values_of("section", found) == (
        FacetValue(value="Politics", count=10),
        FacetValue(value="Économie", count=4),
    )


def test_values_that_no_story_has_are_left_out_except_in_time() -> None:
    found = {"buckets": [bucket("4-9", 0), bucket("10-24", 2)]}
    assert values_of("copies", found) == (FacetValue(value="10-24", count=2),)
    days = {"buckets": [bucket(1, 0, key_as_string="2026-11-20T00:00:00.000Z")]}
    assert values_of(DATE, days) == (FacetValue(value="2026-11-20T00:00:00.000Z", count=0),)


def test_flag_is_shown_as_a_word() -> None:
    found = {"buckets": [bucket(1, 3, key_as_string="true")]}
    assert values_of("revised", found) == (FacetValue(value="true", count=3),)
