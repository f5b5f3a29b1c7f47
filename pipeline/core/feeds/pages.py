"""Web pages parsed without letting one of them take minutes: time grows with the square of their depth."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from pipeline.core.feeds.model import NotAFeed

DEEPEST = 10_000
"""Open elements; at this depth a parse takes a tenth of a second, and no honest page comes near it."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_UNCOUNTED = frozenset(
    {b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param"}
    | {b"source", b"track", b"wbr", b"p", b"li", b"dt", b"dd", b"td", b"th", b"tr", b"tbody", b"thead"}
    | {b"tfoot", b"option"}
)
"""Elements that have no end, or whose end may be left out."""


def parsed(document: bytes) -> LexborHTMLParser:
    """The page, in UTF-8. Raises NotAFeed (`html`) when it is nested beyond reason."""
    depth = 0
    for closing, name in _TAG.findall(document):
        if name.lower() not in _UNCOUNTED:
            depth = max(depth - 1, 0) if closing else depth + 1
            if depth > DEEPEST:
                raise NotAFeed("html", "a web page nested beyond reason")
    return LexborHTMLParser(document.decode("utf-8", "replace"))
