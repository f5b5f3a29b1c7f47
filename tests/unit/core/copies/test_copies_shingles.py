"""Shingles, sketches and the lookup rule."""

from __future__ import annotations

import pytest

from pipeline.core.copies import COPIES_VERSION, LookupRule, is_candidate, lookup_rule, sketch, tokenize
from pipeline.core.copies.shingles import shingle
from pipeline.core.copies.sketch import smallest


def named(*rows):
    """Rows of a table whose first entry is the test's name."""
    return [pytest.param(*values, id=name) for name, *values in rows]


def in_hex(values):
    return [f"{value:016x}" for value in values.tolist()]


def test_shingles_have_the_values_of_copies_v1():
    """The contract's own check values: other constants or another order would find no stored sketch again."""
    assert COPIES_VERSION == "copies.v1"
    assert in_hex(shingle(tokenize("the quick brown fox jumps"))) == [
        "050f335a4b0053fc",
        "d17d59a05e08b76e",
        "64207194e8f55273",
    ]


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("flood", 1), ("flood warning", 1), ("a b c", 1), ("a b c d", 2)]
)
def test_number_of_shingles(text, count):
    assert len(shingle(tokenize(text))) == count


def test_short_texts_differ_by_their_words():
    """One and two words are padded, not dropped: two alerts of one word each must not look the same."""
    values = [shingle(tokenize(text))[0] for text in ("flood", "fire", "flood fire", "fire flood")]
    assert len(set(values)) == 4


def test_shingles_depend_on_the_order_of_words():
    assert in_hex(shingle(tokenize("a b c"))) != in_hex(shingle(tokenize("c b a")))


def test_repeats_stay_in_the_sequence_and_leave_the_set(text_of):
    prepared = text_of("flood warning issued " * 10)
    assert len(prepared.shingles) == 28
    assert prepared.n_net == 3


@pytest.mark.parametrize(
    ("words_", "terms"),
    named(("an empty text", 0, 0), ("few", 12, 10), ("the floor", 200, 24), ("one in sixteen", 1602, 100)),
)
def test_size_of_a_sketch(text_of, words_, terms):
    text = text_of([f"w{number}" for number in range(words_)])
    assert len(sketch(text)) == terms


def test_terms_are_the_smallest_shingles_in_ascending_order(text_of, some_words):
    text = text_of(some_words(1, 900))
    expected = in_hex(text.unique[: text.n_net // 16])
    assert list(sketch(text)) == expected == sorted(expected)
    assert [int(term, 16) for term in sketch(text)] == smallest(text).tolist()


@pytest.mark.parametrize(
    ("net", "expected"), [(1, LookupRule(1)), (71, LookupRule(1)), (72, LookupRule(2)), (900, LookupRule(2))]
)
def test_lookup_rule_by_length(text_of, net, expected):
    assert lookup_rule(text_of([f"w{number}" for number in range(net + 2)])) == expected
    assert expected.short_below == 72


def crossing(text_of, terms, other_net):
    """Two texts that share exactly the shingles behind `terms` of their sketch terms: one's own words, and a
    text that quotes the three words behind each of them."""
    one = text_of([f"w{number}" for number in range(902)], "a-1")
    order = {value: place for place, value in enumerate(one.shingles.tolist())}
    places = [order[value] for value in one.unique[:terms].tolist()]
    quotes = [
        word for place in places for word in (f"w{place}", f"w{place + 1}", f"w{place + 2}", f"x{place}")
    ]
    filler = [f"y{number}" for number in range(other_net + 2 - len(quotes))]
    return one, text_of(quotes + filler, "a-2")


@pytest.mark.parametrize(
    ("terms", "other_net", "expected"),
    named(
        ("one term with a long text is chance", 1, 80, False),
        ("two terms are enough", 2, 80, True),
        ("one term is all a short text can share", 1, 60, True),
        ("no shared term", 0, 60, False),
    ),
)
def test_candidates(text_of, terms, other_net, expected):
    one, other = crossing(text_of, terms, other_net)
    assert is_candidate(one, other) is expected
    assert is_candidate(other, one) is expected


@pytest.mark.parametrize(
    ("language", "days", "expected"),
    [("en", 7, True), ("en", 7.01, False), ("en", -7, True), ("fr", 0, False), ("en-GB", 0, True)],
)
def test_candidates_lie_within_the_gates(text_of, some_words, language, days, expected):
    text = some_words(1, 300)
    assert is_candidate(text_of(text), text_of(text, "a-2", language=language, days=days)) is expected
