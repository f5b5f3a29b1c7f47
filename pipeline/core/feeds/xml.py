"""XML as feeds bring it: a strict and safe parse, and the repairs after which a strict parse often succeeds.

No entity is ever expanded by a parser. A document type with entities inside entities or with files behind
them is refused; plain ones (`<!ENTITY nbsp "…">`) are put in by us.
"""

from __future__ import annotations

import html.entities
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from pipeline.core.feeds.model import NotAFeed

LARGEST_GROWTH = 1024 * 1024
"""Bytes that a document's own entities may add to it."""


def without_doctype(document: bytes) -> tuple[bytes, dict[str, str]]:
    """The document with its type declaration's inner part cut out, and the plain entities declared there.

    Raises NotAFeed (`entities`) for what only attacks contain.
    """
    doctype = _DOCTYPE.match(document)
    if doctype is None or doctype["subset"] is None:
        return document, {}
    subset = doctype["subset"].decode("utf-8", "replace")
    entities: dict[str, str] = {}
    for name, value in _declared(subset):
        if "&" in _CHARACTER.sub("", value) or "%" in value:
            raise NotAFeed("entities", "entities made of entities are refused")
        entities[name] = html.unescape(value)
    if _EXTERNAL.search(subset):
        raise NotAFeed("entities", "entities read from elsewhere are refused")
    return document[: doctype.start("inner")] + document[doctype.end("inner") :], entities


# Atomic and possessive: without that a row of comments could be split in exponentially many ways.
_MISC = rb"(?>\s+|<\?.*?\?>|<!--.*?-->)*+"
_QUOTED = rb"\"[^\"]*\"|'[^']*'"
_SUBSET = rb"(?P<inner>\[(?P<subset>(?>" + _QUOTED + rb"|[^\]\"'])*+)\]\s*)?"
_DOCTYPE = re.compile(
    rb"\A" + _MISC + rb"<!DOCTYPE(?>" + _QUOTED + rb"|[^\[>\"'])*+" + _SUBSET + rb">",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"<!ENTITY\s+([\w:.-]+)\s+(?:\"([^\"]*)\"|'([^']*)')\s*>")
_EXTERNAL = re.compile(r"<!ENTITY\s+[\w:.-]+\s+(?:SYSTEM|PUBLIC)\b")
_CHARACTER = re.compile(r"&#\w+;")


def _declared(subset: str) -> list[tuple[str, str]]:
    return [(found[1], found[2] or found[3] or "") for found in _ENTITY.finditer(subset)]


def root_name(document: bytes) -> str | None:
    """The local name of the root element in lower case, without a parse; None if there is no element."""
    found = _ROOT.match(document)
    return found[1].decode().lower() if found else None


_ROOT = re.compile(
    rb"\A" + _MISC + rb"(?:<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)?" + _MISC + rb"<(?:[\w.-]+:)?([\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)


SAFELY: Mapping[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""How every parse of ours reads: UTF-8, nothing expanded, nothing loaded, within libxml2's limits."""


def parser(*, recover: bool = False) -> etree.XMLParser:
    """A parser that reads safely."""
    return etree.XMLParser(**SAFELY, recover=recover)


def tree(document: bytes) -> etree._Element | None:
    """The root of a well-formed document, else None."""
    try:
        return etree.fromstring(document, parser())
    except (etree.XMLSyntaxError, ValueError):
        return None


def recovered(document: bytes) -> etree._Element | None:
    """The root of whatever libxml2 makes of an ill-formed document."""
    try:
        return etree.fromstring(document, parser(recover=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def repaired(document: bytes, entities: dict[str, str]) -> bytes:
    """The document without the faults that are most common in feeds and have one sensible meaning.

    What stands before and after the root element, control characters, ampersands that begin no entity,
    HTML's entities, attributes without quotes, prefixes without a namespace.
    """
    text = _CONTROL.sub("", document.decode("utf-8", "replace"))
    text = _TAG.sub(_quoted, _without_surroundings(text))
    growth = sum(len(value) for value in entities.values()) and LARGEST_GROWTH
    text = _with_entities(text, entities, growth)
    return _with_namespaces(text).encode()


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ROOT_START = re.compile(
    r"<(?:[\w.-]+:)?(?:rss|feed|rdf|urlset|sitemapindex|channel|entry)(?=[\s/>])", re.IGNORECASE
)
_ROOT_END = re.compile(r"</(?:rss|feed|(?:\w+:)?RDF|urlset|sitemapindex)\s*>")
_TAG = re.compile(r"<!\[CDATA\[(?:.*?\]\]>|.*\Z)|<!--(?:.*?-->|.*\Z)|<[A-Za-z_][^<>]*+>", re.DOTALL)
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'|=\s*([^\s\"'<>]*[^\s\"'<>/])")
_REFERENCE = re.compile(
    r"<!\[CDATA\[(?:.*?\]\]>|.*\Z)|<!--(?:.*?-->|.*\Z)|&(?:(#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][\w.-]*);)?",
    re.DOTALL,
)
_BUILT_IN = frozenset({"amp", "lt", "gt", "quot", "apos"})


def _without_surroundings(text: str) -> str:
    """What lies between the root's tag, or else the first one, and the last end of a root, both included."""
    ends = [found.end() for found in _ROOT_END.finditer(text)]
    root = _ROOT_START.search(text)
    return text[root.start() if root else max(text.find("<"), 0) : ends[-1] if ends else None]


def _quoted(tag: re.Match[str]) -> str:
    """The tag with quotes around the values that have none; what is no tag stays as it is."""
    if tag[0].startswith("<!") or "=" not in tag[0]:
        return tag[0]
    return _VALUE.sub(lambda value: f'="{value[1]}"' if value[1] else value[0], tag[0])


def _with_entities(text: str, entities: dict[str, str], growth: int) -> str:
    left = growth

    def replacement(found: re.Match[str]) -> str:
        nonlocal left
        name = found[1]
        if not found[0].startswith("&") or name in _BUILT_IN:
            return found[0]
        if name is None:
            return "&amp;"
        if name.startswith("#"):
            return found[0].lower() if _is_character(name) else "\ufffd"
        if name in entities:
            left -= len(entities[name])
            if left < 0:
                raise NotAFeed("entities", "the document's entities add too much to it")
            return html.escape(entities[name])
        character = html.entities.html5.get(f"{name};")
        return html.escape(character) if character else f"&amp;{name};"

    return _REFERENCE.sub(replacement, text)


def _is_character(reference: str) -> bool:
    """Whether a numeric reference names a character that XML allows."""
    if len(reference) > 10:
        return False
    code = int(reference[2:], 16) if reference[1] in "xX" else int(reference[1:])
    return (
        code in (9, 10, 13)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def _with_namespaces(text: str) -> str:
    """Declare on the root every prefix that is used and nowhere declared, by its usual meaning."""
    declared = set(re.findall(r"\sxmlns:([\w.-]+)\s*=", text))
    used = {tag or attribute for tag, attribute in _PREFIX.findall(text)}
    missing = sorted(used - declared - {"xml", "xmlns"})
    if not missing:
        return text
    names = "".join(
        f' xmlns:{prefix}="{USUAL.get(prefix.lower(), "urn:prefix:" + prefix)}"' for prefix in missing
    )
    return re.sub(r"<(?:[\w.-]+:)?[A-Za-z][\w.-]*", lambda found: found[0] + names, text, count=1)


_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]*):[A-Za-z_]|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*[\"']")

USUAL = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rss": "http://purl.org/rss/1.0/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
}
"""What prefixes mean when nobody says so."""
