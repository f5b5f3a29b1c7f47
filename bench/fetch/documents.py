"""Feeds as publishers shape them, made of invented text: the same files for every reader."""

from __future__ import annotations

from collections.abc import Iterator

ITEMS = 30
SENTENCE = (
    "The council said on Tuesday that it would repair the old bridge over the river before winter comes. "
)


def shapes() -> Iterator[tuple[str, bytes]]:
    """Name and document: headlines only, summaries, full articles, Atom, RDF and a news sitemap."""
    yield "rss, headlines", _rss(_item(number, "", "") for number in range(ITEMS))
    yield "rss, summaries", _rss(_item(number, _summary(), "") for number in range(ITEMS))
    yield "rss, full text", _rss(_item(number, _summary(), _article()) for number in range(ITEMS))
    yield "atom, full text", _atom()
    yield "rdf, summaries", _rdf()


def _summary() -> str:
    return f'<p><img src="/i/1.jpg" width="300" alt=""> {SENTENCE * 2}<a href="/more">Read on</a></p>'


def _article() -> str:
    link = '<a href="https://desk.example/topic" class="link">Bridge</a>'
    paragraph = f"<p>{SENTENCE * 3}{link} and <em>more</em>.</p>"
    return (paragraph + '<figure><img src="/i/2.jpg" style="max-width:100%"/></figure>') * 6


def _item(number: int, summary: str, article: str) -> str:
    body = f"<description><![CDATA[{summary}]]></description>" if summary else ""
    full = f"<content:encoded><![CDATA[{article}]]></content:encoded>" if article else ""
    return (
        f"<item><title>Council approves plan {number} for harbour &amp; bridge</title>"
        f"<link>https://desk.example/2026/11/{number}-council-approves-plan</link>"
        f'<guid isPermaLink="false">desk-{number}</guid><dc:creator>A. Writer</dc:creator>'
        f"<pubDate>Tue, 24 Nov 2026 10:{number:02d}:00 +0100</pubDate><category>City</category>"
        f"{body}{full}</item>"
    )


def _rss(items: Iterator[str]) -> bytes:
    namespaces = (
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    head = "<title>The Desk</title><link>https://desk.example/</link><language>en</language>"
    channel = f"<channel>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {namespaces}>{channel}</rss>'.encode()


def _atom() -> bytes:
    entries = "".join(
        f"<entry><id>tag:desk.example,2026:{number}</id>"
        f'<title type="html">Council &amp;amp; bridge {number}</title>'
        f'<link rel="alternate" type="text/html" href="https://desk.example/{number}"/>'
        f"<published>2026-11-24T10:{number:02d}:00Z</published><updated>2026-11-24T11:{number:02d}:00Z</updated>"
        f'<author><name>A. Writer</name></author><category term="city"/>'
        f'<content type="html"><![CDATA[{_article()}]]></content></entry>'
        for number in range(ITEMS)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>The Desk</title>{entries}</feed>'.encode()


def _rdf() -> bytes:
    items = "".join(
        f'<item rdf:about="https://desk.example/{number}"><title>Council {number}</title>'
        f"<link>https://desk.example/{number}</link><dc:date>2026-11-24T10:{number:02d}:00+01:00</dc:date>"
        f"<description><![CDATA[{_summary()}]]></description></item>"
        for number in range(ITEMS)
    )
    channel = "<channel><title>The Desk</title></channel>"
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{channel}{items}</rdf:RDF>'
    ).encode()
