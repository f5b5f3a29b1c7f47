"""The words by which agencies announce a new version of an article."""

from __future__ import annotations

import pytest

from pipeline.core.copies.titles import is_update, is_update_or_correction


@pytest.mark.parametrize(
    "title",
    [
        "UPDATE 2-Harbour bridge closed",
        "UPDATE: Harbour bridge closed",
        "UPDATE Harbour bridge closed",
        "UPDATED: Harbour bridge closed",
        "  Update 2 - Harbour bridge closed",
        "Update: harbour bridge closed",
        "[UPDATE] Harbour bridge closed",
        "(Update 3) Harbour bridge closed",
    ],
)
def test_title_announces_an_update(title):
    assert is_update(title)
    assert is_update_or_correction(title)


@pytest.mark.parametrize(
    "title",
    ["CORRECTED-Harbour bridge closed", "Correction: harbour bridge closed", "REFILE-Harbour bridge closed"],
)
def test_title_announces_a_correction_which_is_no_update(title):
    assert not is_update(title)
    assert is_update_or_correction(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Update on the harbour bridge",
        "Updates from the harbour bridge",
        "UPDATES: the harbour bridge",
        "Harbour bridge closed: UPDATE",
        "Correct answers to the quiz",
        "Correction of the harbour's course begins",
    ],
)
def test_title_is_an_ordinary_headline(title):
    assert not is_update_or_correction(title)
