"""What an explanation shows of two texts."""

from __future__ import annotations

from pipeline.core.copies import Furniture, tokenize, words
from pipeline.core.copies.passages import Passage, passages
from pipeline.core.copies.shingles import ascending_once, shingle


def test_shared_passages_are_named_by_their_words(text_of):
    one = "The mayor said the bridge will stay closed until June while engineers look at the northern pillar"
    other = (
        "Traffic is diverted: the bridge will stay closed until June, the city said, and the mayor said sorry"
    )
    found = passages(text_of(one), text_of(other, "a-2"))
    assert [" ".join(words(one)[it.one : it.one + it.length]) for it in found] == [
        "the bridge will stay closed until june",
        "the mayor said",
    ]
    assert [" ".join(words(other)[it.other : it.other + it.length]) for it in found] == [
        "the bridge will stay closed until june",
        "the mayor said",
    ]


def test_the_longest_of_several_occurrences_is_shown(text_of):
    one, other = "a b c d e f g", "a b c x a b c d e y a b c"
    assert passages(text_of(one), text_of(other, "a-2")) == (Passage(0, 4, 5),)


def test_at_most_so_many_are_shown(text_of, some_words):
    text = some_words(1, 40)
    other = [word for start in range(0, 40, 4) for word in (*text[start : start + 4], f"x{start}")]
    assert len(passages(text_of(text), text_of(other, "a-2"), limit=3)) == 3


def test_furniture_is_not_shown(text_of):
    pitch = "sign up for our morning newsletter"
    listed = Furniture(3, ascending_once(shingle(tokenize(pitch))))
    one, other = (
        text_of(f"flood {pitch}", furniture=listed),
        text_of(f"fire {pitch}", "a-2", furniture=listed),
    )
    assert passages(one, other) == ()


def test_nothing_is_shared_with_an_empty_text(text_of):
    assert passages(text_of(""), text_of("a b c", "a-2")) == ()
    assert passages(text_of("a b c"), text_of("", "a-2")) == ()


def test_a_line_repeated_a_thousand_times_is_explained_in_time(text_of):
    line = "buy now pay later " * 1000
    found = passages(text_of(line), text_of(line, "a-2"))
    assert found[0].length >= 4
