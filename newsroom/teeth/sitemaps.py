"""Sitemaps at and over the limits of their protocol."""

import gzip
from datetime import timedelta
from functools import cache
from html import escape

from newsroom.answer import Answer, text
from newsroom.teeth.feeds import moment
from newsroom.teeth.redirects import PRIVATE_TARGETS
from newsroom.teeth.visit import Visit

ENTRIES = 50_000
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def huge(visit: Visit) -> Answer:
    """The protocol's limit: fifty thousand entries, here with the news extension."""
    return Answer(_huge(visit.home), "application/xml")


def nested(visit: Visit) -> Answer:
    """An index of two children: one gzipped as `child.xml.gz`, one a plain list of addresses."""
    children = "".join(
        f"<sitemap><loc>{visit.home}{path}</loc></sitemap>" for path in ("/child.xml.gz", "/child.txt")
    )
    return Answer(
        f'<?xml version="1.0"?><sitemapindex {NAMESPACES}>{children}</sitemapindex>'.encode(), "text/xml"
    )


def zipped_child(visit: Visit) -> Answer:
    """Three entries, gzipped, with a content type that says nothing."""
    rows = "".join(_row(visit.home, number, moment().isoformat()) for number in range(3))
    body = f'<?xml version="1.0" encoding="utf-8"?>\n<urlset {NAMESPACES}>\n{rows}</urlset>'
    return Answer(gzip.compress(body.encode()), "application/octet-stream")


def text_child(visit: Visit) -> Answer:
    """One address a line."""
    return text(f"{visit.home}/good\n{visit.home}/good?n=2\n")


def looping_index(visit: Visit) -> Answer:
    """A sitemap index that names itself and an ever new child that is another index."""
    body = (
        f'<?xml version="1.0"?><sitemapindex {NAMESPACES}>'
        f"<sitemap><loc>{visit.home}{escape(visit.path)}</loc></sitemap>"
        f"<sitemap><loc>{visit.home}/sitemap.xml?deeper={visit.nth}</loc></sitemap></sitemapindex>"
    )
    return Answer(body.encode(), "application/xml")


def leading_inside(_: Visit) -> Answer:
    """A sitemap index whose children are addresses inside."""
    children = "".join(f"<sitemap><loc>{target}</loc></sitemap>" for target in PRIVATE_TARGETS)
    body = f'<?xml version="1.0"?><sitemapindex {NAMESPACES}>{children}</sitemapindex>'
    return Answer(body.encode(), "application/xml")


@cache
def _huge(home: str) -> bytes:
    start = moment()
    rows = "".join(
        _row(home, number, (start - timedelta(seconds=number)).isoformat()) for number in range(ENTRIES)
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset {NAMESPACES}>\n{rows}</urlset>'.encode()


def _row(home: str, number: int, published: str) -> str:
    return (
        f"<url><loc>{home}/n/{number}</loc><news:news><news:publication><news:name>Huge</news:name>"
        "<news:language>en</news:language></news:publication>"
        f"<news:publication_date>{published}</news:publication_date>"
        f"<news:title>Number {number}</news:title></news:news></url>\n"
    )
