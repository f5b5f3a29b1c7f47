"""Where a site's feeds may be: what its page links to, what its robots.txt names, where feeds usually lie."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core import urls
from pipeline.core.feeds import NotAFeed, pages

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
    | {"application/json", "text/xml", "application/xml"}
)
USUAL_PATHS = (
    "feed",
    "rss",
    "rss.xml",
    "feed.xml",
    "atom.xml",
    "index.xml",
    "feeds/all.atom.xml",
    "feed.json",
)
USUAL_SITEMAPS = ("news-sitemap.xml", "sitemap-news.xml", "sitemap.xml")
MOST = 30


def linked(page: bytes, url: str) -> list[str]:
    """The feeds a page names by `<link rel=alternate>`, in its order."""
    try:
        document = pages.parsed(page)
    except NotAFeed:
        return []
    found: list[str] = []
    for node in document.css("link[rel~=alternate i][href]"):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        if kind in FEED_TYPES and (link := _absolute(node.attributes.get("href") or "", url)):
            found.append(link)
    return list(dict.fromkeys(found))


def candidates(page: bytes, url: str, sitemaps: Sequence[str]) -> list[str]:
    """Addresses worth a look, the likeliest first: linked feeds, sitemaps of robots.txt, usual places."""
    named = [link for sitemap in sitemaps if (link := _absolute(sitemap, url))]
    news_first = sorted(named, key=lambda link: "news" not in link.lower())
    usual = [f"{urls.origin(url)}/{path}" for path in (*USUAL_PATHS, *USUAL_SITEMAPS)]
    found = dict.fromkeys((*linked(page, url), *news_first, *usual))
    return [link for link in found if urls.refusal(link) is None][:MOST]


def _absolute(link: str, url: str) -> str | None:
    try:
        return urls.normal(urls.absolute(link.strip(), url))
    except urls.InvalidUrl:
        return None
