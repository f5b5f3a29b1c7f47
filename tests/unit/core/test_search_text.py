"""What readers type, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.search import BadQuery
from pipeline.core.search_text import MAX_CHARACTERS, MAX_WORDS, Term, Words, words_of


def word(text: str) -> Term:
    return Term("word", text)


PLAIN = [
    ("words", "steel tariffs", ("steel", "tariffs")),
    ("odd spaces", "  steel\t\ntariffs ", ("steel", "tariffs")),
    ("AND says what is meant anyway", "steel AND tariffs", ("steel", "tariffs")),
    ("a hyphen within a word", "all-night", ("all-night",)),
    ("signs alone", "steel - + -- & ** ~ tariffs", ("steel", "tariffs")),
    ("other scripts", "钢铁 пошлина ضريبة", ("钢铁", "пошлина", "ضريبة")),
    ("small or and not", "or not", ("or", "not")),
]


@pytest.mark.parametrize(("case", "text", "plain"), PLAIN, ids=[row[0] for row in PLAIN])
def test_plain_words(case: str, text: str, plain: tuple[str, ...]) -> None:
    assert words_of(text) == Words(plain=plain)


SPECIAL = [
    ("a phrase", '"blast furnace"', Words(required=((Term("phrase", "blast furnace"),),))),
    ("typographic quotes", "„zwei Wörter“", Words(required=((Term("phrase", "zwei Wörter"),),))),
    ("angular quotes", "«deux mots»", Words(required=((Term("phrase", "deux mots"),),))),
    ("corner brackets", "「鋼鉄」", Words(required=((Term("phrase", "鋼鉄"),),))),
    ("a phrase beside a word", 'a"b c"d', Words(plain=("a", "d"), required=((Term("phrase", "b c"),),))),
    ("a word that must be there", "+steel mill", Words(plain=("mill",), required=((word("steel"),),))),
    ("a word that must not", "mill -steel", Words(plain=("mill",), excluded=(word("steel"),))),
    ("NOT", "mill NOT steel", Words(plain=("mill",), excluded=(word("steel"),))),
    ("a phrase that must not", '-"a b"', Words(excluded=(Term("phrase", "a b"),))),
    ("a beginning", "semi*", Words(required=((Term("prefix", "semi"),),))),
    ("a misspelt word", "tarrif~ stel~1", Words(
        required=((Term("fuzzy", "tarrif"),), (Term("fuzzy", "stel"),)))),
    ("alternatives", "a b OR c | \"d e\" f", Words(
        plain=("a", "f"), required=((word("b"), word("c"), Term("phrase", "d e")),))),
    ("nothing", " ", Words()),
]  # fmt: skip


@pytest.mark.parametrize(("case", "text", "words"), SPECIAL, ids=[row[0] for row in SPECIAL])
def test_special_terms(case: str, text: str, words: Words) -> None:
    assert words_of(text) == words


HINTS = [
    ("open quote", '"blast furnace', "not closed"),
    ("star inside", "ste*l", "at the end of a word"),
    ("OR first", "OR steel", "between two words"),
    ("OR last", "steel OR", "between two words"),
    ("signs only", "?? -- !", "no word"),
    ("a filter", "lang:en steel", "--source or filters="),
    ("a field", "title:steel", "titles and texts at once"),
    ("brackets", "steel (mill OR works)", "OR joins"),
]


@pytest.mark.parametrize(("case", "text", "said"), HINTS, ids=[row[0] for row in HINTS])
def test_odd_query_is_taken_as_meant_and_commented(case: str, text: str, said: str) -> None:
    (hint,) = words_of(text).hints
    assert said in hint


def test_open_quote_reaches_to_the_end() -> None:
    assert words_of('mill "blast furnace').required == ((Term("phrase", "blast furnace"),),)


@pytest.mark.parametrize("text", ["x" * (MAX_CHARACTERS + 1), "a " * (MAX_WORDS + 1), '"' + "a " * 65 + '"'])
def test_query_as_long_as_an_article_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(BadQuery) as refused:
        words_of(text)
    assert "at most" in refused.value.hint


@given(st.text(max_size=120))
def test_whatever_is_typed_is_understood(text: str) -> None:
    words = words_of(text)
    letters = [character for character in words.wanted if character.isalnum()]
    assert letters == [] or not words.empty
    assert all(character in text for character in letters)


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), max_size=20))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    assert words_of(" ".join(words)).plain == tuple(words)


@pytest.mark.parametrize(
    "text", ["http://desk.example/a", "12:30", "Mayor: taxes", "f(x) [sic", "source: Reuters"]
)
def test_text_that_only_looks_like_another_language_gets_no_hint(text: str) -> None:
    assert words_of(text).hints == ()


def test_what_is_no_character_is_a_space() -> None:
    assert words_of("a\x00b \ud800c\udcff").plain == ("a", "b", "c")
