"""Plain text out of markup: what is cut away, and that cutting early changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.feeds.text import plain

PIECES = st.sampled_from(
    [
        *("word ", "a < b ", "x" * 30 + " ", "\n\n", "\x07", "&amp;", "&nbsp;", "&hellip;"),
        *("<p>", "</p>", "<b>", "</b>", "<br/>", "</a>", "<generics>", "<!-- left out -->"),
        "<a href='https://desk.example/a?b=1&amp;c=2'>",
    ]
)


@given(st.lists(PIECES, min_size=20, max_size=80), st.sampled_from([None, True, False]))
def test_beginning_of_a_line_does_not_depend_on_what_follows(pieces: list[str], markup: bool | None):
    text = " ".join("".join(pieces).split())
    limit = len(text) * 2 // 5
    whole = plain(text, markup=markup, limit=len(text)) or ""
    assert plain(text, markup=markup, limit=limit) == (whole[:limit] or None)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("<p>One</p><p>two</p>", "One two", id="blocks leave a space"),
        pytest.param("o<b>n</b>e", "one", id="tags inside a line leave nothing"),
        pytest.param("List<String> of <generics>", "List<String> of <generics>", id="no tag of HTML stays"),
        pytest.param("<P CLASS=x>One", "One", id="capitals are tags"),
        pytest.param("AT&amp;T &lt;b&gt;", "AT&T <b>", id="references are read once"),
        pytest.param("one<script>evil()</script> two", "one two", id="scripts are never text"),
    ],
)
def test_markup_becomes_text(text: str, shown: str):
    assert plain(text) == shown


def test_a_tag_at_the_first_cut_does_not_become_text():
    """The first look ends inside the long tag, which holds no text at all."""
    text = "word " * 140 + f"<a href='{'x' * 300}'>after</a> " + "word " * 60
    shown = plain(text, limit=500)
    assert shown == ("word " * 140)[:500]
