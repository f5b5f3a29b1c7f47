"""Furniture in and around a text: each piece at the head, in the middle and at the tail of an article."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline.core.clean import extract
from tests.unit.core.clean.pages import raw

PIECES = yaml.safe_load(Path(__file__).with_name("furniture.yaml").read_text(encoding="utf-8"))
TEXTS: dict[str, list[str]] = PIECES["texts"]


def page(
    language: str, *, head: str = "", middle: str = "", tail: str = "", body_class: str = "article-body"
) -> str:
    """The text of that language as a page; `middle` comes after its second paragraph."""
    text = "".join(f"<p>{line}</p>" + (middle if n == 2 else "") for n, line in enumerate(TEXTS[language], 1))
    name = f' class="{body_class}"' if body_class else ""
    title = TEXTS[language][0][:40]
    return (
        f"<html lang={language}><head><meta charset=utf-8><title>{title}</title></head><body>"
        f'<div id="page"><h1>{title}</h1><div{name}>{head}{text}</div>{tail}</div><div><p>Imprint</p></div>'
    )


@pytest.mark.parametrize("body_class", ["article-body", "css-1x2y3z", ""])
@pytest.mark.parametrize("language", TEXTS)
def test_text_in_any_language_comes_out_whole(language: str, body_class: str):
    article = extract(raw(page(language, body_class=body_class)))
    assert TEXTS[language] == article.text.split("\n\n")
    assert language == article.language


@pytest.mark.parametrize("place", ["head", "middle", "tail"])
@pytest.mark.parametrize("language", ["en", "ja", "ar"])
@pytest.mark.parametrize("name", PIECES["furniture"])
def test_furniture_goes_and_every_paragraph_stays(name: str, language: str, place: str):
    piece = {place: PIECES["furniture"][name]}
    assert TEXTS[language] == extract(raw(page(language, **piece))).text.split("\n\n")


@pytest.mark.parametrize("body_class", ["article-body", ""])
@pytest.mark.parametrize("language", ["en", "ru", "ja"])
@pytest.mark.parametrize("name", PIECES["tails"])
def test_text_ends_where_the_article_ends(name: str, language: str, body_class: str):
    body = page(language, tail=PIECES["tails"][name], body_class=body_class)
    assert TEXTS[language] == extract(raw(body)).text.split("\n\n")


@pytest.mark.parametrize("name", PIECES["kept"])
def test_text_that_resembles_furniture_stays(name: str):
    piece = PIECES["kept"][name]
    article = extract(raw(page("en", middle=piece["html"])))
    assert piece["words"] in article.text
    assert len(article.text.split("\n\n")) > len(TEXTS["en"])
