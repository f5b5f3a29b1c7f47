"""Listing pages: the articles an ordinary web page links to, for publishers without feed or sitemap.

With a CSS selector from the catalogue the page's links are what it says. Without one only links that look
like articles count: on the same site, with a headline for text and a path that names one thing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.core import urls
from pipeline.core.feeds import dates, pages
from pipeline.core.feeds.model import Feed, Item, NotAFeed
from pipeline.core.feeds.text import plain

FEWEST = 3
"""Article-like links that make a page a listing when nobody said that it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How to read a page: CSS selectors for links, and below or around each link for title and date.

    `pattern` is a regular expression that an article's URL must match.
    """

    links: str | None = None
    title: str | None = None
    date: str | None = None
    pattern: str | None = None


def is_selector(text: str) -> bool:
    """Whether a text is a CSS selector that pages can be searched by."""
    try:
        LexborHTMLParser("").css(text)
    except SelectolaxError:
        return False
    return True


def read(document: bytes, url: str, listing: Listing | None) -> Feed:
    """The links of the page, in order. Raises NotAFeed (`html`) for a page that lists no articles."""
    page = pages.parsed(document)
    base = _base(page, url)
    troubles: Counter[str] = Counter()
    rules = listing or Listing()
    titles = _Beside(page.css(rules.title) if rules.title else [])
    times = _Beside(page.css(rules.date or "time[datetime]"))
    found: dict[str, Item] = {}
    for node in page.css(rules.links or "a[href]"):
        link = _link(node, base, troubles)
        if link is None or not _wanted(link, node, url, rules):
            continue
        item = _item(link, node, titles, times)
        held = found.get(link)
        if held is None or len(held.title or "") < len(item.title or ""):
            found[link] = item
    if listing is None and (len(found) < FEWEST or _is_article(page)):
        raise NotAFeed("html", "a web page that is neither a feed nor a list of articles")
    html = page.css_first("html")
    language = html.attributes.get("lang") if html else None
    title = page.css_first("title")
    return Feed(
        kind="listing",
        reader="html",
        title=plain(title.text()) if title else None,
        language=language or None,
        items=tuple(found.values()),
        troubles=dict(troubles),
    )


def _base(page: LexborHTMLParser, url: str) -> str:
    tag = page.css_first("base[href]")
    try:
        return urls.absolute((tag.attributes.get("href") or "") if tag else "", url)
    except urls.InvalidUrl:
        return url


def _link(node: LexborNode, base: str, troubles: Counter[str]) -> str | None:
    anchor = node if node.tag == "a" else node.css_first("a[href]")
    href = (anchor.attributes.get("href") or "").strip() if anchor else ""
    if not href or href.startswith("#"):
        return None
    try:
        link = urls.normal(urls.absolute(href, base))
    except urls.InvalidUrl:
        troubles["link-invalid"] += 1
        return None
    return link if urls.refusal(link) is None else None


def _wanted(link: str, node: LexborNode, url: str, rules: Listing) -> bool:
    if rules.pattern is not None:
        return re.search(rules.pattern, link) is not None
    if rules.links is not None:
        return True
    return urls.same_site(link, url) and _looks_like_article(link, node)


_DATED = re.compile(r"/(?:19|20)\d\d/?[-/]?\d\d?(?:/|-|$)")
_NUMBERED = re.compile(r"\d{5,}")
_SECTION = re.compile(
    r"/(?:tag|tags|topic|topics|author|authors|category|section|page|search|login|about)(?:/|$)"
)
_FEWEST_LETTERS = 12


def _looks_like_article(link: str, node: LexborNode) -> bool:
    path = urls.path_and_query(link)
    headline = plain(node.text(separator=" ")) or ""
    if _SECTION.search(path) or len(headline) < _FEWEST_LETTERS:
        return False
    last = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return bool(_DATED.search(path) or _NUMBERED.search(path)) or last.count("-") >= 3 or last.count("_") >= 3


class _Beside:
    """Elements by the ancestors they lie in, so that each link finds its own without a search of the page."""

    def __init__(self, nodes: list[LexborNode]) -> None:
        self._inside: dict[int, list[LexborNode]] = {}
        for node in nodes:
            for at in _upwards(node):
                held = self._inside.setdefault(at.mem_id, [])
                if len(held) < 2:
                    held.append(node)

    def of(self, node: LexborNode) -> LexborNode | None:
        """The element nearest to `node`; with several in reach we have left the link's own teaser."""
        for at in _upwards(node):
            if found := self._inside.get(at.mem_id):
                return found[0] if len(found) == 1 else None
        return None


_REACH = 4
"""Levels of a teaser: link, heading, card, and one to spare."""


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    at: LexborNode | None = node
    for _ in range(_REACH):
        if at is None:
            return
        yield at
        at = at.parent


def _item(link: str, node: LexborNode, titles: _Beside, times: _Beside) -> Item:
    title, time = titles.of(node), times.of(node)
    moment = dates.read(time.attributes.get("datetime") or time.text().strip()) if time else None
    return Item(
        url=link,
        title=plain((title or node).text(separator=" "), markup=False),
        published_at=moment.at if moment else None,
    )


def _is_article(page: LexborHTMLParser) -> bool:
    kind = page.css_first('meta[property="og:type"]')
    return kind is not None and (kind.attributes.get("content") or "").lower() == "article"
