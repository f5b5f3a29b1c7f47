"""From a raw record to a clean article: the order of the steps, and why.

    bytes ──charset──► characters ──page──► tree, facts ──┬── metadata ──┐
                                                          └── body ──────┴──► an article? ──► CleanArticle

Metadata comes first, because the body needs the title (a heading that repeats it goes) and the kind of page.
Everything here is a pure function of the raw record and `EXTRACTION_VERSION`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from htmldate import find_date

from pipeline.core.clean import kinds
from pipeline.core.clean.access import Access
from pipeline.core.clean.body import Body, Removal, read_body, tree_of
from pipeline.core.clean.characters import count_words
from pipeline.core.clean.charset import decode
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.dates import Stamp, plausible
from pipeline.core.clean.jsonld import Node, text_of
from pipeline.core.clean.language import Language, choose_language
from pipeline.core.clean.metadata import (
    SHARED_FIELDS,
    Metadata,
    own_nodes,
    read_metadata,
    with_rule,
    with_text,
)
from pipeline.core.clean.months import day_in_lines
from pipeline.core.clean.page import Page, parse
from pipeline.core.clean.published import found_day
from pipeline.core.clean.revision import revision_of
from pipeline.core.clean.site_rules import apply_rule
from pipeline.core.model import CleanArticle, RawArticle
from pipeline.errors import InvalidRecord

EXTRACTION_VERSION = "clean.v2"
"""Raised with every change of the rules; articles cleaned under another version are no corrections."""

DECLARED_WORDS = 100
"""A shorter `articleBody` is a summary as often as the text."""
SEARCHED_CHARACTERS = 1_500_000
MAX_PAGE_BYTES = 4 * 2**20
"""A page's cap (DESIGN.md §2); fetch keeps to it, so a longer one did not come from us."""


@dataclass(frozen=True, slots=True)
class Extracted:
    """The article and what was left out of it on purpose, for people who check."""

    article: CleanArticle
    removed: tuple[Removal, ...]
    encoding: str


def extract(raw: RawArticle) -> CleanArticle:
    """The clean article of a raw record.

    Raises Discard with a `DiscardReason` when the page is no article, InvalidRecord when it should be one
    but cannot be read. The article has no `raw` pointer; who knows the record's place adds it.
    """
    return explain(raw).article


def explain(raw: RawArticle) -> Extracted:
    """The same, together with what was removed and the encoding that was used."""
    if len(raw.body) > MAX_PAGE_BYTES:
        raise InvalidRecord("too-large", f"{len(raw.body)} bytes; a page has at most {MAX_PAGE_BYTES}")
    kinds.refuse_bytes(raw)
    decoded = decode(raw.body, raw.http.content_type)
    page = parse(decoded.text, raw.http.final_url)
    nodes = own_nodes(page)
    kinds.refuse_declared(page, nodes)
    ruled = apply_rule(page)
    metadata = with_rule(read_metadata(page, nodes, raw), ruled)
    declared = _declared_text(nodes, metadata.access)
    body = read_body(page, metadata.title, metadata.titles, raw.headlines, declared)
    if ruled and ruled.paragraphs:
        body = replace(body, paragraphs=list(ruled.paragraphs), method="rule")
    text = "\n\n".join(body.paragraphs)
    words = count_words(text)
    kinds.refuse_shape(page, nodes, metadata.title or "", metadata.access, body, words)
    day = None if metadata.published_at else _day(page, raw, body)
    metadata = with_text(metadata, page, nodes, body, day)
    language = _language(page, nodes, raw, text)
    article = _assembled(raw, metadata, language, text, words)
    return Extracted(article, tuple(body.removed), decoded.encoding)


def _assembled(
    raw: RawArticle, metadata: Metadata, language: Language, text: str, words: int
) -> CleanArticle:
    title = metadata.title or ""
    return CleanArticle(
        article_id=raw.article_id,
        source_id=raw.source_id,
        url=raw.url,
        canonical_url=raw.canonical_url,
        revision=revision_of(title, text),
        extraction_version=EXTRACTION_VERSION,
        fetched_at=raw.fetched_at,
        first_fetched_at=raw.first_fetched_at,
        event_at=_event_at(metadata.published_at, raw),
        source=raw.source,
        title=title,
        text=text,
        language=language.code,
        word_count=words,
        language_declared=language.declared,
        language_confidence=language.confidence,
        provenance=dict(sorted({**metadata.provenance, "language": language.origin}.items())),
        **{name: getattr(metadata, name) for name in SHARED_FIELDS},
    )


def _language(page: Page, nodes: list[Node], raw: RawArticle, text: str) -> Language:
    structured = next((found for node in nodes if (found := text_of(node.get("inLanguage")))), None)
    header = next(
        (value for name, value in raw.http.headers.items() if name.lower() == "content-language"), None
    )
    return choose_language(page, structured, header, text)


def _declared_text(nodes: list[Node], access: Access) -> str | None:
    """The text structured data gives, long enough to be one; never of a page that readers must pay for."""
    if access in ("paywalled", "metered"):
        return None
    text = next((found for node in nodes if (found := text_of(node.get("articleBody")))), None)
    return text if text and count_words(text) >= DECLARED_WORDS else None


def _event_at(published_at: datetime | None, raw: RawArticle) -> datetime:
    """The earlier of publication (which is plausible by the rules that chose it) and first fetch."""
    return min(published_at, raw.first_fetched_at) if published_at else raw.first_fetched_at


def _day(page: Page, raw: RawArticle, body: Body) -> Choice[Stamp] | None:
    """The day of publication where none is declared: in words above the text, else by a search."""
    shown = day_in_lines(body.head)
    if plausible(shown, raw.fetched_at) and shown is not None:
        return Choice(shown, "text")
    return found_day(_search_date(page, raw), raw.fetched_at)


def _search_date(page: Page, raw: RawArticle) -> str | None:
    """Ask htmldate for the day of publication; a page that breaks or burdens it simply has no date."""
    if len(page.text) > SEARCHED_CHARACTERS:
        return None
    tree = tree_of(page.text)
    latest = raw.fetched_at.strftime("%Y-%m-%d")
    try:
        quick = find_date(tree, original_date=True, extensive_search=False, max_date=latest)
        return quick or find_date(tree, original_date=True, extensive_search=True, max_date=latest)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
