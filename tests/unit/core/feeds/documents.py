"""Documents that many tests read, and short ways to read them."""

from datetime import UTC, datetime

import pytest

from pipeline.core import feeds

URL = "https://desk.example/news/feed.xml"
AT = datetime(2026, 11, 24, 10, 5, tzinfo=UTC)


def parse(body: str | bytes, content_type: str | None = None, **options) -> feeds.Feed:
    return feeds.parse(body.encode() if isinstance(body, str) else body, content_type, URL, **options)


def item(inner: str, root: str = "<rss><channel>{}</channel></rss>") -> feeds.Item:
    (only,) = parse(root.format(f"<item>{inner}</item>")).items
    return only


def entry(inner: str, namespace: str = "http://www.w3.org/2005/Atom") -> feeds.Item:
    (only,) = parse(f"<feed xmlns='{namespace}'><entry>{inner}</entry></feed>").items
    return only


def refused(body: str | bytes, **options) -> str:
    with pytest.raises(feeds.NotAFeed) as caught:
        parse(body, **options)
    return caught.value.reason


RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>The Desk</title><link>https://desk.example/</link><language>en-GB</language><ttl>30</ttl>
<item><title>AT&amp;amp;T buys &lt;b&gt;bridge&lt;/b&gt;</title><link> https://desk.example/a?x=1&amp;y=2
</link><description><![CDATA[<p>One.</p><p>Two.</p>]]></description><guid isPermaLink="false">7</guid>
<pubDate>Tue, 24 Nov 2026 10:05:00 GMT</pubDate><dc:creator>A. Writer</dc:creator><category>City</category>
<category>City</category></item></channel></rss>"""


NEWS = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://desk.example/a</loc>
<news:news><news:publication><news:name>Desk</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-24T10:05:00Z</news:publication_date><news:title>One</news:title>
<news:keywords>bridge, city</news:keywords></news:news></url>
<url><loc>/b</loc><lastmod>2026-11-24</lastmod></url>
</urlset>"""


LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;">]>
<rss><channel><item><title>&c;</title></item></channel></rss>"""


PAGE = """<html lang="es"><head><title>Gaceta</title><base href="https://desk.example/es/"></head><body>
<nav><a href="/tag/puente">Puente</a><a href="/">Portada</a></nav>
<article><h2><a href="2026/11/24/cierran-el-puente">Cierran el puente viejo</a></h2>
<time datetime="2026-11-24T10:05:00Z">hoy</time></article>
<article><h2><a href="2026/11/23/abren-otro">Abren otro puente nuevo</a></h2></article>
<article><h2><a href="2026/11/22/nada-nuevo-hoy">Nada nuevo en el puente</a></h2></article>
<a href="https://elsewhere.example/2026/11/24/x">Publicidad de otra casa</a></body></html>"""
