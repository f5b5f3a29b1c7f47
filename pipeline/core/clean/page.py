"""A page parsed once, with the facts its head declares: everything the metadata rules look at.

The tree is lexbor's (WHATWG parsing), so a malformed head ends where a browser would end it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.core.clean.characters import one_line
from pipeline.core.clean.jsonld import Node, nodes
from pipeline.errors import InvalidRecord

MAX_META = 500
_MARKING = frozenset(
    {"abbr", "b", "cite", "em", "font", "i", "mark", "q", "s", "strong", "sub", "sup", "u", "wbr"}
)
_CODE = frozenset({"script", "style", "noscript", "template", "rt", "rp"})
_CLOSING = frozenset(",.;:!?)]}’”»…：；，。、？！）」』")


@dataclass(frozen=True, slots=True)
class Page:
    """One parsed page. `meta` maps lower-cased name, property or itemprop to its contents in order.

    `dom` is whole until the body is read, which strips it; who needs it whole later parses `text` again.
    """

    url: str
    text: str
    dom: LexborHTMLParser
    meta: dict[str, list[str]]
    nodes: list[Node]

    def first_meta(self, *names: str) -> str | None:
        """The first non-empty content among the named meta tags, in the order of the names."""
        return next((content for name in names for content in self.meta.get(name, ())), None)

    def select(self, css: str) -> list[LexborNode]:
        """All elements that match, in document order."""
        return self.dom.css(css)

    def texts(self, css: str) -> list[str]:
        """The non-empty texts of the elements that match."""
        found = (text_of(node) for node in self.dom.css(css))
        return [text for text in found if text]

    def link(self, relation: str) -> str | None:
        """The target of the first `<link rel=…>` of that relation."""
        for node in self.dom.css(f'link[rel~="{relation}" i][href]'):
            if href := (node.attributes.get("href") or "").strip():
                return href
        return None


def parse(text: str, url: str) -> Page:
    """Parse a page's characters. Raises InvalidRecord(extraction-failed) when the parser gives up."""
    try:
        dom = LexborHTMLParser(text)
        scripts = (node.text() for node in dom.css('script[type*="ld+json" i]'))
        return Page(url=url, text=text, dom=dom, meta=_meta(dom.css("meta[content]")), nodes=nodes(scripts))
    except (SelectolaxError, ValueError) as error:
        raise InvalidRecord("extraction-failed", f"the page cannot be parsed: {error}") from error


def text_of(node: LexborNode) -> str:
    """An element's text in one line, without code; pieces of neighbouring elements are kept apart.

    They are not where they only mark words (`<em>Ferry</em>: a window`), nor before a closing sign.
    """
    pieces: list[str] = []
    joins = False
    for part in node.traverse(include_text=True):
        if part.tag != "-text":
            joins = joins and part.tag in _MARKING
            continue
        parent = part.parent
        text = part.text(deep=False)
        if not text or (parent is not None and parent.tag in _CODE):
            continue
        marks = parent is not None and (parent.tag in _MARKING or parent.mem_id == node.mem_id)
        if pieces and not (joins and marks) and text[0] not in _CLOSING:
            pieces.append(" ")
        pieces.append(text)
        joins = marks
    return one_line("".join(pieces))


def _meta(tags: Iterable[LexborNode]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for _, tag in zip(range(MAX_META), tags, strict=False):
        attributes = tag.attributes
        content = one_line(attributes.get("content") or "")
        if not content:
            continue
        for kind in ("property", "name", "itemprop", "http-equiv"):
            for name in (attributes.get(kind) or "").lower().split():
                found.setdefault(name, []).append(content)
    return found
