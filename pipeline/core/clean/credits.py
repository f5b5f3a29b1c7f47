"""Which agency an article is credited to: who wrote a wire copy, so that it can lead its story.

An agency we know by name is believed wherever it is credited. One that no list knows is believed where the
page itself says so: as an organisation beside the publisher that structured data calls author or source, by
a name that says agency, in the brackets of a dateline, or in a line such as `Source: …` or `(…)` before or
after the text. A name that is the publisher's own is none. A mention in running text is no credit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.core.clean import agencies
from pipeline.core.clean.authors import organisations_of
from pipeline.core.clean.body import Body
from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.jsonld import Node, texts_of
from pipeline.core.clean.page import Page
from pipeline.core.clean.titles import key
from pipeline.core.clean.wordlists import words

_METAS = ("source", "article:source", "original-source", "dc.source", "news_source")
_UNKNOWN = re.compile(
    r"(?P<place>[^\W\d_][^()\n.!?]{1,40}?)\s*[(（](?P<name>[^\W\d_][^()（）\d]{1,40})[)）]\s*[-–—:]"
)
_STAFF_ONLY = re.compile(
    r"\b(?:staff|desk|team|editors?|editorial|newsroom|redaktion|redacci[oó]n|reda[cç][aã]o|rédaction|redazione|"
    r"redactie|redakcja|redaksi|bureau|reporters?)\b|редакция|編集部|编辑部|편집부|تحریریه|التحرير",
    re.IGNORECASE,
)
"""Institutions that are only the publisher's own people."""
_SOURCE = re.compile(
    r"^(?:sources?|quelle|fuente|fonte|bron|källa|kilde|lähde|źródło|zdroj|kaynak|sumber|nguồn|источник|джерело|"
    r"المصدر|منبع|מקור|स्रोत|来源|來源|出典|출처|πηγή)\s*[:：]\s*(?P<name>[^\W\d_][^,:;.!?]{1,40})\.?$",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"^[(（\[](?P<name>[^\W\d_][^()（）\[\]\d,:;.!?]{1,30})[)）\]]$")
_EDGE = 3
_SOURCE_WORDS = 4
_GENERAL = words(
    """the news press agency daily times post media group online network wire herald tribune journal gazette
    today company limited service international national nachrichten zeitung agentur noticias diario"""
)


def choose_agency(
    page: Page, article: list[Node], credits: Sequence[str], body: Body, site_names: Iterable[str]
) -> Choice[str] | None:
    """The agency credited, under one name however it is spelt; None without a credit.

    `credits` are the names the byline gives, people's among them.
    """
    known = _known(page, article, credits, body)
    return known or _unknown(article, credits, body, frozenset(site_names))


def without_agency(authors: tuple[str, ...], agency: str | None) -> tuple[str, ...]:
    """The authors but for the agency; if that leaves nobody, it stays as the publisher's word."""
    people = tuple(name for name in authors if agency is None or key(name) != key(agency))
    return people or authors


def _known(page: Page, article: list[Node], credits: Sequence[str], body: Body) -> Choice[str] | None:
    for node in article:
        for field in ("sourceOrganization", "provider", "creditText", "copyrightHolder", "creator"):
            if found := _first(texts_of(node.get(field))):
                return Choice(found, "json-ld")
    if found := _first(credits):
        return Choice(found, "html")
    if found := _first([value for name in _METAS for value in page.meta.get(name, ())]):
        return Choice(found, "meta")
    if found := agencies.in_text(body.paragraphs) or _first(list(_sources(body))):
        return Choice(found, "text")
    return None


def _unknown(
    article: list[Node], credits: Sequence[str], body: Body, sites: frozenset[str]
) -> Choice[str] | None:
    keys = {key(credit) for credit in credits}
    providers = [name for node in article for name in texts_of(node.get("provider")) if key(name) in keys]
    sources = [name for node in article for name in texts_of(node.get("sourceOrganization"))]
    for name in (*organisations_of(article), *sources, *providers):
        if not _is_own(name, sites) and not _STAFF_ONLY.search(name):
            return Choice(one_line(name)[:100], "json-ld")
    for name in filter(agencies.says_agency, credits):
        if not _is_own(name, sites):
            return Choice(name, "html")
    dateline = _in_dateline(body.paragraphs[0], (*credits, *body.head))
    candidates = [dateline] if dateline else [*_sources(body), *_bracketed(body, keys)]
    found = next((name for name in candidates if not _is_own(name, sites)), None)
    return Choice(found, "text") if found else None


def _edges(body: Body) -> Iterator[str]:
    """The lines right before and after the text, those included that are left out of it."""
    around = [removal.text for removal in body.removed]
    return (line for line in (*body.head, *body.paragraphs[-_EDGE:], *around) if len(line) <= 60)


def _sources(body: Body) -> Iterator[str]:
    matches = (match for line in _edges(body) if (match := _SOURCE.match(line)))
    return (name for match in matches if len((name := match["name"].strip()).split()) <= _SOURCE_WORDS)


def _bracketed(body: Body, credits: set[str]) -> Iterator[str]:
    """A line that is nothing but a name in brackets, if the byline has it too: alone it may be anything."""
    matches = (match for line in _edges(body) if (match := _BRACKETED.match(line)))
    return (match["name"].strip() for match in matches if key(match["name"]) in credits)


def _in_dateline(text: str, credits: Iterable[str]) -> str | None:
    """A name we do not know in brackets after the place a text begins with, in capitals or credited above."""
    match = _UNKNOWN.match(text)
    if match is None:
        return None
    name = match["name"].strip()
    return name if match["place"].isupper() or any(key(name) in key(line) for line in credits) else None


def _is_own(name: str, sites: frozenset[str]) -> bool:
    """Whether the name is one the site goes by, is made from one, or shares its distinctive word."""
    same, distinctive = key(name), _distinctive(name)
    return any(
        key(site) == same or (len(key(site)) > 3 and key(site) in same) or distinctive & _distinctive(site)
        for site in sites
        if site
    )


def _distinctive(name: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"\w{4,}", name.casefold()) if word not in _GENERAL)


def _first(texts: Sequence[str]) -> str | None:
    pieces = (
        piece for text in texts for piece in (text, *re.split(r"\s*[/,;]\s*|\s+and\s+|\s+with\s+", text))
    )
    return next((agency for piece in pieces if (agency := agencies.named(piece))), None)
