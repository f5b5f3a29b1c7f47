"""What a feed, sitemap or listing page says, and the word for a document that is none of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.errors import Discard

FeedKind = Literal["rss", "atom", "rdf", "json", "sitemap", "sitemap-index", "listing"]
Reader = Literal["tree", "repaired", "feedparser", "recovered", "json", "text", "html"]
"""How a document was read. All but `tree`, `json`, `text` and `html` mean that it was ill-formed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One announced item, whatever the format; `url` is absolute, or null where there is no usable link."""

    url: str | None = None
    title: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    guid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One document read. `refresh_seconds` is the publisher's own lower bound on the poll interval.

    `troubles` counts what could not be used, by a kebab-case word: nothing is dropped without a trace.
    """

    kind: FeedKind
    reader: Reader
    title: str | None = None
    language: str | None = None
    items: tuple[Item, ...] = ()
    refresh_seconds: int | None = None
    troubles: dict[str, int] = field(default_factory=dict)


class NotAFeed(Discard):
    """The document is no feed; `reason` says what it is instead: empty, html, json, text, xml, entities, …"""
