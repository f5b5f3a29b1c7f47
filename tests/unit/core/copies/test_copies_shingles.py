"""Shingles, sketches and the lookup rule."""

from __future__ import annotations

import pytest

from pipeline.core.copies import (
    COPIES_VERSION,
    Furniture,
    LookupRule,
    is_candidate,
    lookup_rule,
    sketch,
    tokenize,
)
from pipeline.core.copies.shingles import ascending_once, shingle
from pipeline.core.copies.sketch import terms


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


@pytest.mark.parametrize(
    ("language", "tokens"), [("en", 3), ("fa", 3), ("zh", 4), ("zh-Hant", 4), ("ja", 6), ("ko", 6), ("th", 8)]
)
def test_shingle_is_about_three_words_in_every_script(text_of, language, tokens):
    """Three characters of Thai are less than one word: unrelated texts would share a third of them."""
    text = text_of("กขคงจฉชซฌญฎฏฐฑฒณดตถท", language=language)
    assert text.width == tokens
    assert len(text.shingles) == 20 - tokens + 1


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
    ("words_", "least", "most"),
    named(
        ("an empty text", 0, 0, 0),
        ("all of a few", 12, 10, 10),
        ("the floor, and the opening", 200, 24, 32),
        ("one in sixteen, and the opening", 1602, 100, 108),
        ("a very long page", 32_002, 2000, 2008),
        ("a book", 100_002, 4096, 4104),
    ),
)
def test_size_of_a_sketch(text_of, words_, least, most):
    text = text_of([f"w{number}" for number in range(words_)])
    assert least <= len(sketch(text)) <= most


def test_terms_are_the_smallest_shingles_of_the_text_and_of_its_opening(text_of, some_words):
    text = text_of(some_words(1, 900))
    of_the_text = in_hex(text.unique[: text.n_net // 16])
    of_the_opening = sorted(in_hex(text.shingles[:32]))[:8]
    assert list(sketch(text)) == sorted({*of_the_text, *of_the_opening})
    assert [int(term, 16) for term in sketch(text)] == terms(text).tolist()


def test_opening_begins_after_leading_furniture(text_of, some_words):
    """A menu in front of the text must not take the opening's terms, nor displace them."""
    menu, body = some_words(2, 40), some_words(1, 900)
    listed = Furniture(3, ascending_once(shingle(tokenize(" ".join([*menu, *body[:2]])))))
    assert set(sketch(text_of(body))) == set(sketch(text_of([*menu, *body], "a-2", furniture=listed)))


def test_short_opening_finds_the_whole_text(text_of, some_words):
    """Thirty words have too few of a long text's smallest shingles: one in seven would be missed without the
    terms of the opening."""
    missed = 0
    for seed in range(200):
        text = some_words(seed, 400)
        missed += not is_candidate(text_of(text), text_of(text[:32], "a-2"))
    assert missed == 0


@pytest.mark.parametrize(
    ("net", "expected"), [(1, LookupRule(1)), (71, LookupRule(1)), (72, LookupRule(2)), (900, LookupRule(2))]
)
def test_lookup_rule_by_length(text_of, net, expected):
    assert lookup_rule(text_of([f"w{number}" for number in range(net + 2)])) == expected
    assert expected.short_below == 72


def crossing(text_of, count, other_net):
    """Two texts that share `count` of their sketch terms: one's own words, and a
    text that quotes the three words behind each of them."""
    one = text_of([f"w{number}" for number in range(902)], "a-1")
    order = {value: place for place, value in enumerate(one.shingles.tolist())}
    places = [order[value] for value in one.unique.tolist() if order[value] > 40][:count]
    quotes = [
        word for place in places for word in (f"w{place}", f"w{place + 1}", f"w{place + 2}", f"x{place}")
    ]
    filler = [f"y{number}" for number in range(other_net + 2 - len(quotes))]
    return one, text_of(quotes + filler, "a-2")


@pytest.mark.parametrize(
    ("count", "other_net", "expected"),
    named(
        ("one term with a long text is chance", 1, 80, False),
        ("two terms are enough", 2, 80, True),
        ("one term is all a short text can share", 1, 60, True),
        ("no shared term", 0, 60, False),
    ),
)
def test_candidates(text_of, count, other_net, expected):
    one, other = crossing(text_of, count, other_net)
    assert is_candidate(one, other) is expected
    assert is_candidate(other, one) is expected


@pytest.mark.parametrize(
    ("language", "days", "expected"),
    [("en", 7, True), ("en", 7.01, False), ("en", -7, True), ("fr", 0, False), ("en-GB", 0, True)],
)
def test_candidates_lie_within_the_gates(text_of, some_words, language, days, expected):
    text = some_words(1, 300)
    assert is_candidate(text_of(text), text_of(text, "a-2", language=language, days=days)) is expected
