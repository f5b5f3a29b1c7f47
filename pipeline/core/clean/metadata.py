"""All metadata of a page: which place each field is taken from when several disagree.

Structured data is trusted first, because the publisher's system writes it from the database; what people
typed into templates comes after. In order, with the reason for every exception:

    title      h1 that agrees with the declared title > JSON-LD headline > og:title > <title> > feed
               (the headline is often shortened for search engines; the h1 is what readers saw)
    subtitle   element marked as such > JSON-LD alternativeHeadline
    authors    JSON-LD > meta > rel=author, itemprop > byline elements > feed
    published  JSON-LD > meta > <time>, microdata > feed > URL > search of the page, first plausible
    modified   JSON-LD > meta > microdata > feed, never before published
    section    JSON-LD articleSection > meta > breadcrumb
    tags       JSON-LD keywords and meta together: both are the publisher's words
    image      JSON-LD > og:image > twitter:image
    site name  og:site_name > JSON-LD publisher > application-name
    url        link rel=canonical > og:url > JSON-LD, only within the registrable domain of the page
    access     JSON-LD isAccessibleForFree > content tier tags
    language   sure detection > html lang > JSON-LD > meta > HTTP
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from pipeline.core import urls
from pipeline.core.clean.access import Access, choose_access, opt_outs
from pipeline.core.clean.authors import choose_authors, shown_authors
from pipeline.core.clean.body import Body
from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.credits import choose_agency, without_agency
from pipeline.core.clean.dates import Precision, Stamp
from pipeline.core.clean.jsonld import Node, article_nodes, text_of, texts_of, types
from pipeline.core.clean.names import is_short, starts_with
from pipeline.core.clean.page import Page
from pipeline.core.clean.page import text_of as element_text
from pipeline.core.clean.published import Published, choose_times
from pipeline.core.clean.site_rules import Ruled
from pipeline.core.clean.titles import agreement, choose_title, key
from pipeline.core.model import RawArticle
from pipeline.errors import Discard

SHARED_FIELDS = (
    *("subtitle", "description", "authors", "published_at", "published_precision", "modified_at", "section"),
    *("tags", "image_url", "site_name", "declared_url", "access", "agency", "opt_outs"),
)
"""The fields of `CleanArticle` that are taken from `Metadata` as they are."""
MAX_TAGS = 50
MAX_HEADINGS = 60
_SUBTITLES = (
    '[class*="subtitle" i], [class*="sub-title" i], [class*="standfirst" i], [class*="subheadline" i], '
    '[class*="sub-headline" i], [class~="dek" i], [class~="deck" i], [class*="article-dek" i], '
    '[class*="headline__sub" i], [itemprop~="alternativeHeadline" i]'
)
_OG_TITLES = ("og:title", "twitter:title", "headline", "dc.title", "title", "parsely-title", "sailthru.title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the page says about its article. `provenance` maps each field that has a value to its origin.

    `titles` are all spellings of the title that occur: what repeats one of them is not text. `site_names`
    are all names the site goes by, `credits` all that the byline names, agencies too.
    """

    title: str | None = None
    titles: list[str] = field(default_factory=list)
    site_names: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()
    subtitle: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    site_name: str | None = None
    declared_url: str | None = None
    access: Access = "unknown"
    agency: str | None = None
    opt_outs: tuple[str, ...] = ()
    provenance: dict[str, str] = field(default_factory=dict)


def read_metadata(page: Page, article: list[Node], raw: RawArticle) -> Metadata:
    """Every field by its rule, as far as the page declares it; `with_text` completes it."""
    entry = raw.entry
    site = _site_name(page, article)
    times = choose_times(
        page,
        article,
        feed=(entry.published_at, entry.updated_at) if entry else (None, None),
        fetched_at=raw.fetched_at,
    )
    site_names = [site.value if site else "", raw.source.name, *_host_names(page.url), *_publishers(article)]
    h1s = page.texts("h1")
    headlines = [text for node in article if (text := text_of(node.get("headline") or node.get("name")))]
    metas = [content for name in _OG_TITLES for content in page.meta.get(name, ())[:1]]
    title = choose_title(
        h1s=h1s,
        headlines=headlines,
        metas=metas,
        html_titles=page.texts("head title")[:1],
        feed=entry.title if entry else None,
        site_names=site_names,
        headings=() if headlines or metas else page.texts("h2, h3")[:MAX_HEADINGS],
    )
    spellings = [
        title.value if title else "",
        *h1s[:1],
        *headlines,
        *metas,
        (entry.title or "") if entry else "",
    ]
    authors = choose_authors(page, article, entry.authors if entry else (), site_names)
    chosen: dict[str, Choice[Any] | None] = {
        "title": title,
        "subtitle": _subtitle(page, article, title),
        "description": _description(page, article),
        "authors": authors.choice,
        "published_at": Choice(times.published.value.at, times.published.origin) if times.published else None,
        "modified_at": Choice(times.modified.value.at, times.modified.origin) if times.modified else None,
        "section": _section(page, article),
        "tags": _tags(page, article),
        "image_url": _image(page, article),
        "site_name": site,
        "declared_url": _declared_url(page, article),
        "access": choose_access(page, article),
        "opt_outs": opt_outs(page, raw.http.headers, raw.http.opt_outs),
    }
    given = {name: choice for name, choice in chosen.items() if choice is not None and choice.value}
    return Metadata(
        **{name: choice.value for name, choice in given.items()},
        titles=[text for text in spellings if text],
        site_names=tuple(filter(None, site_names)),
        credits=authors.credits,
        published_precision=times.published.value.precision if times.published else None,
        provenance={name: choice.origin for name, choice in given.items() if choice.value != "unknown"}
        | _zones(times),
    )


