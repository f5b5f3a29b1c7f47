"""Which element says what: RSS, RDF and Atom with their modules, as one table.

The formats borrow from one another, so one table does for all. Within a role the earlier meaning wins.
"""

from __future__ import annotations

from typing import Literal

from pipeline.core.feeds.elements import Element, meaning

Role = Literal["title", "summary", "content", "published", "updated", "link", "guid", "author", "category"]
Found = dict[Role, list[Element]]

TABLE: dict[Role, tuple[str, ...]] = {
    "title": ("title", "atom:title", "dc:title", "media:title"),
    "summary": (
        *("summary", "atom:summary", "description", "dc:description", "abstract"),
        *("itunes:summary", "media:description"),
    ),
    "content": (
        *("content:encoded", "content", "atom:content", "xhtml:body", "body", "xhtml:div"),
        *("fullitem", "fulltext"),
    ),
    "published": (
        *("pubdate", "published", "atom:published", "issued", "atom:issued", "dcterms:issued"),
        *("dc:date", "dcterms:date", "dcterms:available", "dcterms:created", "created", "atom:created"),
        "date",
    ),
    "updated": ("updated", "atom:updated", "modified", "atom:modified", "dcterms:modified", "lastmod"),
    "link": ("link", "atom:link"),
    "guid": ("guid", "id", "atom:id", "dc:identifier"),
    "author": ("author", "atom:author", "dc:creator", "dc:author", "itunes:author"),
    "category": (
        *("category", "atom:category", "dc:subject", "media:category", "itunes:category"),
        *("itunes:keywords", "media:keywords"),
    ),
}
_RANKS: dict[str, tuple[Role, int]] = {
    name: (role, rank) for role, names in TABLE.items() for rank, name in enumerate(names)
}
_MOST_TAGS = 4096
_by_tag: dict[object, tuple[Role, int] | None] = {}
"""What was found out about tags as they are written; emptied when hostile documents have filled it."""


def by_role(element: Element) -> Found:
    """The children of an element that say something, by role, the best first."""
    found: Found = {}
    last: dict[Role, int] = {}
    for child in element:
        tag = child.tag
        known = _by_tag[tag] if tag in _by_tag else _learnt(tag)
        if known is None:
            continue
        role, rank = known
        if role not in found:
            found[role] = [child]
        else:
            found[role].append(child)
            if rank < last[role]:
                # Sorting is stable and lists are short: cheaper than keeping ranks for the usual case.
                found[role].sort(key=_rank)
                rank = _rank(found[role][-1])
        last[role] = rank
    return found


def _rank(element: Element) -> int:
    known = _by_tag[element.tag] if element.tag in _by_tag else _learnt(element.tag)
    return known[1] if known else 0


def _learnt(tag: object) -> tuple[Role, int] | None:
    """The role of a tag seen for the first time; comments and the like have functions for tags."""
    if len(_by_tag) >= _MOST_TAGS:
        _by_tag.clear()
    _by_tag[tag] = _RANKS.get(meaning(tag)) if isinstance(tag, str) else None
    return _by_tag[tag]
