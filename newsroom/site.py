"""What one outlet's host answers: its front page, its feed, its robots.txt, its articles and its strays."""

import re

from newsroom import strays
from newsroom.answer import Answer, text
from newsroom.desk import Desk
from newsroom.feeds import WRITERS, entries, newest
from newsroom.model import Outlet
from newsroom.pages import render
from newsroom.pages.listing import listing

PAGE = re.compile(r"[?&]page=([1-9]\d{0,3})$")
TRACKING = re.compile(r"[?&]utm_[^&]*")


def respond(desk: Desk, outlet: Outlet, path: str) -> Answer:
    """The answer of an outlet's host for a path with its query."""
    plain = _without_tracking(path)
    if plain == "/robots.txt":
        return _robots(outlet)
    if plain == "/" or (outlet.format == "listing" and plain.partition("?")[0] == outlet.source_path):
        return _listing(desk, outlet, plain)
    if plain == outlet.source_path:
        return _announcement(desk, outlet)
    article = desk.find(outlet.host, plain)
    if article is None:
        return strays.respond(desk, outlet, plain)
    if article.retracted:
        return text("This article has been withdrawn.", 410)
    page = render(desk, article)
    return Answer(page.body, page.content_type, modified_at=article.updated_at, compress=outlet.gzip)


def _announcement(desk: Desk, outlet: Outlet) -> Answer:
    items = entries(desk, outlet)
    write, media_type = WRITERS[outlet.format]
    body = write(outlet, items).encode(outlet.charset.encoding, "xmlcharrefreplace")
    return Answer(body, media_type, modified_at=newest(items), compress=outlet.gzip)


def _listing(desk: Desk, outlet: Outlet, path: str) -> Answer:
    """The front page, or a page of the listing: `?page=2` continues where the first one ends."""
    items = entries(desk, outlet)
    number = PAGE.search(path)
    markup = listing(outlet, items, int(number.group(1)) if number else 1)
    if markup is None:
        return text("Not found", 404)
    encoding = outlet.charset.encoding
    body = markup.encode(encoding, "xmlcharrefreplace")
    return Answer(body, f"text/html; charset={encoding}", modified_at=newest(items), compress=outlet.gzip)


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
