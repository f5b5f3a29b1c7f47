"""One item of an RSS, RDF or Atom document, from the elements that play a role in it."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.core.feeds import dates, elements
from pipeline.core.feeds.elements import Element
from pipeline.core.feeds.model import Item
from pipeline.core.feeds.roles import Found, by_role
from pipeline.core.feeds.text import LONGEST_BEGINNING, LONGEST_SUMMARY, LONGEST_TITLE, Markup, plain


def read(element: Element, url: str, troubles: Counter[str]) -> Item:
    """What the element announces; `url` is where the document came from."""
    found = by_role(element)
    return Item(
        url=_link(element, found, url, troubles),
        title=first_plain(found.get("title", ())),
        published_at=_moment(found.get("published", ()), troubles),
        updated_at=_moment(found.get("updated", ()), troubles),
        summary=first_plain(found.get("summary", ()), LONGEST_SUMMARY, unsaid=True)
        or first_plain(found.get("content", ()), LONGEST_BEGINNING, unsaid=True),
        authors=_authors(found.get("author", ())),
        categories=_categories(found.get("category", ())),
        guid=_guid(element, found),
    )


def first_plain(
    candidates: Iterable[Element], limit: int = LONGEST_TITLE, *, unsaid: Markup = None
) -> str | None:
    """The first text among these; `unsaid` is what it is where the element does not say."""
    for element in candidates:
        content, markup = _content(element)
        if shown := plain(content, markup=unsaid if markup is None else markup, limit=limit):
            return shown
    return None


def _content(element: Element) -> tuple[str, Markup]:
    """Text of an element, and whether it is HTML: Atom may say so, RSS never does."""
    if len(element) > 0:
        return elements.markup(element), True
    content = element.text or ""
    if not element.attrib:
        return content, None
    kind = (element.get("type") or "").lower()
    if (element.get("mode") or "").lower() == "base64" or kind == "application/octet-stream":
        content = _unbased(content)
    # Plain text by its own word, yet escaped markup in it is a frequent mistake: look.
    return content, True if kind in ("html", "text/html") else None


def _unbased(content: str) -> str:
    try:
        return base64.b64decode(content, validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return content


def _moment(candidates: Iterable[Element], troubles: Counter[str]) -> datetime | None:
    for element in candidates:
        content = elements.text(element)
        if moment := dates.read(content):
            return moment.at
        if content:
            troubles["date-unreadable"] += 1
    return None


def _link(element: Element, found: Found, url: str, troubles: Counter[str]) -> str | None:
    links = found.get("link", ())
    if len(links) == 1 and (link := _only_link(links[0], url)):
        return link
    for candidate, at in _links(element, found):
        if not candidate.strip():
            continue
        if link := elements.resolved(candidate, at, url):
            return link
        troubles["link-invalid"] += 1
    return None


def _only_link(link: Element, url: str) -> str | None:
    """The one link of nearly all items, by a shorter way than `_links`: RSS's text, Atom's target."""
    if not link.attrib:
        return elements.resolved(link.text or "", link, url)
    target = link.get("href")
    return elements.resolved(target, link, url) if target and _is_alternate(link) else None


def _links(element: Element, found: Found) -> Iterator[tuple[str, Element]]:
    """Where the article may be, best first: a link's text, a link's target, an identifier that is a URL."""
    links = [link for link in found.get("link", ()) if _is_alternate(link)]
    # Of several texts the last counts, as in the readers that publishers test with.
    yield from ((elements.text(link), link) for link in reversed(links) if link.get("href") is None)
    named = [link for link in links if link.get("href") is not None]
    yield from ((link.get("href"), link) for link in sorted(named, key=_is_no_page))
    yield from ((elements.text(guid), guid) for guid in found.get("guid", ()) if _is_link(guid))
    about = _about(element)
    if about.lower().startswith(("http://", "https://")):
        yield about, element


def _is_alternate(link: Element) -> bool:
    rel = link.get("rel")
    return rel is None or rel.strip().lower() in _ALTERNATE


_ALTERNATE = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
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


def _guid(element: Element, found: Found) -> str | None:
    for guid in found.get("guid", ()):
        if named := elements.text(guid):
            return named
    return _about(element) or None


def _about(element: Element) -> str:
    return (element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about") or "").strip()


def _authors(candidates: list[Element] | tuple[()]) -> tuple[str, ...]:
    """Names of people, once each, all from elements of one kind: others repeat them in other words."""
    if not candidates:
        return ()
    if len(candidates) == 1:
        only = _person(candidates[0])
        return (only,) if only else ()
    for kind in dict.fromkeys(element.tag for element in candidates):
        given = (_person(element) for element in candidates if element.tag == kind)
        if people := tuple(dict.fromkeys(name for name in given if name)):
            return people
    return ()


_ADDRESS = r"[^\s@<>()]+@[^\s@<>()]+"


def _person(element: Element) -> str | None:
    """A name out of `<name>`, `name (mail)`, `mail (name)` or `name <mail>`; without a name the address."""
    if len(element) > 0:
        inner = elements.fields(element)
        named = elements.first_text(inner, "name", "atom:name", "email", "atom:email")
        return plain(named)
    whole = plain(elements.text(element))
    if not whole or "@" not in whole:
        return whole
    if found := re.fullmatch(rf"(?:mailto:)?{_ADDRESS}\s*\((.+)\)", whole):
        return found[1].strip()
    return re.sub(rf"\s*[<(]?(?:mailto:)?{_ADDRESS}[>)]?\s*", " ", whole).strip(" ,;()<>") or whole


def _categories(candidates: Iterable[Element]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for element in candidates:
        given = element.attrib and (element.get("label") or element.get("term") or element.get("text"))
        content = given or elements.text(element)
        several = content.split(",") if elements.meaning(element.tag).endswith(":keywords") else [content]
        names.update(dict.fromkeys(name for each in several if (name := plain(each))))
    return tuple(names)
