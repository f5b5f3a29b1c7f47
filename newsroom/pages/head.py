"""The machine-readable part of a page: meta elements, and JSON-LD that is right, broken or absent."""

import json
from html import escape

from newsroom.pages.sheet import Sheet, iso


def head(sheet: Sheet) -> str:
    """The content of `<head>`: charset label, title, meta elements, structured data."""
    name = escape(sheet.outlet.name)
    return "\n".join(
        part
        for part in (
            sheet.meta_charset,
            f"<title>{sheet.title} | {name}</title>",
            f'<link rel="canonical" href="{escape(sheet.url)}">',
            _open_graph(sheet),
            structured_data(sheet),
        )
        if part
    )


def structured_data(sheet: Sheet) -> str:
    """A JSON-LD script element. The broken kind has a raw line end in a string and a trailing comma."""
    if sheet.outlet.structured == "absent":
        return ""
    text = json.dumps(_news_article(sheet), ensure_ascii=False, indent=1)
    if sheet.outlet.structured == "broken":
        text = text.replace('"publisher"', '"description": "first line\nsecond line",\n "publisher"')
        text = text.removesuffix("\n}") + ",\n}"
    return f'<script type="application/ld+json">{text}</script>'


def _open_graph(sheet: Sheet) -> str:
    article = sheet.article
    properties = [
        ("og:type", "article"),
        ("og:title", article.current.title),
        ("og:site_name", sheet.outlet.name),
        ("og:url", sheet.url),
        ("article:published_time", iso(article.published_at)),
        ("article:section", article.category),
    ]
    if article.current.modified_at:
        properties.append(("article:modified_time", iso(article.current.modified_at)))
    lines = [f'<meta property="{key}" content="{escape(value)}">' for key, value in properties]
    lines += [f'<meta name="author" content="{escape(author)}">' for author in article.authors]
    return "\n".join(lines)


def _news_article(sheet: Sheet) -> dict[str, object]:
    article = sheet.article
    people: list[dict[str, str]] = [{"@type": "Person", "name": author} for author in article.authors]
    if article.agency:
        people.append({"@type": "Organization", "name": article.agency})
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": sheet.url,
        "headline": article.current.title,
        "datePublished": iso(article.published_at),
        "dateModified": iso(article.updated_at),
        "inLanguage": article.language,
        "articleSection": article.category,
        "author": people,
        "publisher": {"@type": "Organization", "name": sheet.outlet.name, "url": sheet.outlet.home},
    }
