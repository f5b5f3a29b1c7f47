"""Tokens and their stored form: the part of `copies.v1` that must never drift."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from pipeline.core.copies import Tokens, tokenize, words


def named(*rows):
    """Rows of a table whose first entry is the test's name."""
    return [pytest.param(*values, id=name) for name, *values in rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    named(
        ("apostrophes separate", "Don't", ["don", "t"]),
        ("typographic apostrophes do too", "Don’t", ["don", "t"]),
        ("thousands separators separate", "10,000", ["10", "000"]),
        ("underscores separate", "snake_case", ["snake", "case"]),
        ("full stops separate", "U.S. 3.5", ["u", "s", "3", "5"]),
        ("case is folded, not lowered", "STRASSE Straße", ["strasse", "strasse"]),
        ("full-width and ligatures are folded", "ＡＢＣ ﬁne", ["abc", "fine"]),
        ("accents are composed", "cafe\u0301", ["caf\u00e9"]),
        ("accented letters stay letters", "naïve Übung", ["naïve", "übung"]),
        ("Cyrillic and Greek are words", "Мэр Αθήνα", ["мэр", "αθήνα"]),
        ("no words", " —… \n ", []),
        ("a lone surrogate is no letter", "a\ud800b", ["a", "b"]),
        ("Han is split into characters", "東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("so is a whole run that holds some", "第3回TV", ["第", "3", "回", "t", "v"]),
        ("half-width kana are folded first", "ﾃﾚﾋﾞ", ["テ", "レ", "ビ"]),
        ("Hangul is split", "서울 시", ["서", "울", "시"]),
        ("decomposed Hangul is composed first", "\u1112\u1161\u11ab", ["한"]),
        ("Thai is split", "ไทยดี", ["ไ", "ท", "ย", "ด"]),
        ("Arabic vowel signs do not count", "مُحَمَّد محمد", ["محمد", "محمد"]),
        ("nor does the stretching stroke", "مـــصر", ["مصر"]),
        ("Arabic and Persian keyboards agree", "كتابي کتابی", ["کتابی", "کتابی"]),
        ("the zero-width non-joiner separates like a space", "می‌شود می شود", ["می", "شود", "می", "شود"]),
        ("Hebrew points do not count", "שָׁלוֹם", ["שלום"]),
        ("Indic words keep their vowel signs", "हिन्दी में।", ["हिन्दी", "में"]),
    ),
)
def test_words_of(text, expected):
    assert words(text) == expected


def test_one_hash_stands_for_each_word():
    assert len(tokenize("Don't stop")) == len(words("Don't stop")) == 3


def test_a_word_has_one_hash_wherever_it_stands():
    hashes = tokenize("the bridge and the river").hashes
    assert hashes[0] == hashes[3]
    assert len(set(hashes.tolist())) == 4


@given(
    st.text()
    | st.lists(
        st.sampled_from(["Don’t", "é", "_", "Mañana", "²", "½", "ſ", "5", " ", "мэр", "東", "\u0301"])
    ).map("".join)
)
def test_hashes_are_those_of_the_words_however_they_were_found(text):
    """Most texts are split without regular expressions; what is shown and what is hashed must not differ."""
    assert [xxh3_64_intdigest(word.encode()) for word in words(text)] == tokenize(text).hashes.tolist()


@given(st.text())
def test_any_text_has_as_many_hashes_as_words(text):
    assert len(tokenize(text)) == len(words(text))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_stored_hashes_come_back(values):
    import numpy as np

    tokens = Tokens(np.array(values, dtype=np.uint64))
    assert Tokens.from_base64(tokens.to_base64()) == tokens


def test_hashes_are_stored_little_endian():
    """The stored form outlives the machine that wrote it."""
    assert Tokens.from_base64("AQAAAAAAAAA=").hashes.tolist() == [1]


@pytest.mark.parametrize(
    "stored", ["AQAAAAA=", "not base64!", "AQAAAAAAAAA"], ids=["cut", "no code", "unpadded"]
)
def test_broken_stored_hashes_are_refused(stored):
    with pytest.raises(ValueError, match="token hashes"):
        Tokens.from_base64(stored)


def test_tokens_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        tokenize("one two three").hashes[0] = 1
