"""The second reader, for XML that no repair made well-formed: feedparser, asked only for what it found.

It is a hundred times slower and expands entities, so it sees neither large documents nor any declaration.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

from pipeline.core import urls
from pipeline.core.feeds import dates
from pipeline.core.feeds.model import Feed, FeedKind, Item, NotAFeed
from pipeline.core.feeds.text import LONGEST_SUMMARY, plain

LARGEST = 512 * 1024
"""Bytes; this much takes it a second, and four if it was made to."""


def read(document: bytes, kind: FeedKind, url: str) -> Feed | None:
    """What feedparser finds, or None for nothing at all. Raises NotAFeed for declarations of entities."""
    if len(document) > LARGEST:
        return None
    if re.search(rb"<!ENTITY", document, re.IGNORECASE):
        raise NotAFeed("entities", "ill-formed, and declares entities")
    import feedparser  # at need: slow to import, and seldom needed

    found = feedparser.parse(
        document,
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
    )
    if not found.entries and not found.feed.get("title"):
        return None
    troubles: Counter[str] = Counter()
    return Feed(
        kind=kind,
        reader="feedparser",
        title=plain(found.feed.get("title")),
        language=found.feed.get("language") or None,
        items=tuple(_item(entry, url, troubles) for entry in found.entries),
        troubles=dict(troubles),
    )


def _item(entry: Any, url: str, troubles: Counter[str]) -> Item:
    content = next((part.get("value") for part in entry.get("content", ())), None)
    names = [author.get("name") for author in entry.get("authors", ())] or [entry.get("author")]
    return Item(
        url=_link(entry, url, troubles),
        title=plain(entry.get("title")),
        published_at=_moment(entry, ("published", "created"), troubles),
        # feedparser answers for `updated` with `published` unless asked whether it is there.
        updated_at=_moment(entry, ("updated",), troubles) if "updated" in entry.keys() else None,  # noqa: SIM118
        summary=plain(entry.get("summary") or content, limit=LONGEST_SUMMARY),
        authors=tuple(dict.fromkeys(name for given in names if (name := plain(given)))),
        categories=tuple(
            dict.fromkeys(tag for each in entry.get("tags", ()) if (tag := plain(each.get("term"))))
        ),
        guid=entry.get("id") or None,
    )


def _link(entry: Any, url: str, troubles: Counter[str]) -> str | None:
    alternates = [link for link in entry.get("links", ()) if link.get("rel", "alternate") == "alternate"]
    pages = [link.get("href") for link in alternates if link.get("type", "text/html") == "text/html"]
    for link in (*pages, entry.get("link")):
        if not link:
            continue
        try:
            return str(link) if urls.is_absolute(link) and urls.normal(link) else urls.absolute(link, url)
        except urls.InvalidUrl:
            troubles["link-invalid"] += 1
    return None


def _moment(entry: Any, names: tuple[str, ...], troubles: Counter[str]) -> datetime | None:
    for name in names:
        content = entry.get(name)
        if content and (moment := dates.read(content)):
            return moment.at
        if content:
            troubles["date-unreadable"] += 1
    return None
