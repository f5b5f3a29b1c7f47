"""What kind of page this is, and why some kinds do not become articles.

The rules only speak when they are sure: a page wrongly kept is a short text in the index, a page wrongly
discarded is an article lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.core.clean.jsonld import article_nodes, types
from pipeline.core.clean.page import Page
from pipeline.core.clean.reasons import MIN_WORDS
from pipeline.core.model import RawArticle
from pipeline.errors import Discard

if TYPE_CHECKING:
    from pipeline.core.clean.metadata import Metadata

_HTML_TYPE = re.compile(r"html|xml|^text/plain|^application/octet-stream|^\s*$", re.IGNORECASE)
_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x00\x18ftyp",
    b"OggS",
    b"ID3",
)
_FEED = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.DOTALL
)
_TAG = re.compile(
    rb"<(?:!doctype|html|head|body|div|p|article|meta|title|main|section|h1|span|table|a)\b", re.IGNORECASE
)
_ERROR_TITLE = re.compile(
    r"^\W*(?:error\s*)?(?:40[0134]|410|50[0234])\b|page not found|seite nicht gefunden|page introuvable|p[aá]gina no encontrada|"
    r"p[aá]gina n[aã]o encontrada|pagina non trovata|pagina niet gevonden|access denied|just a moment|attention required|"
    r"are you a robot|security check|service unavailable|страница не найдена|الصفحة غير موجودة|صفحه یافت نشد|找不到|ページが見つかりません",
    re.IGNORECASE,
)  # fmt: skip
_ERROR_MOST_WORDS = 120
_STUB_MOST_WORDS = 60


def refuse_bytes(raw: RawArticle) -> None:
    """Raise Discard(not-html) or (error-page) for what is known before parsing."""
    head = raw.body[:2048]
    if raw.http.status >= 400:
        raise Discard("error-page", f"HTTP status {raw.http.status}")
    if not raw.body.strip(b"\x00 \t\r\n"):
        raise Discard("not-html", "the body is empty")
    if head.startswith(_MAGIC) or _FEED.match(head):
        raise Discard("not-html", "the bytes are another format")
    if raw.http.content_type and not _HTML_TYPE.search(raw.http.content_type.split(";")[0]):
        raise Discard("not-html", f"content type {raw.http.content_type}")
    if not _TAG.search(raw.body[:65536].replace(b"\x00", b"")):
        raise Discard("not-html", "no HTML element")


def refuse_page(page: Page, metadata: Metadata, paragraphs: list[str], words: int) -> None:
    """Raise Discard when the page is of a kind that has no article text."""
    title = metadata.title or ""
    if _ERROR_TITLE.search(title) and words <= _ERROR_MOST_WORDS:
        raise Discard("error-page", title)
    if not paragraphs:
        raise Discard("no-text")
    if words < MIN_WORDS:
        raise Discard("too-short", f"{words} words")
    if metadata.access == "paywalled" and words < _STUB_MOST_WORDS:
        raise Discard("paywalled", f"{words} words are free")
    kinds = {kind for node in article_nodes(page.nodes)[:1] for kind in types(node)}
    if "LiveBlogPosting" in kinds:
        raise Discard("live-blog")
