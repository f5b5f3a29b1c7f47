"""The body of the article: which text of the page is its own."""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura import bare_extraction

from pipeline.core.clean.characters import lines
from pipeline.core.clean.page import Page
from pipeline.errors import InvalidRecord

_STRIPPED = (
    'script:not([type*="ld+json"]), style, svg, iframe, template, canvas, object, nav, footer, aside, form, button, select, '
    '[role="navigation"], [role="banner"], [role="contentinfo"], [role="complementary"]'
)  # fmt: skip
SHORT = 800
"""Characters: a precise run that yields less is repeated with every fallback on the whole page."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text that was taken out, and the rule that did it."""

    text: str
    rule: str


def tree_of(html: str) -> HtmlElement:
    """The page as lxml's tree. Raises InvalidRecord(extraction-failed) when it has no element at all."""
    try:
        return document_fromstring(html.encode("utf-8"), parser=HTMLParser(encoding="utf-8"))
    except (LxmlError, ValueError) as error:
        raise InvalidRecord("extraction-failed", f"the page has no tree: {error}") from error


def read_body(page: Page) -> list[str]:
    """The paragraphs of the article, in order."""
    whole = page.dom.html or ""
    stripped = page.dom.clone()
    for node in stripped.css(_STRIPPED):
        node.decompose()
    text = _extract(tree_of(stripped.html or "<html></html>"), precise=True)
    if len(text) < SHORT:
        text = max(text, _extract(tree_of(whole), precise=False), key=len)
    return lines(text)


def _extract(tree: HtmlElement, *, precise: bool) -> str:
    document = bare_extraction(tree, include_comments=False, fast=precise, favor_precision=precise)
    text = getattr(document, "text", None)
    return text if isinstance(text, str) else ""
