"""OPML, the format in which feed readers exchange their subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from pipeline.core import urls
from pipeline.core.feeds import NotAFeed, decoding, xml
from pipeline.core.sources import Source
from pipeline.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription."""

    name: str
    url: str
    language: str | None


def read(document: bytes) -> tuple[list[Outline], list[str]]:
    """The subscriptions, folders flattened, and the addresses among them that cannot be fetched.

    Readers export what they hold, bare ampersands and cut ends included, so faults are repaired as in feeds.
    Raises ConfigError for what is no OPML.
    """
    try:
        document, entities = xml.without_doctype(decoding.utf8(document, None).lstrip())
        root = xml.tree(document) if not entities else None
        if root is None:
            root = xml.recovered(xml.repaired(document, entities))
    except NotAFeed as error:
        raise ConfigError(f"the OPML file is refused: {error.message}") from error
    if root is None or not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise ConfigError("this is no OPML file: it begins with no <opml>")
    found, refused = [], []
    for outline in root.iter("outline", "OUTLINE", "Outline"):
        given = {str(name).lower(): str(value).strip() for name, value in outline.attrib.items()}
        if not (url := given.get("xmlurl")):
            continue
        if urls.refusal(url):
            refused.append(url)
            continue
        name = given.get("title") or given.get("text") or urls.host(url)
        found.append(Outline(name, url, given.get("language") or None))
    return found, refused


def write(sources: Iterable[Source]) -> str:
    """The feeds of a catalogue; other kinds mean nothing to a feed reader and are left out."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Copydesk sources"
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind == "feed":
            outline = etree.SubElement(body, "outline", type="rss", text=source.name, title=source.name)
            outline.set("xmlUrl", source.url)
            if source.language:
                outline.set("language", source.language)
    return str(etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8"), "utf-8")
