"""Titles without their site and authors as clean names."""

from __future__ import annotations

import pytest

from pipeline.core.clean.authors import shown_authors
from pipeline.core.clean.names import clean_names
from pipeline.core.clean.titles import choose_title

NAMES = {
    "By Ada Penn and Joe Quill": ("Ada Penn", "Joe Quill"),
    "Von Max Müller, dpa": ("Max Müller",),
    "ADA PENN, ASSOCIATED PRESS": ("Ada Penn",),
    "Ada Penn, Senior Editor": ("Ada Penn",),
    "Ada Penn, MS, RDN": ("Ada Penn",),
    "José García y Ana López": ("José García", "Ana López"),
    "Text: Hans Huber": ("Hans Huber",),
    "Текст: Анна Иванова": ("Анна Иванова",),
    "بقلم أحمد علي": ("أحمد علي",),
    "記者：王小明": ("王小明",),
    "Jean-Luc Pic, Will T. Rik and Dea Troi": ("Jean-Luc Pic", "Will T. Rik", "Dea Troi"),
    "John E Smith": ("John E Smith",),
    "Ada Penn Associated Press": ("Ada Penn",),
    "AFP/Reuters": ("AFP", "Reuters"),
    "Ada Penn (ada@daily.example)": ("Ada Penn",),
    "Ada Penn @adapenn": ("Ada Penn",),
    "https://social.example/ada": (),
    "admin": (),
    "By STAFF": (),
    "12345": (),
    "": (),
}


@pytest.mark.parametrize("text", NAMES)
def test_names_are_freed_of_all_that_is_no_name(text: str):
    assert NAMES[text] == clean_names([text])


def test_the_sites_name_and_agencies_stay_only_where_no_person_is_named():
    sites = frozenset(["dailytest"])
    assert clean_names(["Ada Penn", "The Daily Test", "Reuters"], sites) == ("Ada Penn",)
    assert clean_names(["The Daily Test"], sites) == ("The Daily Test",)


def test_one_name_in_two_spellings_is_one_author():
    assert clean_names(["Ada Penn", "ADA PENN", "ada penn"]) == ("Ada Penn",)


LINES = {
    "By Ada Penn": ("Ada Penn",),
    "Written by Ada Penn, MS on November 14, 2026": ("Ada Penn",),
    "by Ada Penn Monday, November 18, 2026": ("Ada Penn",),
    "Vroni Achleitner, 24.11.2026, 07:55": ("Vroni Achleitner",),
    "November 20, 2026 - 11:28": (),
    "Posted on March 30, 2026 by Admin": (),
    "By signing up you agree to our terms": (),
    "Share this story": (),
}


@pytest.mark.parametrize("line", LINES)
def test_lines_above_the_text_name_people_or_nobody(line: str):
    assert LINES[line] == shown_authors([line], ["The Daily Test"])


def title(
    h1s: list[str], headlines: list[str], metas: list[str], pages: list[str], feed: str | None = None
) -> tuple:
    found = choose_title(
        h1s=h1s, headlines=headlines, metas=metas, html_titles=pages, feed=feed, site_names=["The Daily Test"]
    )
    return (found.value, found.origin) if found else None


OFFICE = "Ferry office opens a second window"


def test_single_heading_is_the_title_before_a_shortened_headline():
    assert title([OFFICE], ["Ferry office opens"], [], []) == (OFFICE, "html")


def test_heading_that_is_the_sites_name_is_no_title():
    assert title(["The Daily Test"], [OFFICE], [], []) == (OFFICE, "json-ld")


def test_heading_that_agrees_with_nothing_declared_is_no_title():
    assert title(["Subscribe to our letter"], [OFFICE], [], []) == (OFFICE, "json-ld")


def test_of_several_headings_the_one_that_agrees_is_taken():
    assert title(["Sport", OFFICE, "Weather"], [], [OFFICE], []) == (OFFICE, "html")


def test_label_before_the_heading_is_left_out_where_the_headline_shows_how():
    assert title([f"Politics {OFFICE}"], [OFFICE], [], []) == (OFFICE, "json-ld")


def test_site_is_cut_from_declared_titles_at_either_end():
    for given in (f"{OFFICE} - The Daily Test", f"{OFFICE} | The Daily Test", f"The Daily Test: {OFFICE}"):
        assert title([], [], [given.replace(": ", " : ")], []) == (OFFICE, "meta")


def test_dash_inside_a_title_stays():
    assert title([], [], ["Ferry office - a second window"], []) == ("Ferry office - a second window", "meta")


def test_page_title_loses_what_follows_a_bar():
    assert title([], [], [], [f"{OFFICE} | News | Daily"]) == (OFFICE, "html")


def test_feed_names_a_page_that_does_not():
    assert title([], [], [], [], OFFICE) == (OFFICE, "feed")
    assert title([], [], [], []) is None
