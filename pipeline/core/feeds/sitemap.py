"""Sitemaps: the XML protocol with Google's news tags, indexes of sitemaps, and plain lists of URLs.

A sitemap may have 50 MB, so it is read element by element and never held as a tree.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from pipeline.core import urls
from pipeline.core.feeds import dates, elements, xml
from pipeline.core.feeds.elements import Element, Fields
from pipeline.core.feeds.model import Feed, FeedKind, Item, Reader
from pipeline.core.feeds.syndication import MOST_ITEMS
from pipeline.core.feeds.text import plain

KINDS: dict[str, FeedKind] = {"urlset": "sitemap", "sitemapindex": "sitemap-index"}
"""Root elements (local names in lower case) by the kind of document they begin."""


def read(document: bytes, kind: FeedKind, url: str, reader: Reader) -> Feed | None:
    """The sitemap, or None when it is not well-formed and `reader` is the strict one."""
    troubles: Counter[str] = Counter()
    found: list[Item] = []
    languages: Counter[str] = Counter()
    try:
        for element in _elements(document, kind, recover=reader != "tree"):
            if len(found) == MOST_ITEMS:
                troubles["over-cap"] += 1
                continue
            found.append(_item(element, url, troubles, languages))
    except etree.XMLSyntaxError:
        if reader == "tree":
            return None
        troubles["cut-short"] += 1
    language = next(iter(languages)) if len(languages) == 1 else None
    return Feed(kind=kind, reader=reader, items=tuple(found), language=language, troubles=dict(troubles))


def read_text(text: str) -> Feed | None:
    """A sitemap of one URL a line, or None when any line is something else."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not all(line.startswith(("http://", "https://")) for line in lines[:MOST_ITEMS]):
        return None
    if any(urls.refusal(line) == "invalid-url" for line in lines[:MOST_ITEMS]):
        return None
    over = len(lines) - MOST_ITEMS
    troubles = {"over-cap": over} if over > 0 else {}
    found = tuple(Item(url=line) for line in lines[:MOST_ITEMS])
    return Feed(kind="sitemap", reader="text", items=found, troubles=troubles)


def _elements(document: bytes, kind: FeedKind, *, recover: bool) -> Iterator[Element]:
    wanted = "url" if kind == "sitemap" else "sitemap"
    steps = etree.iterparse(io.BytesIO(document), events=("end",), recover=recover, **xml.SAFELY)
    for _, element in steps:
        if isinstance(element.tag, str) and elements.meaning(element.tag).rpartition(":")[2] == wanted:
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _item(element: Element, url: str, troubles: Counter[str], languages: Counter[str]) -> Item:
    found = elements.fields(element)
    # Some write the address where its `<loc>` belongs.
    loc = next(elements.each(found, "loc", "other:loc"), element)
    link = elements.resolved(elements.text(loc), element, url) if loc is not element or not found else None
    if link is None:
        troubles["link-invalid"] += 1
    news = elements.fields(found["news:news"][0]) if "news:news" in found else {}
    for publication in elements.each(news, "news:publication"):
        if language := elements.first_text(elements.fields(publication), "news:language"):
            languages[language] += 1
    return Item(
        url=link,
        title=plain(elements.first_text(news, "news:title")),
        published_at=_moment(news, "news:publication_date", troubles),
        updated_at=_moment(found, "lastmod", troubles),
        categories=_keywords(news),
    )


def _moment(found: Fields, name: str, troubles: Counter[str]) -> datetime | None:
    content = elements.first_text(found, name)
    moment = dates.read(content)
    if content and moment is None:
        troubles["date-unreadable"] += 1
    return moment.at if moment else None


def _keywords(news: Fields) -> tuple[str, ...]:
    given = (plain(word) for word in elements.first_text(news, "news:keywords").split(","))
    return tuple(dict.fromkeys(word for word in given if word))