def _zones(times: Published) -> dict[str, str]:
    """The offsets the page wrote its times with, as `+09:00`: the day readers saw, where times are in UTC."""
    written = {"published_zone": times.published, "modified_zone": times.modified}
    return {
        name: choice.value.at.astimezone(timezone(choice.value.offset)).isoformat()[-6:]
        for name, choice in written.items()
        if choice is not None and (choice.value.zoned or choice.value.offset)
    }


def with_text(
    metadata: Metadata, page: Page, article: list[Node], body: Body, day: Choice[Stamp] | None
) -> Metadata:
    """The metadata completed by what only the text tells: agency, authors without markup, a missing title.

    `day` is the day of publication that a search found, where none is declared.
    """
    more: dict[str, Choice[Any]] = {}
    credits = (*metadata.authors, *metadata.credits)
    if agency := choose_agency(page, article, credits, body, metadata.site_names):
        more["agency"] = agency
        authors = without_agency(metadata.authors, agency.value)
        if authors != metadata.authors:
            more["authors"] = Choice(authors, metadata.provenance["authors"])
    shown = shown_authors(list(body.head), metadata.site_names)
    if shown and all(map(is_short, metadata.authors)) and starts_with(shown, metadata.authors):
        more["authors"] = Choice(shown, "text")
    if metadata.title is None:
        more["title"] = Choice(" ".join(body.paragraphs[0].split()[:16])[:200], "guess")
    if metadata.published_at is None and day is not None:
        more["published_at"] = Choice(day.value.at, day.origin)
    origins = {name: choice.origin for name, choice in more.items()}
    values: dict[str, Any] = {name: choice.value for name, choice in more.items()}
    if "published_at" in values:
        values["published_precision"] = "day"
    return replace(metadata, **values, provenance={**metadata.provenance, **origins})


def with_rule(metadata: Metadata, ruled: Ruled | None) -> Metadata:
    """The metadata with what a rule for this site found; provenance names the rule and what it missed."""
    if ruled is None:
        return metadata
    values: dict[str, Any] = {}
    if ruled.title:
        values |= {"title": ruled.title, "titles": [ruled.title, *metadata.titles]}
    if ruled.date:
        values |= {"published_at": ruled.date.at, "published_precision": ruled.date.precision}
    if ruled.authors:
        values["authors"] = ruled.authors
    origins: dict[str, str] = {
        name: "rule" for name in ("title", "published_at", "authors") if name in values
    }
    missed = {"site_rule_missed": " ".join(ruled.missed)} if ruled.missed else {}
    return replace(
        metadata, **values, provenance={**metadata.provenance, **origins, "site_rule": ruled.name, **missed}
    )


def own_nodes(page: Page) -> list[Node]:
    """The JSON-LD nodes about the page's own article, best first.

    A page about one article may embed others (related, most read). Its own names this address, or has the
    title the page shows; failing both, the first that is not a mere list item is taken.
    """
    articles = article_nodes(page.nodes)
    if len(articles) <= 1:
        return articles
    titles = [*page.texts("h1"), *page.meta.get("og:title", ())[:1], *page.texts("head title")[:1]]
    mine = [node for node in articles if _names_page(node, page.url)]
    same = [node for node in articles if _titled(node, titles)]
    ordered = [*(node for node in mine if node in same), *same, *mine] or articles[:1]
    return [node for at, node in enumerate(ordered) if not any(node is earlier for earlier in ordered[:at])]


def _names_page(node: Node, url: str) -> bool:
    about = node.get("mainEntityOfPage")
    found = [node.get("url"), node.get("@id"), about.get("@id") if isinstance(about, dict) else about]
    return any(
        isinstance(link, str) and link.split("#")[0].rstrip("/") == url.split("?")[0].rstrip("/")
        for link in found
    )


def _titled(node: Node, titles: list[str]) -> bool:
    headline = text_of(node.get("headline") or node.get("name"))
    return bool(headline) and any(agreement(headline or "", title) >= 0.8 for title in titles)


