"""What readers get from a real Elasticsearch: filters, facets, pages, suggestions, hints for what is odd."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.model import Member
from pipeline.core.search import SORTS, BadQuery, Query, Results
from pipeline.core.search_facets import DATE, FACETS
from pipeline.errors import ConfigError, IndexUnavailable
from pipeline.search import Search
from pipeline.settings import Settings
from tests.contract.shelves import Shelf, shelf, written
from tests.contract.stores import NOW, story

pytestmark = pytest.mark.servers

DAY = timedelta(days=1)


def copies(number: int, *sources: str, corrections: int = 0) -> tuple[Member, ...]:
    (member,) = story(number).members
    return tuple(
        replace(
            member,
            article_id=f"a-{number * 100 + place:020}",
            source_id=source,
            country="GB" if source == "echo" else "DE",
            agency="Norwind" if source == "post" else None,
            corrections=corrections,
        )
        for place, source in enumerate(sources)
    )


STORIES = [
    written(1, "Steel tariffs raised", "The government raises tariffs on imported steel.", section="Économie",
            authors=("Mara Ellwood",), tags=("Trade", "Steel"), access="free", event_at=NOW - 2 * DAY,
            members=copies(1, "desk", "echo", "post", corrections=1)),
    written(2, "Steel mill closes", "The last blast furnace goes out in spring.", section="économie",
            tags=("steel",), access="paywalled", event_at=NOW - DAY, members=copies(2, "echo")),
    written(3, "Stahlwerk schließt", "Der letzte Hochofen geht aus.", "de", section="Lokales",
            tags=("Stahl",), event_at=NOW - 5 * DAY, members=copies(3, "desk")),
    written(4, "Greve em Lisboa", "Os maquinistas param.", "pt-BR", event_at=NOW, members=copies(4, "post")),
    written(5, "Furnace blast injures two", "A blast at a furnace injured two workers.",
            event_at=NOW - 30 * DAY, members=copies(5, "desk", "echo")),
]  # fmt: skip


@pytest.fixture(scope="module")
def library(settings: Settings) -> Iterator[Shelf]:
    with shelf(settings) as made:
        made.put(STORIES)
        yield made


def numbers(found: Results) -> list[int]:
    return [int(hit.story_id[2:]) for hit in found.hits]


ANSWERS = [
    ("words", {"text": "steel"}, {1, 2}),
    ("an exact phrase", {"text": '"blast furnace"'}, {2}),
    ("the words of it in any order", {"text": "blast furnace"}, {2, 5}),
    ("a word that must not be there", {"text": "steel -tariffs"}, {2}),
    ("a beginning", {"text": "tarif*"}, {1}),
    ("a misspelt word", {"text": "tarrifs~"}, {1}),
    ("misspelt words throughout", {"text": "goverment tarrifs", "fuzzy": True}, {1}),
    ("one or the other", {"text": "tariffs OR Hochofen"}, {1, 3}),
    ("an author", {"text": "ellwood"}, {1}),
    ("an author and a word of the text", {"text": "Ellwood imported"}, {1}),
    ("a tag", {"text": "trade"}, {1}),
    ("a word that must be there among many", {"text": "+spring the last blast furnace goes"}, {2}),
    ("everything but", {"text": "-steel"}, {3, 4, 5}),
    ("a source", {"filters": {"source": ["post"]}}, {1, 4}),
    ("one of two sources", {"filters": {"source": ["post", "echo"]}}, {1, 2, 4, 5}),
    ("a country", {"filters": {"country": ["gb"]}}, {1, 2, 5}),
    ("a language and its regions", {"filters": {"language": ["pt"]}}, {4}),
    ("a section however spelt", {"filters": {"section": ["economie"]}}, {1, 2}),
    ("an author however spelt", {"filters": {"author": ["MARA ELLWOOD"]}}, {1}),
    ("a tag however spelt", {"filters": {"tag": ["Steel"]}}, {1, 2}),
    ("an agency however spelt", {"filters": {"agency": ["norwind"]}}, {1, 4}),
    ("access", {"filters": {"access": ["paywalled"]}}, {2}),
    ("copies from", {"filters": {"copies": ["2+"]}}, {1, 5}),
    ("copies one of two ranges", {"filters": {"copies": ["1", "3-9"]}}, {1, 2, 3, 4}),
    ("revised", {"filters": {"revised": ["yes"]}}, {1}),
    ("not revised", {"filters": {"revised": ["no"], "source": ["echo"]}}, {2, 5}),
    ("since", {"since": NOW - 2 * DAY}, {1, 2, 4}),
    ("until", {"until": NOW - 2 * DAY}, {3, 5}),
    ("filters together", {"text": "steel", "filters": {"source": ["echo"], "tag": ["trade"]}}, {1}),
]  # fmt: skip


@pytest.mark.parametrize("facets", [False, True], ids=["alone", "with facets"])
@pytest.mark.parametrize(("case", "asked", "wanted"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_answers(library: Shelf, case: str, asked: dict, wanted: set[int], facets: bool) -> None:
    query = Query(**asked, facets=facets)
    found = library.searcher.search(query)
    assert set(numbers(found)) == wanted
    assert found.total == len(wanted)
    assert {int(hit.story_id[2:]) for hit in library.searcher.all(query)} == wanted


ORDERS = {
    "newest": [4, 2, 1, 3, 5],
    "oldest": [5, 3, 1, 2, 4],
    "copies": [1, 5, 4, 2, 3],
    "corrections": [1, 4, 2, 3, 5],
    "changed": [1, 2, 3, 4, 5],
    "relevance": [4, 2, 1, 3, 5],
}


@pytest.mark.parametrize("sort", SORTS)
def test_orders(library: Shelf, sort) -> None:
    assert numbers(library.searcher.search(Query(sort=sort))) == ORDERS[sort]


def test_best_match_comes_first_and_newness_can_be_given_more_weight(library: Shelf) -> None:
    now, old = datetime.now(UTC), datetime.now(UTC) - 400 * DAY
    with_weight = {}
    library.put([
        written(61, "Quaffle quaffle", "quaffle", event_at=old),
        written(62, "Something else", "one quaffle among other words here", event_at=now),
    ])  # fmt: skip
    for weight in (0.0, 0.5, 10.0):
        with_weight[weight] = numbers(library.searcher.search(Query(text="quaffle", recency=weight)))
    assert with_weight == {0.0: [61, 62], 0.5: [61, 62], 10.0: [62, 61]}
    library.put([replace(story(number, version=2), status="gone", content=None) for number in (61, 62)])


def test_facets_count_what_was_found_as_written(library: Shelf) -> None:
    found = library.searcher.search(Query(text="steel", facets=True, limit=0))
    counted = {name: {value.value: value.count for value in values} for name, values in found.facets.items()}
    assert set(counted) == {*FACETS, DATE}
    assert counted["source"] == {"echo": 2, "desk": 1, "post": 1}
    assert counted["country"] == {"DE": 1, "GB": 2}
    assert counted["section"] in ({"Économie": 2}, {"économie": 2})
    assert counted["tag"] in ({"Steel": 2, "Trade": 1}, {"steel": 2, "Trade": 1})
    assert counted["agency"] == {"Norwind": 1}
    assert counted["author"] == {"Mara Ellwood": 1}
    assert counted["copies"] == {"1": 1, "2-3": 1}
    assert counted["revised"] == {"true": 1, "false": 1}
    assert sum(counted[DATE].values()) == 2


def test_facet_chosen_from_still_shows_what_else_could_be_chosen(library: Shelf) -> None:
    query = Query(facets=True, filters={"language": ["de"], "source": ["desk"]})
    found = library.searcher.search(query)
    languages = {value.value: value.count for value in found.facets["language"]}
    sources = {value.value: value.count for value in found.facets["source"]}
    assert (numbers(found), languages, sources) == ([3], {"en": 2, "de": 1}, {"desk": 1})


@pytest.mark.parametrize(
    ("interval", "first"), [("day", "2026-10-25"), ("month", "2026-10-01"), ("year", "2026-01-01")]
)
def test_date_facet_in_the_interval_asked_for(library: Shelf, interval, first: str) -> None:
    found = library.searcher.search(Query(facets=True, interval=interval))
    days = found.facets[DATE]
    assert days[0].value.startswith(first)
    assert sum(day.count for day in days) == 5


def test_page_after_page_gives_every_story_once(library: Shelf) -> None:
    pages = [numbers(library.searcher.search(Query(limit=2, offset=offset))) for offset in (0, 2, 4, 6)]
    assert pages == [[4, 2], [1, 3], [5], []]


def test_export_is_of_the_moment_it_began_whatever_is_indexed_meanwhile(settings: Settings) -> None:
    with shelf(settings) as made:
        made.put(written(number, f"Story {number}", event_at=NOW - number * DAY) for number in range(1, 1203))
        export = made.searcher.all(Query(text="story"))
        first = next(export)
        made.put([written(5000, "Story late"), replace(story(700, version=2), status="gone", content=None)])
        found = [first.story_id, *(hit.story_id for hit in export)]
        assert len(found) == len(set(found)) == 1202
        assert made.searcher.search(Query(text="story")).total == 1202


def test_titles_are_completed_from_any_word_and_with_a_letter_wrong(library: Shelf) -> None:
    assert library.searcher.complete("ste") == ["Steel tariffs raised", "Steel mill closes"]
    assert library.searcher.complete("mill cl") == ["Steel mill closes"]
    assert library.searcher.complete("tarrif") == ["Steel tariffs raised"]
    assert library.searcher.complete("STAHL", language="de") == ["Stahlwerk schließt"]
    assert library.searcher.complete("stahl", language="en") == []
    assert library.searcher.complete("ste", limit=1) == ["Steel tariffs raised"]
    assert library.searcher.complete("") == []


def test_misspelt_query_is_corrected_with_accents(library: Shelf) -> None:
    corrected = library.searcher.corrections(Query(text="goverment tarifs"))
    assert [(each.text, each.total) for each in corrected] == [("government tariffs", 1)]
    (other,) = library.searcher.corrections(Query(text="schleisst"))
    assert other.text == "schließt"
    assert library.searcher.corrections(Query(text="steel")) == []
    assert library.searcher.corrections(Query(text="xyzzyq")) == []


def test_what_to_let_go_of_is_counted(library: Shelf) -> None:
    query = Query(text="tariffs maquinistas", filters={"source": ["desk"]}, since=NOW + DAY)
    assert library.searcher.relaxations(query) == {}
    closer = replace(query, since=None)
    assert library.searcher.relaxations(closer) == {"with any of the words": 1}
    other = Query(text="tariffs", filters={"language": ["de"]})
    assert library.searcher.relaxations(other) == {"without the filter on language": 1}


def test_hidden_story_is_neither_found_nor_suggested_nor_offered(settings: Settings) -> None:
    with shelf(settings) as made:
        made.put(
            [
                written(1, "Zanzibar quagmire deepens", "The quagmire in Zanzibar."),
                written(2, "Quiet", "Quiet."),
            ]
        )
        assert made.searcher.complete("zanz") == ["Zanzibar quagmire deepens"]
        assert [each.text for each in made.searcher.corrections(Query(text="quagmyre"))] == ["quagmire"]
        hidden = story(1, version=2, status="removed", content=None, lead=None, members=copies(1, "desk"))
        made.put([replace(hidden, members=tuple(replace(member, title=None) for member in hidden.members))])
        assert made.searcher.search(Query(text="quagmire")).total == 0
        assert made.searcher.complete("zanz") == []
        assert made.searcher.corrections(Query(text="quagmyre")) == []
        assert made.searcher.story(story(1).story_id) is None
        assert 1 == made.searcher.search(Query(facets=True)).total


def test_whole_story_can_be_read(library: Shelf) -> None:
    assert library.searcher.story(STORIES[0].story_id) == STORIES[0]
    assert library.searcher.story("s-none") is None


ODD = [
    '"', '""', "-", "+", "*", "~", "|", "OR", "NOT", "AND OR NOT", "( [ { ) ]", "a:b", "title:steel",
    "/re.gex/", "\\", "\\\\\"", "steel^9", "steel~99", "a* b* c*", "-a -b", "+ + +", "<script>", "\x00",
    "\u200c", "🙂", "é" * 900, "x" * 2000, "ab " * 64, "* " * 500, "_exists_:text", "${jndi:x}", "%00",
    "NULL", "*:*", "AND", "٣", "ﷺ",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_odd_query_is_answered(library: Shelf, text: str) -> None:
    for query in (Query(text=text, facets=True), Query(text=text, fuzzy=True)):
        assert library.searcher.search(query).total >= 0
    library.searcher.corrections(Query(text=text))
    library.searcher.complete(text[:100])


def test_random_queries_are_answered_or_refused_with_a_hint(library: Shelf) -> None:
    rng = random.Random(11)
    pieces = [
        "steel",
        '"',
        "-",
        "+",
        "*",
        "~",
        " OR ",
        " ",
        " NOT ",
        "关税",
        "пошлина",
        "\n",
        "(",
        "|",
        "'",
        "ß",
        "\ud7ff",
    ]
    for _ in range(60):
        text = "".join(rng.choices(pieces, k=rng.randrange(1, 40)))
        assert library.searcher.search(Query(text=text, facets=rng.random() < 0.3)).total >= 0


def test_program_searches_by_the_settings_of_its_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COPYDESK_ELASTICSEARCH_URL", settings.elasticsearch_url)
    with Search() as search:
        assert search("words that no story has").total == 0
        assert list(search.all("words that no story has")) == []
        assert search.complete("words that no") == []
        assert search.corrections("") == []
        with pytest.raises(BadQuery):
            search(Query(limit=100_000))


def test_errors_say_what_is_wrong(settings: Settings) -> None:
    with Search(settings, url="http://127.0.0.1:1") as search, pytest.raises(IndexUnavailable):
        search("steel")
    with shelf(settings) as made:
        made.client.indices.delete_alias(index=f"{made.name}-v0001", name=made.name)
        with pytest.raises(ConfigError, match="index apply"):
            made.searcher.search(Query(text="steel"))
