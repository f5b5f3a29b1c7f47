"""Titles: what is the site's name leaves, and broken markup costs no more than a long title."""

from __future__ import annotations

import pytest

from pipeline.core.clean.titles import MAX_TITLE, choose_title, without_site

NAMES = frozenset({"thegazette"})


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ("Bridge reopens after repairs | The Gazette", "Bridge reopens after repairs"),
        ("The Gazette – Bridge reopens", "Bridge reopens"),
        ("桥梁重新开放_The Gazette", "桥梁重新开放"),
        ("Bridge reopens: a day on the river", "Bridge reopens: a day on the river"),
    ],
    ids=[
        "behind a bar",
        "before a dash",
        "no space in a script without them",
        "a colon of the headline's own",
    ],
)
def test_name_of_the_site_leaves_the_title(declared: str, title: str) -> None:
    assert without_site(declared, NAMES) == title


@pytest.mark.parametrize("sign", [" - ", "_", "|", " » "])
def test_page_that_became_a_title_is_read_in_part(sign: str) -> None:
    page = sign.join(["Bridge reopens"] * 50_000)
    assert len(without_site(page, NAMES)) <= 1_000
    choice = choose_title(
        h1s=[page], headlines=[page], metas=[page], html_titles=[page], feed=None, site_names=["The Gazette"]
    )
    assert choice is not None
    assert choice.value.startswith("Bridge reopens")
    assert len(choice.value) <= MAX_TITLE
