"""What outlets announce: RSS 2.0, Atom, JSON Feed and news sitemap documents of their newest entries."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from newsroom.desk import Desk
from newsroom.model import Article, Format, Outlet, Stray

LISTED = 40
SUMMARY_LENGTH = 180


@dataclass(frozen=True, slots=True)
class Entry:
    """One announced item, good or not."""

    url: str
    title: str
    summary: str
    category: str
    authors: tuple[str, ...]
    published_at: datetime
    updated_at: datetime


def entries(desk: Desk, outlet: Outlet) -> list[Entry]:
    """The newest entries of an outlet, newest first, its strays among them."""
    found = [_of_article(outlet, article) for article in desk.listed(outlet.id, LISTED)]
    found += [_of_stray(outlet, stray) for stray in desk.strays if stray.outlet_id == outlet.id]
    return sorted(found, key=lambda entry: entry.published_at, reverse=True)[:LISTED]


def rss(outlet: Outlet, items: Sequence[Entry]) -> str:
    """RSS 2.0 with the usual extensions for creator, updates and the feed's own address."""
    body = "".join(
        f"<item><title>{escape(entry.title)}</title><link>{escape(entry.url)}</link>"
        f'<guid isPermaLink="false">{outlet.id}:{escape(entry.url.removeprefix(outlet.home))}</guid>'
        f"{''.join(f'<dc:creator>{escape(author)}</dc:creator>' for author in entry.authors)}"
        f"<category>{escape(entry.category)}</category><pubDate>{format_datetime(entry.published_at)}</pubDate>"
        f"<atom:updated>{_iso(entry.updated_at)}</atom:updated>"
        f"<description><![CDATA[<p>{escape(entry.summary)}</p>]]></description></item>\n"
        for entry in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset.encoding}"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>{escape(outlet.name)}</title><link>{outlet.home}/</link>"
        f'<atom:link href="{outlet.source_url}" rel="self" type="application/rss+xml"/>'
        f"<description>{escape(outlet.name)}</description><language>{outlet.language}</language>"
        f"<lastBuildDate>{format_datetime(newest(items))}</lastBuildDate>\n{body}</channel></rss>"
    )


def atom(outlet: Outlet, items: Sequence[Entry]) -> str:
    """Atom 1.0; `updated` moves when an article is corrected."""
    body = "".join(
        f"<entry><title>{escape(entry.title)}</title>"
        f'<link rel="alternate" type="text/html" href="{escape(entry.url)}"/>'
        f"<id>tag:{outlet.host},2026:{escape(entry.url.removeprefix(outlet.home))}</id>"
        f"<published>{_iso(entry.published_at)}</published><updated>{_iso(entry.updated_at)}</updated>"
        f"{''.join(f'<author><name>{escape(author)}</name></author>' for author in entry.authors)}"
        f'<category term="{escape(entry.category)}"/><summary>{escape(entry.summary)}</summary></entry>\n'
        for entry in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset.encoding}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.name)}</title><id>{outlet.home}/</id>"
        f'<link rel="self" href="{outlet.source_url}"/><link rel="alternate" href="{outlet.home}/"/>'
        f"<author><name>{escape(outlet.name)}</name></author><updated>{_iso(newest(items))}</updated>\n{body}</feed>"
    )


def json_feed(outlet: Outlet, items: Sequence[Entry]) -> str:
    """JSON Feed 1.1."""
    rows = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.summary,
            "content_text": entry.summary,
            "date_published": _iso(entry.published_at),
            "date_modified": _iso(entry.updated_at),
            "authors": [{"name": author} for author in entry.authors],
            "tags": [entry.category],
        }
        for entry in items
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": outlet.name,
        "home_page_url": f"{outlet.home}/",
        "feed_url": outlet.source_url,
        "language": outlet.language,
        "items": rows,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def news_sitemap(outlet: Outlet, items: Sequence[Entry]) -> str:
    """A sitemap with the news extension."""
    body = "".join(
        f"<url><loc>{escape(entry.url)}</loc><lastmod>{_iso(entry.updated_at)}</lastmod>"
        f"<news:news><news:publication><news:name>{escape(outlet.name)}</news:name>"
        f"<news:language>{outlet.language}</news:language></news:publication>"
        f"<news:publication_date>{_iso(entry.published_at)}</news:publication_date>"
        f"<news:title>{escape(entry.title)}</news:title></news:news></url>\n"
        for entry in items
    )
    return (
        f'<?xml version="1.0" encoding="{outlet.charset.encoding}"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{body}</urlset>'
    )


WRITERS: dict[Format, tuple[Callable[[Outlet, Sequence[Entry]], str], str]] = {
    "rss": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
    "news-sitemap": (news_sitemap, "application/xml"),
}


def newest(items: Sequence[Entry]) -> datetime:
    """When the document last changed: the latest update among its entries, so an idle feed stays the same."""
    return max(entry.updated_at for entry in items)


def _of_article(outlet: Outlet, article: Article) -> Entry:
    current = article.current
    return Entry(
        url=outlet.listed_url(article.path),
        title=current.title,
        summary=_summary(current.blocks[0].text),
        category=article.category,
        authors=article.authors,
        published_at=article.published_at,
        updated_at=article.updated_at,
    )


def _of_stray(outlet: Outlet, stray: Stray) -> Entry:
    return Entry(stray.url(outlet), stray.title, stray.title, "", (), stray.published_at, stray.published_at)


def _summary(paragraph: str) -> str:
    if len(paragraph) <= SUMMARY_LENGTH:
        return paragraph
    return paragraph[:SUMMARY_LENGTH].rsplit(" ", 1)[0] + "…"


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
