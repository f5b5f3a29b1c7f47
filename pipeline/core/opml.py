"""OPML, the format in which feed readers exchange their subscriptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from pipeline.core import urls
from pipeline.core.feeds import NotAFeed, xml
from pipeline.core.sources import Source
from pipeline.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Outline:
    """One subscription."""

    name: str
    url: str
    language: str | None


def read(document: bytes) -> list[Outline]:
    """The subscriptions, folders flattened. Raises ConfigError for what is no OPML."""
    try:
        document, _ = xml.without_doctype(document)
    except NotAFeed as error:
        raise ConfigError(f"the OPML file is refused: {error.message}") from error
    root = xml.tree(document)
    if root is None or not isinstance(root.tag, str) or root.tag.lower() != "opml":
        raise ConfigError("this is no OPML file")
    found = []
    for outline in root.iter("outline"):
        url = (outline.get("xmlUrl") or outline.get("xmlurl") or "").strip()
        if url and urls.refusal(url) is None:
            name = (outline.get("title") or outline.get("text") or urls.host(url)).strip()
            found.append(Outline(name or urls.host(url), url, outline.get("language")))
    return found


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
