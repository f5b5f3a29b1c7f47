"""Inflected forms are found in every language that the index has fields for, without naming it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from pipeline.core.search import Query
from pipeline.core.search_request import mapped_suffixes
from pipeline.settings import Settings
from tests.contract.shelves import Shelf, shelf, written

pytestmark = pytest.mark.servers

_GIVEN = yaml.safe_load(Path(__file__).with_name("languages.yaml").read_text(encoding="utf-8"))
TEXTS = {language: given["text"] for language, given in _GIVEN.items()}
ASKED = {language: given["asked"] for language, given in _GIVEN.items()}


@pytest.fixture(scope="module")
def library(settings: Settings) -> Iterator[Shelf]:
    with shelf(settings) as made:
        made.put(
            written(number, "…", text, language) for number, (language, text) in enumerate(TEXTS.items(), 1)
        )
        yield made


def test_every_language_field_is_covered() -> None:
    suffixes = {"cjk" if language in ("zh", "ja", "ko") else language for language in TEXTS}
    assert suffixes == set(mapped_suffixes())


@pytest.mark.parametrize(
    ("language", "word"), [(language, word) for language, words in ASKED.items() for word in words.split()]
)
def test_word_finds_the_text_that_has_another_form_of_it(library: Shelf, language: str, word: str) -> None:
    found = library.searcher.search(Query(text=word))
    assert language in [hit.language for hit in found.hits]


@pytest.mark.parametrize("language", TEXTS)
def test_form_found_is_marked(library: Shelf, language: str) -> None:
    word = ASKED[language].split()[0]
    (hit,) = [hit for hit in library.searcher.search(Query(text=word)).hits if hit.language == language]
    assert "<em>" in hit.highlights["text"][0]


def test_text_of_undetected_language_is_found_by_its_own_words(library: Shelf) -> None:
    library.put([written(99, "Zum Quux", "Blorft drindel wimfas.", "und")])
    assert [hit.language for hit in library.searcher.search(Query(text="drindel quux")).hits] == ["und"]


def test_words_of_one_query_are_read_in_one_language_that_drops_its_small_words(library: Shelf) -> None:
    assert "en" in [hit.language for hit in library.searcher.search(Query(text="of government")).hits]
