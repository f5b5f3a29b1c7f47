"""The last resort for large documents that nobody can read whole: every item for itself.

libxml2's recovery lets one unclosed tag swallow all items after it. Cut apart by their own tags, a broken
item spoils nothing but itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.core.feeds import items, xml
from pipeline.core.feeds.elements import Element
from pipeline.core.feeds.model import Feed, FeedKind
from pipeline.core.feeds.syndication import MOST_ITEMS
from pipeline.core.feeds.text import plain

_ITEM = re.compile(rb"<((?:[\w.-]+:)?(?:item|entry))(?=[\s>/])", re.IGNORECASE)
_NAMESPACES = re.compile(rb"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')")
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)</title>", re.IGNORECASE)


def read(document: bytes, kind: FeedKind, url: str) -> Feed | None:
    """The items that can be read alone, or None without any."""
    starts = [found.start() for found in _ITEM.finditer(document)]
    if not starts:
        return None
    head = document[: starts[0]]
    names = b"".join(dict.fromkeys(found[0] for found in _NAMESPACES.finditer(head)))
    troubles: Counter[str] = Counter()
    if len(starts) > MOST_ITEMS:
        troubles["over-cap"] = len(starts) - MOST_ITEMS
    pieces = _pieces(document, starts[: MOST_ITEMS + 1])
    read_alone = [
        items.read(element, url, troubles)
        for piece in pieces
        if (element := _element(piece, names)) is not None
    ]
    title = _TITLE.search(head)
    return Feed(
        kind=kind,
        reader="recovered",
        title=plain(title[1].decode("utf-8", "replace")) if title else None,
        items=tuple(read_alone[:MOST_ITEMS]),
        troubles=dict(troubles),
    )


def _pieces(document: bytes, starts: list[int]) -> Iterator[bytes]:
    """From each start to the next, so that a missing end tag is the item's own trouble."""
    for start, end in zip(starts, [*starts[1:], len(document)], strict=True):
        yield document[start:end]


def _element(piece: bytes, names: bytes) -> Element | None:
    root = xml.recovered(b"<feed" + names + b">" + piece)
    return root[0] if root is not None and len(root) else None
