"""What a new revision changed, told from a sketch of the one before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clean import extract, revision_of
from pipeline.core.clean.changes import changed_since, sketch_of
from pipeline.core.model import Changed, CleanArticle
from tests.unit.core.clean.pages import raw

SENTENCES = [f"The office opens window {n} in March after the long debate." for n in range(10)]
PAGE = f"<html lang=en><title>Office</title><h1>Office</h1><article><p>{' '.join(SENTENCES)}</p></article>"
FIRST = extract(raw(PAGE))


def revised(text: str, title: str = FIRST.title) -> CleanArticle:
    return replace(FIRST, title=title, text=text, revision=revision_of(title, text))


def change(text: str, title: str = FIRST.title) -> Changed | None:
    return changed_since(FIRST.revision, sketch_of(FIRST), revised(text, title))


def test_one_of_ten_sentences_is_a_tenth_of_the_text():
    text = " ".join([*SENTENCES[:9], "The office opens window X in March after the long debate."])
    assert change(text) == Changed(since=FIRST.revision, title=False, text=0.1)


def test_another_text_altogether_is_all_of_it():
    found = change("Nothing of what was said before is said here again.")
    assert found is not None
    assert found.text == 1.0


def test_title_alone_changes_no_text():
    assert change(FIRST.text, "Office opens") == Changed(since=FIRST.revision, title=True, text=0.0)


def test_order_of_paragraphs_is_no_change_of_words_but_a_revision():
    found = change(" ".join(reversed(SENTENCES)))
    assert found == Changed(since=FIRST.revision, title=False, text=0.0)


@pytest.mark.parametrize("text", ["\n\n".join(SENTENCES), "  ".join(SENTENCES) + "\n"])
def test_white_space_is_no_revision(text: str):
    assert change(text) is None


def test_scripts_without_spaces_have_sentences_too():
    before = revised("島の議会は窓口を開く。三月に始まる。" * 3)
    after = revised("島の議会は窓口を開く。四月に始まる。" * 3)
    found = changed_since(before.revision, sketch_of(before), after)
    assert found is not None
    assert 0.2 < found.text < 0.6


def test_other_rules_or_no_text_before_give_nothing_to_compare():
    other = replace(revised("Other."), extraction_version="clean.v0")
    assert changed_since(FIRST.revision, sketch_of(FIRST), other) is None
    assert changed_since(FIRST.revision, None, revised("Other.")) is None
    assert changed_since(None, None, revised("Other.")) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_share_is_between_none_and_all_and_the_same_both_ways(one: str, other: str):
    a, b = revised(one), revised(other, "Another title")
    there, back = changed_since(a.revision, sketch_of(a), b), changed_since(b.revision, sketch_of(b), a)
    assert there is not None
    assert back is not None
    assert 0.0 <= there.text == back.text <= 1.0
