"""RSS, RDF and Atom documents as a whole: where the items are and what is said of all of them."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from pipeline.core.feeds import elements, items
from pipeline.core.feeds.elements import Element, Fields
from pipeline.core.feeds.model import Feed, FeedKind, Reader
from pipeline.core.feeds.roles import by_role

MOST_ITEMS = 50_000
"""Items read of one document, the sitemap protocol's limit; further ones are counted under `over-cap`."""

KINDS: dict[str, FeedKind] = {"rss": "rss", "channel": "rss", "rdf": "rdf", "feed": "atom", "entry": "atom"}
"""Root elements (local names in lower case) by the kind of document they begin."""


def read(root: Element, url: str, reader: Reader) -> Feed | None:
    """The feed under `root`, or None when the root is none of a feed's."""
    _forget_unknown_namespace(root)
    kind = _kind(root)
    if kind is None:
        return None
    troubles: Counter[str] = Counter()
    head = _head(root)
    found = elements.fields(head)
    announced = _items(root, head)
    if len(announced) > MOST_ITEMS:
        troubles["over-cap"] += len(announced) - MOST_ITEMS
    return Feed(
        kind=kind,
        reader=reader,
        title=None if _name(root) == "entry" else items.first_plain(by_role(head).get("title", ())),
        language=_language(root, head, found),
        items=tuple(items.read(item, url, troubles) for item in announced[:MOST_ITEMS]),
        refresh_seconds=_refresh(found),
        troubles=dict(troubles),
    )


def _forget_unknown_namespace(root: Element) -> None:
    """A feed whose own elements lie in a namespace nobody knows means the usual ones."""
    if not elements.meaning(root.tag).startswith("other:"):
        return
    namespace = root.tag.rpartition("}")[0] + "}"
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith(namespace):
            element.tag = element.tag.removeprefix(namespace)


def _kind(root: Element) -> FeedKind | None:
    name = elements.meaning(root.tag).rpartition(":")[2]
    if name == "channel" and "rss1.1" in root.tag:
        return "rdf"
    return KINDS.get(name)


def _head(root: Element) -> Element:
    """The element that describes the feed: the first channel, or the root itself."""
    return next((child for child in root if _name(child) == "channel"), root)


def _items(root: Element, head: Element) -> list[Element]:
    """Items of the channel and, as in RDF, beside it; each wherever its format has put it."""
    if _name(root) == "entry":
        return [root]
    containers = [root] if head is root else [head, root]
    containers += [child for at in containers for child in at if _name(child) == "items"]
    containers += [child for child in root if _name(child) == "channel" and child is not head]
    return [child for at in containers for child in at if _name(child) in ("item", "entry")]


def _name(element: Element) -> str:
    return _local_name(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=4096)
def _local_name(tag: str) -> str:
    """The name of an element that may belong to the format itself, else ""."""
    prefix, _, name = elements.meaning(tag).rpartition(":")
    return name if prefix in ("", "atom", "rdf", "other") else ""


def _language(root: Element, head: Element, found: Fields) -> str | None:
    said = elements.first_text(found, "language", "dc:language") or elements.language(head)
    # Systems write their locale for the language tag; BCP 47 knows no underscore.
    return (said or elements.language(root)).replace("_", "-") or None


_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


def _refresh(found: Fields) -> int | None:
    """The larger of RSS's `ttl` (minutes) and the syndication module's period over frequency."""
    bounds = []
    ttl = elements.first_text(found, "ttl")
    if re.fullmatch(r"\d{1,6}", ttl):
        bounds.append(int(ttl) * 60)
    period = _PERIODS.get(elements.first_text(found, "sy:updateperiod").lower())
    frequency = elements.first_text(found, "sy:updatefrequency") or "1"
    if period and re.fullmatch(r"[1-9]\d{0,5}", frequency):
        bounds.append(period // int(frequency))
    return max(bounds, default=None)
