"""What one outlet's host answers: its front page, its feed, its robots.txt, its articles and its strays."""

import re
from datetime import datetime

from newsroom import strays
from newsroom.answer import Answer, text
from newsroom.desk import Desk
from newsroom.feeds import WRITERS, entries, newest
from newsroom.model import Outlet
from newsroom.pages import render
from newsroom.pages.listing import listing

TRACKING = re.compile(r"[?&]utm_[^&]*")


def respond(desk: Desk, outlet: Outlet, path: str) -> Answer:
    """The answer of an outlet's host for a path with its query."""
    plain = _without_tracking(path)
    if plain == "/robots.txt":
        return _robots(outlet)
    if plain == outlet.source_path or plain == "/":
        return _announcement(desk, outlet, as_page=plain == "/")
    article = desk.find(outlet.host, plain)
    if article is None:
        return strays.respond(desk, outlet, plain)
    if article.retracted:
        return text("This article has been withdrawn.", 410)
    page = render(desk, article)
    return Answer(page.body, page.content_type, modified_at=article.updated_at, compress=outlet.gzip)


def _announcement(desk: Desk, outlet: Outlet, *, as_page: bool) -> Answer:
    items = entries(desk, outlet)
    changed: datetime = newest(items)
    if as_page or outlet.format == "listing":
        body = listing(outlet, items).encode(outlet.charset.encoding, "xmlcharrefreplace")
        content_type = f"text/html; charset={outlet.charset.encoding}"
    else:
        write, media_type = WRITERS[outlet.format]
        body = write(outlet, items).encode(outlet.charset.encoding, "xmlcharrefreplace")
        content_type = media_type
    return Answer(body, content_type, modified_at=changed, compress=outlet.gzip)


def _robots(outlet: Outlet) -> Answer:
    if not outlet.robots:
        return text("Not found", 404)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in outlet.disallow or ("",))]
    if outlet.crawl_delay is not None:
        lines.append(f"Crawl-delay: {outlet.crawl_delay:g}")
    if outlet.kind == "sitemap":
        lines += ["", f"Sitemap: {outlet.source_url}"]
    return text("\n".join(lines) + "\n")


def _without_tracking(path: str) -> str:
    stripped = TRACKING.sub("", path)
    return stripped if "?" in stripped else stripped.replace("&", "?", 1)
