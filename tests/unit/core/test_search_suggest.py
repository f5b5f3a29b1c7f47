"""Corrections and what to let go of."""

from datetime import UTC, datetime

from pipeline.core.search import Hit, Query, Results
from pipeline.core.search_suggest import as_written, completion, corrected, relaxed


def entry(offset: int, text: str, *options: tuple[str, float, int]) -> dict[str, object]:
    return {
        "text": text,
        "offset": offset,
        "length": len(text),
        "options": [{"text": word, "score": score, "freq": freq} for word, score, freq in options],
    }


def answer(text: list[dict[str, object]], title: list[dict[str, object]]) -> dict[str, object]:
    return {"suggest": {"in_text": text, "in_title": title}}


TYPED = Query(text='goverment "tarifs" -mill', limit=5, facets=True)
ANSWER = answer(
    [entry(0, "goverment", ("governments", 0.8, 9), ("government", 0.9, 2)),
     entry(11, "tarifs", ("tariffs", 0.8, 3)), entry(20, "mill")],
    [entry(0, "goverment"), entry(11, "tarifs", ("tarts", 0.9, 1)), entry(20, "mill", ("mile", 0.7, 4))],
)  # fmt: skip


def test_likeliest_words_come_first_and_everything_else_stays() -> None:
    made = corrected(TYPED, ANSWER)
    assert [each.query.text for each in made] == [
        'government "tarts" -mill',
        'governments "tarts" -mill',
        'government "tariffs" -mill',
    ]
    assert not made[0].query.facets


def test_word_that_only_titles_lack_is_doubted_last() -> None:
    made = corrected(TYPED, answer([entry(20, "mill")], [entry(20, "mill", ("mile", 0.7, 4))]))
    assert [each.query.text for each in made] == ['goverment "tarifs" -mile']
    assert corrected(TYPED, answer([entry(20, "mill")], [entry(20, "mill")])) == []


def test_correction_is_spelt_as_the_stories_spell_it() -> None:
    (made,) = corrected(Query(text="Zoele stahl"), answer([entry(0, "Zoele", ("zolle", 0.8, 2))], []))
    hit = Hit(
        story_id="s-1", title="", url="", source_id="", language="de", published_at=None, article_count=1,
        score=1.0, highlights={"title": ["Regierung erhöht <em>Zölle</em> auf <em>Stahl</em>"]},
    )  # fmt: skip
    assert as_written(made, Results(total=1, hits=(hit,), facets={})) == "Zölle stahl"
    assert as_written(made, Results(total=1, hits=(), facets={})) == "zolle stahl"


def test_each_filter_the_time_and_the_words_may_be_let_go_of() -> None:
    query = Query(
        text="nurse shortage",
        filters={"language": ["en"], "source": ["a"], "tag": []},
        since=datetime(2026, 11, 24, tzinfo=UTC),
    )
    fewer = relaxed(query)
    assert list(fewer) == [
        "without the filter on language",
        "without the filter on source",
        "at any time",
        "with any of the words",
    ]
    assert fewer["without the filter on source"].filters == {"language": ["en"], "tag": []}
    assert fewer["with any of the words"].text == "nurse OR shortage"
    assert relaxed(Query(text="nurse")) == {}


def test_places_are_counted_as_elasticsearch_counts_them() -> None:
    (made,) = corrected(Query(text="🙂 𝔖 tarifs"), answer([entry(6, "tarifs", ("tariffs", 0.8, 3))], []))
    assert made.query.text == "🙂 𝔖 tariffs"


def test_beginning_is_cut_and_cleaned() -> None:
    assert completion("a\x1f\ud800  b", None, 5)["titles"]["prefix"] == "a b"
    assert len(completion("a" * 500, None, 5)["titles"]["prefix"]) == 80
