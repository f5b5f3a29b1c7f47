"""JSON-LD as it is found: well-formed, wrapped, broken, hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clean.jsonld import article_nodes, nodes, text_of, texts_of, types

ARTICLE = '{"@type": "NewsArticle", "headline": "Ferry office grows", "datePublished": "2026-11-19"}'
SCRIPTS = {
    "as it should be": ARTICLE,
    "in a list": f"[{ARTICLE}]",
    "in a graph": f'{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite"}}, {ARTICLE}]}}',
    "as main entity": f'{{"@type": "WebPage", "mainEntity": {ARTICLE}}}',
    "with a prefixed type": ARTICLE.replace("NewsArticle", "schema:NewsArticle"),
    "with several types": ARTICLE.replace('"NewsArticle"', '["Thing", "ReportageNewsArticle"]'),
    "in an HTML comment": f"<!-- {ARTICLE} -->",
    "in a CDATA section": f"//<![CDATA[\n{ARTICLE}\n//]]>",
    "with a semicolon after it": f"{ARTICLE};",
    "with a comma too many": ARTICLE.replace('"}', '",}'),
    "with a raw line break in a string": ARTICLE.replace("}", ', "description": "two\nlines"}'),
    "two objects one after another": f'{{"@type": "Organization"}}{ARTICLE}',
    "escaped as HTML": ARTICLE.replace('"', "&quot;"),
    "with an unescaped quotation mark": ARTICLE.replace("}", ', "description": "the "new" office"}'),
    "cut off": ARTICLE.replace("}", ', "articleBody": "The office'),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_article_is_read_however_it_is_written(name: str):
    (article,) = article_nodes(nodes([SCRIPTS[name]]))
    assert text_of(article["headline"]) == "Ferry office grows"
    assert article["datePublished"] == "2026-11-19"


def test_articles_in_lists_of_others_are_not_the_pages_own():
    page = f'{{"@type": "ItemList", "itemListElement": [{ARTICLE}]}}'
    assert article_nodes(nodes([page])) == []


def test_texts_are_unescaped_and_found_in_names_and_values():
    assert text_of({"@type": "Person", "name": "Ada &amp; Eve"}) == "Ada & Eve"
    assert text_of([{"@value": "one"}, "two"]) == "one"
    assert texts_of(["a", {"name": "b"}, 3, None, ["c"], ""]) == ["a", "b", "c"]
    assert text_of({"name": {"name": []}}) is None


def test_types_lose_their_prefix():
    assert types({"@type": ["http://schema.org/Report", "schema:Thing", 4]}) == ["Report", "Thing"]


@pytest.mark.parametrize("script", ["", "[" * 100_000, '{"a":' * 50_000, "null", "3", "{}", "]", "\x00"])
def test_script_without_an_article_gives_none(script: str):
    assert article_nodes(nodes([script])) == []


@given(st.text(alphabet='{}[]",:@typeNwsAricl\\ \n', max_size=80))
def test_any_script_is_survived(script: str):
    assert isinstance(nodes([script]), list)
