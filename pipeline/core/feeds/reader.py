"""Which document this is, decided by its content: a `Content-Type` is often wrong and never asked.

    bytes ─► gunzip ─► UTF-8 ─► { … }         ─► JSON Feed
                                <rss> <feed>… ─► strict tree ─► repaired ─► feedparser ─► item by item
                                <urlset> …    ─► strict steps ─► repaired
                                <html>        ─► listing
                                lines of URLs ─► text sitemap

The strict reader comes first because it is fast and, unlike tolerant ones, never silently wrong. A faulty
document is repaired where the fault has one meaning, then read by the tolerant reader, and only when that
finds nothing, or the document is too large for it, item by item.
"""

from __future__ import annotations

import re

from pipeline.core.feeds import decoding, json_feed, listing, salvage, sitemap, syndication, tolerant, xml
from pipeline.core.feeds.elements import Element
from pipeline.core.feeds.listing import Listing
from pipeline.core.feeds.model import Feed, FeedKind, NotAFeed, Reader


def parse(
    body: bytes, content_type: str | None, url: str, *, rules: Listing | None = None, pages: bool = True
) -> Feed:
    """Read a feed, sitemap or listing page that came from `url`.

    `content_type` only serves to find the charset. `rules` say that a page is a listing and how to read it;
    with `pages` false every web page is refused. Raises NotAFeed.
    """
    document = decoding.utf8(decoding.unpacked(body), content_type).lstrip(b" \t\r\n\x00\x0b\x0c")
    if not document:
        raise NotAFeed("empty", "there is nothing in it")
    if document[:1] in (b"{", b"["):
        return json_feed.read(document, url)
    root = xml.root_name(document)
    if root in sitemap.KINDS:
        return _sitemap(document, sitemap.KINDS[root], url)
    if root in syndication.KINDS:
        return _feed(document, syndication.KINDS[root], url)
    return _other(document, root, url, rules, pages=pages)


def _feed(document: bytes, kind: FeedKind, url: str) -> Feed:
    document, entities = xml.without_doctype(document)
    if not entities and (feed := _read(xml.tree(document), url, "tree")):
        return feed
    mended = xml.repaired(document, entities)
    if feed := _read(xml.tree(mended), url, "repaired"):
        return feed
    feed = tolerant.read(mended, kind, url) or salvage.read(mended, kind, url)
    feed = feed or _read(xml.recovered(mended), url, "recovered")
    if feed is None:
        raise NotAFeed("unreadable", "begins like a feed, but cannot be read")
    return feed


def _read(root: Element | None, url: str, reader: Reader) -> Feed | None:
    return None if root is None else syndication.read(root, url, reader)


def _sitemap(document: bytes, kind: FeedKind, url: str) -> Feed:
    document, entities = xml.without_doctype(document)
    if not entities and (feed := sitemap.read(document, kind, url, "tree")):
        return feed
    feed = sitemap.read(xml.repaired(document, entities), kind, url, "repaired")
    if feed is None:
        raise NotAFeed("unreadable", "begins like a sitemap, but cannot be read")
    return feed


def _other(document: bytes, root: str | None, url: str, rules: Listing | None, *, pages: bool) -> Feed:
    if document[:1] != b"<":
        if feed := sitemap.read_text(document.decode("utf-8", "replace")):
            return feed
        inner = _hidden_feed(document)
        if inner is None:
            raise NotAFeed("text", "neither XML nor JSON nor a list of URLs")
        return parse(inner, None, url, rules=rules, pages=pages)
    if root in ("html", "head", "body") or _is_page(document):
        if feed := _wrapped_feed(document, url):
            return feed
        if not pages and rules is None:
            raise NotAFeed("html", "a web page where a feed should be")
        return listing.read(document, url, rules)
    raise NotAFeed("xml", f"XML, but <{root}> is the root of no feed")


def _hidden_feed(document: bytes) -> bytes | None:
    """A feed behind a few lines that do not belong to it, such as a warning of the server's."""
    start = min(
        (at for at in map(document[:4096].find, (b"<?xml", b"<rss", b"<feed", b"<rdf:RDF")) if at > 0),
        default=0,
    )
    return document[start:] if start else None


def _wrapped_feed(document: bytes, url: str) -> Feed | None:
    """A feed with entries that some template put into a web page; None for pages that are only that."""
    found = _WRAPPED.search(document)
    if found is None:
        return None
    kind = syndication.KINDS[found[1].lower().rpartition(b":")[2].decode()]
    try:
        feed = _feed(document[found.start() :], kind, url)
    except NotAFeed:
        return None
    return feed if feed.items else None


_WRAPPED = re.compile(rb"<(rss|rdf:rdf|feed)\s[^<>]*(?:version|xmlns)\s*=", re.IGNORECASE)


def _is_page(document: bytes) -> bool:
    head = document[:2048].lower()
    return b"<html" in head or b"<!doctype html" in head
