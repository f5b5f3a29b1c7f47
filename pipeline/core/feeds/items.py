"""One item of an RSS, RDF or Atom document. They borrow from one another, so one reader does for all."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from datetime import datetime

from pipeline.core.feeds import dates, elements
from pipeline.core.feeds.elements import Element, Fields
from pipeline.core.feeds.model import Item
from pipeline.core.feeds.text import LONGEST_SUMMARY, LONGEST_TITLE, Markup, plain

TITLE = ("title", "atom:title", "dc:title", "media:title")
SUMMARY = (
    *("summary", "atom:summary", "description", "dc:description", "abstract"),
    *("itunes:summary", "media:description"),
)
CONTENT = (
    *(
        "content:encoded",
        "content",
        "atom:content",
        "xhtml:body",
        "body",
        "xhtml:div",
        "fullitem",
        "fulltext",
    ),
)
PUBLISHED = (
    *("pubdate", "published", "atom:published", "issued", "atom:issued", "dcterms:issued", "dc:date"),
    *("dcterms:date", "dcterms:available", "dcterms:created", "created", "atom:created", "date"),
)
UPDATED = ("updated", "atom:updated", "modified", "atom:modified", "dcterms:modified", "lastmod")


def read(element: Element, url: str, troubles: Counter[str]) -> Item:
    """What the element announces; `url` is where the document came from."""
    found = elements.fields(element)
    return Item(
        url=_link(element, found, url, troubles),
        title=first_plain(found, TITLE),
        published_at=_moment(found, PUBLISHED, troubles),
        updated_at=_moment(found, UPDATED, troubles),
        summary=first_plain(found, SUMMARY + CONTENT, LONGEST_SUMMARY, unsaid=True),
        authors=authors(found),
        categories=_categories(found),
        guid=_guid(element, found),
    )


def first_plain(
    found: Fields, names: tuple[str, ...], limit: int = LONGEST_TITLE, *, unsaid: Markup = None
) -> str | None:
    """The first text among these; `unsaid` is what it is where the element does not say."""
    for element in elements.each(found, *names):
        content, markup = _content(element)
        if shown := plain(content, markup=unsaid if markup is None else markup, limit=limit):
            return shown
    return None


def _content(element: Element) -> tuple[str, Markup]:
    """Text of an element, and whether it is HTML: Atom may say so, RSS never does."""
    kind = (element.get("type") or "").lower()
    if len(element) > 0:
        return elements.markup(element), True
    content = elements.text(element)
    if (element.get("mode") or "").lower() == "base64" or kind == "application/octet-stream":
        content = _unbased(content)
    if kind in ("html", "text/html"):
        return content, True
    # Plain text by its own word, yet escaped markup in it is a frequent mistake: look.
    return content, None


def _unbased(content: str) -> str:
    try:
        return base64.b64decode(content, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return content


def _moment(found: Fields, names: tuple[str, ...], troubles: Counter[str]) -> datetime | None:
    for element in elements.each(found, *names):
        content = elements.text(element)
        moment = dates.read(content)
        if moment:
            return moment.at
        if content:
            troubles["date-unreadable"] += 1
    return None


def _link(element: Element, found: Fields, url: str, troubles: Counter[str]) -> str | None:
    for candidate, at in _links(element, found):
        if link := elements.resolved(candidate, at, url):
            return link
        troubles["link-invalid"] += 1
    return None


def _links(element: Element, found: Fields) -> list[tuple[str, Element]]:
    """Where the article may be, best first."""
    links = [link for link in elements.each(found, "link", "atom:link") if _is_alternate(link)]
    named = sorted((link for link in links if link.get("href") is not None), key=_is_no_page)
    candidates = [(elements.text(link), link) for link in links if link.get("href") is None]
    candidates += [(link.get("href"), link) for link in named]
    candidates += [
        (elements.text(guid), guid)
        for guid in elements.each(found, "guid", "id", "atom:id")
        if _is_link(guid)
    ]
    about = _about(element)
    if about.lower().startswith(("http://", "https://")):
        candidates.append((about, element))
    return [(text, at) for text, at in candidates if text.strip()]


def _is_alternate(link: Element) -> bool:
    return (link.get("rel") or "alternate").strip().lower() in _ALTERNATE


_ALTERNATE = ("alternate", "http://www.iana.org/assignments/relation/alternate")
_PAGES = ("text/html", "application/xhtml+xml")


def _is_no_page(link: Element) -> bool:
    """Sorts links to pages for people, and those that say nothing, before the same in other forms."""
    return (link.get("type") or "text/html").split(";")[0].strip().lower() not in _PAGES


def _is_link(guid: Element) -> bool:
    """Whether an identifier is where the article is: unless it says it is none, when it looks like a URL."""
    permanent = (guid.get("isPermaLink") or guid.get("ispermalink") or "").strip().lower()
    if permanent == "false":
        return False
    return permanent == "true" or bool(re.match(r"https?://", elements.text(guid), re.IGNORECASE))


def _guid(element: Element, found: Fields) -> str | None:
    guid = elements.first_text(found, "guid", "id", "atom:id") or _about(element)
    return guid or elements.first_text(found, "dc:identifier") or None


def _about(element: Element) -> str:
    return (element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or "").strip()


def authors(found: Fields) -> tuple[str, ...]:
    """Names of people, once each, from whichever of the usual elements comes first."""
    for names in (("author", "atom:author"), ("dc:creator",), ("dc:author", "itunes:author")):
        given = (_person(element) for element in elements.each(found, *names))
        if people := tuple(dict.fromkeys(name for name in given if name)):
            return people
    return ()


_ADDRESS = r"[^\s@<>()]+@[^\s@<>()]+"


def _person(element: Element) -> str | None:
    """A name out of `<name>`, `name (mail)`, `mail (name)` or `name <mail>`; without a name the address."""
    inner = elements.fields(element)
    named = elements.first_text(inner, "name", "atom:name")
    if inner:
        return plain(named or elements.first_text(inner, "email", "atom:email"))
    whole = plain(elements.text(element))
    if not whole or "@" not in whole:
        return whole
    if found := re.fullmatch(rf"(?:mailto:)?{_ADDRESS}\s*\((.+)\)", whole):
        return found[1].strip()
    return re.sub(rf"\s*[<(]?(?:mailto:)?{_ADDRESS}[>)]?\s*", " ", whole).strip(" ,;()<>") or whole


def _categories(found: Fields) -> tuple[str, ...]:
    given = (
        plain(element.get("label") or element.get("term") or elements.text(element))
        for element in elements.each(found, "category", "atom:category", "dc:subject")
    )
    return tuple(dict.fromkeys(name for name in given if name))