def _site_name(page: Page, article: list[Node]) -> Choice[str] | None:
    if name := page.first_meta("og:site_name"):
        return Choice(name[:200], "meta")
    if publishers := _publishers(article):
        return Choice(one_line(publishers[0])[:200], "json-ld")
    name = page.first_meta("application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone")
    return Choice(name[:200], "meta") if name else None


def _publishers(article: list[Node]) -> list[str]:
    return [name for node in article for name in texts_of(node.get("publisher"))]


def _host_names(url: str) -> list[str]:
    """What a site may call itself after its address `www.daily.example`: host, domain, its label."""
    try:
        host, site = urls.host(url), urls.site(url)
    except Discard:
        return []
    labels = [label for label in re.split(r"[.-]", host)[:-1] if len(label) >= 3 and label != "www"]
    return [host, site, site.split(".")[0], f"www.{site}", *labels]


def _subtitle(page: Page, article: list[Node], title: Choice[str] | None) -> Choice[str] | None:
    found = page.select(_SUBTITLES)
    text = element_text(found[0]) if 0 < len(found) <= 3 else ""
    taken = key(title.value) if title else ""
    if 3 <= len(text.split()) <= 80 and key(text) != taken:
        return Choice(text[:1000], "html")
    for node in article:
        other = text_of(node.get("alternativeHeadline"))
        if other and key(other) not in (taken, key(text_of(node.get("headline")) or "")):
            return Choice(one_line(other)[:1000], "json-ld")
    return None


def _description(page: Page, article: list[Node]) -> Choice[str] | None:
    for node in article:
        if text := text_of(node.get("description")):
            return Choice(one_line(text)[:2000], "json-ld")
    text = page.first_meta("og:description", "description", "twitter:description", "dc.description")
    return Choice(text[:2000], "meta") if text else None


def _section(page: Page, article: list[Node]) -> Choice[str] | None:
    for node in article:
        if text := text_of(node.get("articleSection")):
            return Choice(one_line(text)[:200], "json-ld")
    if text := page.first_meta(
        "article:section", "og:article:section", "parsely-section", "section", "cxenseparse:section"
    ):
        return Choice(text[:200], "meta")
    crumbs = next((node for node in page.nodes if "BreadcrumbList" in types(node)), None)
    items = crumbs.get("itemListElement") if crumbs else None
    names = [text_of(item.get("name") or item.get("item")) for item in items or [] if isinstance(item, dict)]
    return Choice(one_line(names[-2])[:200], "json-ld") if len(names) >= 3 and names[-2] else None


def _tags(page: Page, article: list[Node]) -> Choice[tuple[str, ...]]:
    structured = [
        piece for node in article[:1] for text in texts_of(node.get("keywords")) for piece in text.split(",")
    ]
    metas = [*page.meta.get("article:tag", ()), *page.meta.get("news_keywords", ())] or page.meta.get(
        "keywords", []
    )
    pieces = [*structured, *(piece for text in metas for piece in text.split(","))]
    tags: dict[str, str] = {}
    for piece in pieces:
        if 1 < len(tag := one_line(piece)) <= 100:
            tags.setdefault(tag.casefold(), tag)
    return Choice(tuple(tags.values())[:MAX_TAGS], "json-ld" if structured else "meta")


def _image(page: Page, article: list[Node]) -> Choice[str] | None:
    structured = (link for node in article for link in _links(node.get("image")))
    metas = (
        page.first_meta(name)
        for name in ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
    )
    for origin, links in (("json-ld", structured), ("meta", metas)):
        if found := next((url for link in links if (url := _absolute(link, page.url))), None):
            return Choice(found, origin)
    return None


def _links(value: Any, depth: int = 0) -> list[str]:
    if depth > 8:
        return []
    if isinstance(value, list):
        return [link for item in value for link in _links(item, depth + 1)]
    if isinstance(value, dict):
        return _links(value.get("url") or value.get("contentUrl") or value.get("@id"), depth + 1)
    return [value] if isinstance(value, str) else []


def _declared_url(page: Page, article: list[Node]) -> Choice[str] | None:
    structured = (
        link for node in article for link in _links(node.get("mainEntityOfPage") or node.get("url"))
    )
    for origin, links in (
        ("html", [page.link("canonical")]),
        ("meta", [page.first_meta("og:url")]),
        ("json-ld", structured),
    ):
        for link in links:
            found = _absolute(link, page.url)
            if found and _same_site(found, page.url):
                return Choice(found, origin)
    return None


def _same_site(one: str, other: str) -> bool:
    try:
        return urls.same_site(one, other)
    except Discard:
        return False


def _absolute(link: str | None, base: str) -> str | None:
    """The link as an absolute http address; None for anything else."""
    try:
        found = urls.normal(urls.absolute((link or "").strip(), base)) if link else ""
    except Discard:
        return None
    return found if found.startswith(("http://", "https://")) and len(found) <= 2048 else None
