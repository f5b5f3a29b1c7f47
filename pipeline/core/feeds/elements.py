"""Reading XML elements by meaning instead of by namespace address, of which every format has had several."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from lxml import etree

from pipeline.core import urls

Element = Any
"""An lxml element; lxml ships no types."""

Fields = dict[str, list[Element]]

_PREFIXES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns": "atom",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
}
_FORMATS = (
    "http://purl.org/rss/1.0",
    "http://purl.org/net/rss1.1",
    "http://my.netscape.com/rdf/simple/0.9",
    "http://my.netscape.com/publish/formats/rss-0.91",
    "http://channel.netscape.com/rdf/simple/0.9",
    "http://backend.userland.com/",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://cyber.law.harvard.edu/rss",
    "http://example.com/newformat",
    "http://example.com/necho",
    "http://purl.org/echo",
    "uri/of/echo/namespace",
    "http://purl.org/pie",
    "http://www.sitemaps.org/schemas/sitemap",
    "http://www.google.com/schemas/sitemap/0",
)


@lru_cache(maxsize=4096)
def meaning(tag: str) -> str:
    """`{http://purl.org/dc/elements/1.1/}Date` → `dc:date`; the format's own elements have no prefix."""
    namespace, _, name = tag.rpartition("}")
    address = namespace.lstrip("{").strip().lower().rstrip("/#")
    prefix = _PREFIXES.get(address)
    if prefix is None:
        prefix = "" if not address or address.startswith(_FORMATS) else "other"
    return f"{prefix}:{name.lower()}" if prefix else name.lower()


def fields(element: Element) -> Fields:
    """The children of an element by meaning, each list in document order."""
    found: Fields = {}
    for child in element:
        if isinstance(child.tag, str):
            found.setdefault(meaning(child.tag), []).append(child)
    return found


def each(found: Fields, *names: str) -> Iterator[Element]:
    """The children of these meanings, name by name."""
    for name in names:
        yield from found.get(name, ())


def text(element: Element) -> str:
    """All text inside an element, trimmed."""
    if len(element):
        return "".join(element.itertext()).strip()
    content = element.text
    return content.strip() if content else ""


def markup(element: Element) -> str:
    """The element with all that is in it, as markup again."""
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def first_text(found: Fields, *names: str) -> str:
    """The first non-empty text among children of these meanings."""
    return next((content for child in each(found, *names) if (content := text(child))), "")


def resolved(link: str, element: Element, url: str) -> str | None:
    """`link` as an absolute URL: as it stands if it is one, else against `xml:base`, else against `url`.

    White space inside is what editors broke lines with; `&amp;` left after parsing was escaped twice.
    """
    link = link.strip()
    if not link.isprintable() or "&amp;" in link:
        link = _BREAKS.sub("", link).replace("&amp;", "&")
    if not link:
        return None
    try:
        if link.startswith(_USUAL) or urls.is_absolute(link):
            return link if urls.is_valid(link) else None
        return urls.absolute(link, _base(element, url))
    except urls.InvalidUrl:
        return None


_USUAL = ("https://", "http://")
_BREAKS = re.compile(r"[\n\r\t]+")


def _base(element: Element, url: str) -> str:
    base = url
    for ancestor in reversed((element, *element.iterancestors())):
        if piece := (ancestor.get(_XML_BASE) or "").strip():
            with suppress(urls.InvalidUrl):
                base = urls.absolute(piece, base)
    return base


_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def language(element: Element) -> str:
    """What `xml:lang` says on the element itself."""
    return (element.get(_XML_LANG) or "").strip()
