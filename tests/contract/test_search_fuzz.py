"""Whatever is asked gets an answer or a hint: queries made of trouble, put to a real Elasticsearch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli.search import search as command
from pipeline.core.search import INTERVALS, SORTS, BadQuery, Query
from pipeline.core.search_facets import FACETS
from pipeline.settings import Settings
from tests.contract.shelves import Shelf, shelf, written

pytestmark = pytest.mark.servers
few = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])

SIGNS = [
    *(
        '"',
        "''",
        "“",
        "-",
        "--",
        "+",
        "!",
        "*",
        "**",
        "?",
        "~",
        "~9",
        "^4",
        "|",
        "||",
        "&&",
        "OR",
        "AND",
        "NOT",
    ),
    *("(", "))", "[a", "{", "}", "\\", "\\\\", "/.*/", "/(a+)+$/", "*:*", "a*b*c", "*a"),
]
WORDS = [
    "steel",
    "steels",
    "tariffs~",
    "semi*",
    '"steel tariffs"',
    '-"steel mill"',
    "+steel",
    "-steel",
    "st*~",
]
FIELDS = [
    "title:",
    "source:x",
    "_exists_:text",
    "_id:1",
    "now-1d/d",
    "[2026 TO *]",
    "2026-13-45",
    "NaN",
    "1e999",
]
CONTROLS = list("\x00\x1e\x1f\x7f\n\r\t\u2028\u200b\u200f\u202e\u2066\ufeff\ufffe\ud800\udcff")
SCRIPTS = [
    "שלום",
    "سلام",
    "می\u200cخواهم",
    "关税",
    "カ゚",
    "한국",
    "пошлина",
    "İstanbul",
    "ﬁn",
    "ﷺ",
    "٣",
    "๓",
    "½",
]
BEYOND = ["e\u0301\u0301\u0301", "👩\u200d👩\u200d👧", "🏴\U000e0067", "𝔖teel", "x" * 300, "é" * 200]
CODE = ["<script>", "${x}", "{{x}}", "%s", "%00", "null"]
TROUBLE = [*SIGNS, *WORDS, *FIELDS, *CONTROLS, *SCRIPTS, *BEYOND, *CODE]

pieces = st.one_of(st.sampled_from(TROUBLE), st.sampled_from(TROUBLE), st.text(max_size=9), st.just(" "))
texts = st.builds(str.join, st.sampled_from([" ", ""]), st.lists(pieces, max_size=12))
moments = st.one_of(
    st.none(),
    st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
    ),
    st.none(),
    st.sampled_from([datetime.min, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]),
)
values = st.one_of(st.sampled_from(["en", "pt", "GB", "free", "true", "2-9", "10+", "9-2", "9" * 30]), texts)
queries = st.builds(
    Query,
    text=texts,
    filters=st.dictionaries(st.sampled_from([*FACETS, "colour"]), st.lists(values, max_size=2), max_size=1),
    since=moments,
    until=moments,
    limit=st.sampled_from([*(0, 1, 10, 1000) * 5, -1, 1001]),
    offset=st.sampled_from([*(0, 3, 9_000) * 5, 10_000, -1]),
    sort=st.sampled_from([*SORTS * 3, "price"]),
    facets=st.booleans(),
    recency=st.sampled_from([*(0.0, 0.5, 10.0) * 5, -1.0, float("nan"), float("inf")]),
    fuzzy=st.booleans(),
    interval=st.sampled_from([*(None, *INTERVALS) * 2, "minute"]),
)


@pytest.fixture(scope="module")
def library(settings: Settings) -> Iterator[Shelf]:
    with shelf(settings) as made:
        made.put(
            written(
                number, f"Steel tariffs {number}", f"The mill pays tariffs of {number} percent.", language
            )
            for number, language in enumerate(["en", "de", "ru", "fa", "zh", "th"], 1)
        )
        yield made


def check_refusal(error: BadQuery) -> None:
    """By ourselves and with a hint; what Elasticsearch refuses we should have."""
    assert error.hint
    assert "cannot be answered" not in str(error)


@few
@given(queries)
def test_any_query_is_answered_or_refused_with_a_hint(library: Shelf, query: Query) -> None:
    try:
        found = library.searcher.search(query)
    except BadQuery as error:
        check_refusal(error)
    else:
        assert 0 <= len(found.hits) <= min(query.limit, found.total)
        assert found.total or not any(value.count for held in found.facets.values() for value in held)


@few
@given(texts)
def test_any_words_are_answered_and_helped_on_with(library: Shelf, text: str) -> None:
    try:
        found = library.searcher.search(Query(text=text, facets=True))
        everything = {hit.story_id for hit in library.searcher.all(Query(text=text))}
        offered = library.searcher.corrections(Query(text=text))
        library.searcher.relaxations(Query(text=text, filters={"source": ["none"]}))
    except BadQuery as error:
        check_refusal(error)
    else:
        assert {hit.story_id for hit in found.hits} == everything
        assert all(each.total > 0 for each in offered)


@few
@given(texts, st.one_of(st.none(), texts), st.one_of(st.none(), texts))
def test_any_beginning_is_completed_or_not(
    library: Shelf, prefix: str, language: str | None, story_id: str | None
) -> None:
    library.searcher.complete(prefix, language)
    assert library.searcher.story(story_id or prefix) is None


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(texts, max_size=3),
    options=st.lists(
        st.one_of(
            st.sampled_from([["--json"], ["--csv"], ["--all"], ["--facets"], ["--fuzzy"], ["--suggest"]]),
            st.tuples(
                st.sampled_from(["--lang", "--copies", "--access", "--tag", "--since", "--until"]), values
            ),
            st.tuples(st.sampled_from(["--limit", "--offset", "--recency", "--sort", "--by"]), values),
        ),
        max_size=3,
    ),
)
def test_any_command_line_ends_well_or_says_why_not(
    library: Shelf, settings: Settings, words: list[str], options: list[list[str]]
) -> None:
    arguments = [*(part for option in options for part in option), "--", *words]
    environment = {"COPYDESK_ELASTICSEARCH_URL": settings.elasticsearch_url}
    ended = CliRunner(env=environment).invoke(command, arguments)
    if isinstance(ended.exception, BadQuery):
        check_refusal(ended.exception)
    else:
        assert ended.exit_code in (0, 2), ended.exception
        assert ended.exit_code == 0 or "Error: " in ended.stderr
