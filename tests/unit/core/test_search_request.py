"""How a query is put to Elasticsearch."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pipeline.core.search import MAX_DEPTH, SORTS, BadQuery, Query
from pipeline.core.search_request import body, everything, mapped_suffixes

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=1))


def fields_of(query: Query) -> set[str]:
    """The language fields that are searched."""
    return {field.split("_")[1].split("^")[0] for field in _fields(body(query)) if field.startswith("text_")}


def _fields(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [*part.get("fields", []), *(field for value in part.values() for field in _fields(value))]
    return [field for value in part for field in _fields(value)] if isinstance(part, list) else []


SCRIPTS = [
    ("Latin", "strike", {"de", "en", "es", "fr", "it", "nl", "pt", "tr"}),
    ("Cyrillic", "забастовка", {"ru"}),
    ("Arabic", "إضراب", {"ar", "fa"}),
    ("Chinese", "罢工", {"cjk"}),
    ("Korean", "파업", {"cjk"}),
    ("two scripts", "Путин Berlin", {"ru", "de", "en", "es", "fr", "it", "nl", "pt", "tr"}),
    ("digits", "2026", set()),
]


@pytest.mark.parametrize(("case", "text", "suffixes"), SCRIPTS, ids=[row[0] for row in SCRIPTS])
def test_words_are_read_in_the_languages_of_their_script(case: str, text: str, suffixes: set[str]) -> None:
    assert fields_of(Query(text=text)) == suffixes


def test_every_language_of_the_index_is_read_in_some_script() -> None:
    read = {suffix for _, text, _ in SCRIPTS for suffix in fields_of(Query(text=text))}
    assert read == set(mapped_suffixes())


def test_filter_on_a_language_narrows_the_readings() -> None:
    query = Query(text="Berlin", filters={"language": ["de", "pt-BR"]})
    assert fields_of(query) == {"de", "pt"}


def test_filters_narrow_the_query_and_with_facets_only_the_hits() -> None:
    query = Query(text="strike", filters={"source": ["a"]}, facets=True)
    with_facets, without = body(query), body(replace(query, facets=False))
    assert with_facets["post_filter"] == {"bool": {"filter": [{"terms": {"source_ids": ["a"]}}]}}
    assert "post_filter" not in without
    assert "source_ids" in str(without["query"])
    assert "source_ids" not in str(with_facets["query"])


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "strike"])
def test_every_order_is_total(sort: Any, text: str) -> None:
    assert "story_id" in body(Query(text=text, sort=sort))["sort"][-1]


def test_nearness_of_several_words_orders_the_best_alone() -> None:
    request = body(Query(text="ferry strike +pier", recency=4))
    assert 50 == request["rescore"]["window_size"]
    assert "sort" not in request, "Elasticsearch refuses both"
    again = request["rescore"]["query"]["rescore_query"]["function_score"]
    assert request["query"]["function_score"]["functions"] == again["functions"]
    assert "slop" in str(again)
    assert "slop" not in str(request["query"])
    for other in (
        Query(text="strike"),
        Query(text="+ferry +strike"),
        Query(text="ferry strike", sort="newest"),
    ):
        assert "rescore" not in body(other)
    assert "slop" not in str(everything(Query(text="ferry strike"), NOW))


MARKED: list[tuple[str, Query, str, list[str]]] = [
    ("words in the neutral title", Query(text="ferry strike"), "title", ["match"]),
    ("words in a language", Query(text="ferry strike"), "text_en", ["match"]),
    ("a phrase where it is looked for", Query(text='strike "ferry pier"'), "text", ["match", "match_phrase"]),
    ("no phrase in a language", Query(text='strike "ferry pier"'), "text_en", ["match"]),
    ("a beginning", Query(text="stri*"), "title", ["match_phrase_prefix"]),
    ("a misspelt word", Query(text="stirke~"), "text", ["match"]),
    ("either of two", Query(text="ferry OR strike"), "text_de", ["match", "match"]),
    ("words and words like them", Query(text="ferry", fuzzy=True), "text", ["match", "match"]),
]


@pytest.mark.parametrize(("case", "query", "field", "kinds"), MARKED, ids=[row[0] for row in MARKED])
def test_each_field_is_marked_by_a_query_about_itself(
    case: str, query: Query, field: str, kinds: list[str]
) -> None:
    marks = body(query)["highlight"]["fields"][field]["highlight_query"]["bool"]["should"]
    assert kinds == [kind for mark in marks for kind in mark]
    assert [field] * len(kinds) == [name for mark in marks for held in mark.values() for name in held]


def test_fields_in_which_nothing_can_be_marked_are_not_looked_at() -> None:
    assert {"title", "text"} == set(body(Query(text='"ferry strike"'))["highlight"]["fields"])
    assert "highlight" not in body(Query(text="-strike"))


def test_without_words_the_newest_come_first() -> None:
    request = body(Query())
    assert request["sort"][0] == {"event_at": "desc"}
    assert "highlight" not in request


def test_newness_counts_as_much_as_asked() -> None:
    weights = [
        part["weight"] for part in body(Query(text="a", recency=4))["query"]["function_score"]["functions"]
    ]
    assert weights == [1, 2, 2]
    assert "function_score" not in body(Query(text="a", recency=0))["query"]
    assert "function_score" not in body(Query(text="a", sort="newest"))["query"]


def test_pages_of_everything_share_one_now() -> None:
    asked, order = everything(Query(text="a", limit=3, offset=7, facets=True), NOW)
    assert "2026-11-24T12:00:00" in str(asked)
    assert "now" not in str(asked).replace("news", "")
    assert order[0] == {"_score": "desc"}


BAD = [
    ("a deep page", {"offset": MAX_DEPTH}, "--all"),
    ("a negative page", {"offset": -1}, "too deep"),
    ("too many hits", {"limit": 1001}, "at most"),
    ("time turned round", {"since": NOW, "until": NOW - timedelta(hours=1)}, "earlier"),
    ("an unknown facet", {"filters": {"colour": ["red"]}}, "source"),
    ("a negative weight", {"recency": -1.0}, "0 to 10"),
    ("no weight at all", {"recency": float("nan")}, "0 to 10"),
    ("an order that is none", {"sort": "price"}, "newest"),
    ("an interval that is none", {"interval": "minute"}, "hour, day"),
    ("a time without a zone", {"since": datetime(2026, 11, 24)}, "tzinfo"),
    ("a time before the calendar", {"until": datetime.min.replace(tzinfo=EAST)}, "later"),
    ("a word where a list belongs", {"filters": {"source": "gazette"}}, r"\['gazette'\]"),
    ("more values than anybody types", {"filters": {"tag": ["a"] * 501}}, "at most 500"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "given", "said"), BAD, ids=[row[0] for row in BAD])
def test_query_that_cannot_be_answered_is_refused_with_a_hint(case: str, given: Any, said: str) -> None:
    with pytest.raises(BadQuery, match=said):
        body(Query(text="strike", **given))
