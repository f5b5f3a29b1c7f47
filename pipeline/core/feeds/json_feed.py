"""JSON Feed 1.0 and 1.1, tolerant of wrong types: a field that is not what it should be counts as absent."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any

from pipeline.core import urls
from pipeline.core.feeds import dates
from pipeline.core.feeds.model import Feed, Item, NotAFeed
from pipeline.core.feeds.syndication import MOST_ITEMS
from pipeline.core.feeds.text import LONGEST_SUMMARY, plain


def read(document: bytes, url: str) -> Feed:
    """The feed. Raises NotAFeed (`json`) for JSON that is none."""
    try:
        whole = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("json", "neither XML nor readable JSON") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("items"), list):
        raise NotAFeed("json", "JSON without a list of items")
    if "jsonfeed.org" not in str(whole.get("version", "")) and not whole.get("title"):
        raise NotAFeed("json", "JSON that does not call itself a feed")
    troubles: Counter[str] = Counter()
    given = [item for item in whole["items"] if isinstance(item, dict)]
    if len(whole["items"]) > len(given):
        troubles["item-invalid"] += len(whole["items"]) - len(given)
    if len(given) > MOST_ITEMS:
        troubles["over-cap"] += len(given) - MOST_ITEMS
    return Feed(
        kind="json",
        reader="json",
        title=plain(_text(whole, "title"), markup=False),
        language=_text(whole, "language"),
        items=tuple(_item(item, whole, url, troubles) for item in given[:MOST_ITEMS]),
        troubles=dict(troubles),
    )


def _item(item: dict[str, Any], feed: dict[str, Any], url: str, troubles: Counter[str]) -> Item:
    identifier = item.get("id")
    summary = plain(_text(item, "summary"), markup=False, limit=LONGEST_SUMMARY)
    content = plain(_text(item, "content_text"), markup=False, limit=LONGEST_SUMMARY)
    return Item(
        url=_link(item, url, troubles),
        title=plain(_text(item, "title"), markup=False),
        published_at=_moment(item, "date_published", troubles),
        updated_at=_moment(item, "date_modified", troubles),
        summary=summary or content or plain(_text(item, "content_html"), markup=True, limit=LONGEST_SUMMARY),
        authors=_authors(item) or _authors(feed),
        categories=_tags(item),
        guid=str(identifier) if isinstance(identifier, (str, int)) and identifier != "" else None,
    )


def _link(item: dict[str, Any], url: str, troubles: Counter[str]) -> str | None:
    """`url`, else `external_url`, else an `id` that is a URL, as the specification suggests ids to be."""
    for name in ("url", "external_url", "id"):
        link = _text(item, name)
        if link is None or (name == "id" and not link.startswith(("http://", "https://"))):
            continue
        try:
            return link if urls.is_absolute(link) and urls.normal(link) else urls.absolute(link, url)
        except urls.InvalidUrl:
            troubles["link-invalid"] += 1
    return None


def _moment(item: dict[str, Any], name: str, troubles: Counter[str]) -> datetime | None:
    content = _text(item, name)
    moment = dates.read(content)
    if content and moment is None:
        troubles["date-unreadable"] += 1
    return moment.at if moment else None


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """Version 1.1 has a list of `authors`, version 1.0 one `author`."""
    several = holder.get("authors")
    given = several if isinstance(several, list) and several else [holder.get("author")]
    names = (plain(_text(author, "name"), markup=False) for author in given if isinstance(author, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _tags(item: dict[str, Any]) -> tuple[str, ...]:
    given = item.get("tags")
    tags = (
        (plain(tag, markup=False) for tag in given if isinstance(tag, str)) if isinstance(given, list) else ()
    )
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _text(holder: dict[str, Any], name: str) -> str | None:
    value = holder.get(name)
    return value.strip() or None if isinstance(value, str) else None
