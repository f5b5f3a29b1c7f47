"""When the article was published and last modified: the stamps a page carries and which one we believe.

    JSON-LD  >  <meta>  >  <time>, microdata  >  WebPage in JSON-LD  >  feed entry  >  address
       >  words above the text  >  htmldate's search of the page

The first *plausible* stamp wins (see `dates.plausible`). A winner that is only a day is refined by the first
later candidate that gives a time on that same day; one without a zone is read in the zone of another stamp
of the page. A modification before the publication is no modification.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.core.clean.choice import Choice
from pipeline.core.clean.dates import Stamp, parse, plausible
from pipeline.core.clean.jsonld import Node, text_of, types
from pipeline.core.clean.page import Page
from pipeline.core.clean.wordlists import sequence

_PUBLISHED = sequence(
    "article:published_time og:published_time og:article:published_time datepublished parsely-pub-date "
    "sailthru.date article.published published-date publication_date publish-date pubdate publishdate "
    "cxenseparse:recs:publishtime dc.date.issued dcterms.created dc.date date datecreated ptime timestamp "
    "originalpublicationdate article:published rnews:datepublished citation_publication_date bt:pubdate"
)
_MODIFIED = sequence(
    "article:modified_time og:updated_time og:article:modified_time datemodified last-modified "
    "article:updated lastmod dcterms.modified dc.date.modified revision_date"
)
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_TIMES = (
    '[itemprop~="datePublished" i]',
    "time[pubdate]",
    'time[class*="publi" i][datetime], [class*="publi" i] time[datetime], '
    'time[class*="entry-date" i][datetime]',
    "header time[datetime]",
    "article time[datetime]",
    "time[datetime]",
)
_MANY_TIMES = 12
"""With more `<time>` elements than this the page lists other articles, and the first need not be its own."""


@dataclass(frozen=True, slots=True)
class Published:
    """The two times of an article with their origins; either may be missing."""

    published: Choice[Stamp] | None
    modified: Choice[Stamp] | None


def choose_times(
    page: Page,
    article: list[Node],
    *,
    feed: tuple[datetime | None, datetime | None],
    fetched_at: datetime,
) -> Published:
    """The times the page declares; `feed` is what the entry said."""
    zone = _Zone(page, article)
    good = (
        choice for choice in _candidates(page, article, feed[0], zone) if plausible(choice.value, fetched_at)
    )
    published = _refined(good)
    modifications = _modifications(page, article, feed[1], zone)
    modified = next((choice for choice in modifications if plausible(choice.value, fetched_at)), None)
    if published and modified and modified.value.at < published.value.at:
        modified = None
    return Published(published, modified)


def found_day(text: str | None, fetched_at: datetime) -> Choice[Stamp] | None:
    """The day a search of the page came up with, if it is plausible."""
    found = parse(text)
    return Choice(found, "guess") if found and plausible(found, fetched_at) else None


def day_in_url(url: str) -> str | None:
    """The day an address names: `/2024/05/17/` or `20240517`."""
    match = _URL_DAY.search(url)
    return "-".join(match.groups()) if match else None


def _candidates(
    page: Page, article: list[Node], feed: datetime | None, zone: _Zone
) -> Iterator[Choice[Stamp]]:
    yield from _stamps((_stated(node.get("datePublished")) for node in article), "json-ld", zone)
    yield from _stamps((page.first_meta(name) for name in _PUBLISHED), "meta", zone)
    yield from _stamps((_stated(node.get("dateCreated")) for node in article), "json-ld", zone)
    yield from _stamps(_times(page), "html", zone)
    pages = (node for node in page.nodes if "WebPage" in types(node))
    yield from _stamps((_stated(node.get("datePublished")) for node in pages), "json-ld", zone)
    if feed is not None:
        yield Choice(Stamp(feed.astimezone(UTC), "second", zoned=True), "feed")
    yield from _stamps([day_in_url(page.url)], "url", None)


def _modifications(
    page: Page, article: list[Node], feed: datetime | None, zone: _Zone
) -> Iterator[Choice[Stamp]]:
    yield from _stamps((_stated(node.get("dateModified")) for node in article), "json-ld", zone)
    yield from _stamps((page.first_meta(name) for name in _MODIFIED), "meta", zone)
    itemprop = ('[itemprop~="dateModified" i]',)
    yield from _stamps((_stamp_text(node) for css in itemprop for node in page.select(css)[:1]), "html", zone)
    if feed is not None:
        yield Choice(Stamp(feed.astimezone(UTC), "second", zoned=True), "feed")


def _stated(value: Any) -> str | None:
    """A stamp as text; some systems write the seconds as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text_of(value)


def _stamps(texts: Iterable[str | None], origin: str, zone: _Zone | None) -> Iterator[Choice[Stamp]]:
    for text in texts:
        stamp = parse(text)
        if stamp and zone and not stamp.zoned and stamp.precision != "day":
            stamp = parse(text, zone.offset())
        if stamp:
            yield Choice(stamp, origin)


def _times(page: Page) -> Iterator[str | None]:
    for css in _TIMES:
        found = page.select(css)
        if found and (len(found) <= _MANY_TIMES or css != _TIMES[-1]):
            yield _stamp_text(found[0])


def _stamp_text(node: LexborNode) -> str | None:
    attributes = node.attributes
    return attributes.get("datetime") or attributes.get("content") or node.text(strip=True)


class _Zone:
    """The offset some stamp of the page is written with; other than UTC, which is often a mere default."""

    def __init__(self, page: Page, article: list[Node]) -> None:
        self._page, self._article = page, article

    def offset(self) -> timedelta | None:
        names = ("datePublished", "dateModified")
        texts = [text_of(node.get(name)) for node in self._article for name in names]
        texts += [self._page.first_meta(name) for name in (*_PUBLISHED[:4], *_MODIFIED[:3])]
        offsets = (stamp.offset for text in texts if (stamp := parse(text)) and stamp.zoned)
        return next((offset for offset in offsets if offset), None)


def _refined(good: Iterator[Choice[Stamp]]) -> Choice[Stamp] | None:
    """The first, or if that is only a day, the first later one that gives a time on the same day."""
    first = next(good, None)
    if first is None or first.value.precision != "day":
        return first
    day = first.value.at.date()
    times = (choice for choice in good if choice.value.precision != "day")
    return next((choice for choice in times if (choice.value.at + choice.value.offset).date() == day), first)
