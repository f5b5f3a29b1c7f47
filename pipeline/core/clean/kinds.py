"""What kind of page this is, and why some kinds do not become articles.

The rules only speak when they are sure: a page wrongly kept is a short text in the index, a page wrongly
discarded is an article lost. So a kind is believed when the page declares it, or when nothing on the page
says it is an article and its shape says it is something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from pipeline.core.clean.body import Body
from pipeline.core.clean.jsonld import Node, types
from pipeline.core.clean.page import Page
from pipeline.core.clean.reasons import MIN_WORDS
from pipeline.core.model import RawArticle
from pipeline.errors import Discard

ERROR_WORDS = 120
"""An error page may explain itself at this length; an article with such a headline is longer."""
STUB_WORDS = 60
"""What a paid page shows for free is a stub below this; above, it is enough to be found by."""
MEDIA_WORDS = 120
"""A player's page with more words than this has a text of its own, a transcript for example."""
INDEX_LINKS = 20
INDEX_WORDS = 150
"""A page nobody calls an article, with so many linked lines and fewer words of prose, lists others."""
SECTION_WORDS = 2
GALLERY_CAPTIONS = 5

_HTML_TYPE = re.compile(r"html|xml|^text/plain|^application/octet-stream|^\s*$", re.IGNORECASE)
_MAGIC = (
    *(b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"OggS", b"ID3"),
    b"\x00\x00\x00\x18ftyp",
)
_FEED = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.DOTALL
)
_TAG = re.compile(
    rb"<(?:!doctype|html|head|body|div|p|article|meta|title|main|section|h1|span|table|a)\b", re.IGNORECASE
)
_ERROR_TITLES = (
    r"^\W*(?:error\s*)?(?:40[0134]|410|50[0234])\b",
    "page not found|not found$|access denied|just a moment|attention required|are you a robot",
    "service unavailable|security check|before you continue|verify you are human|pardon our interruption",
    "seite nicht gefunden|page introuvable|page non trouvée|p[aá]gina no encontrada",
    "p[aá]gina n[aã]o encontrada|pagina non trovata|pagina niet gevonden|sidan hittades inte",
    "siden ble ikke funnet|siden blev ikke fundet|nie znaleziono strony|stránka nenalezena",
    "sayfa bulunamadı|halaman tidak ditemukan|không tìm thấy trang|страница не найдена",
    "сторінку не знайдено|الصفحة غير موجودة|صفحه یافت نشد|页面不存在|頁面不存在|找不到页面|找不到頁面",
    "ページが見つかりません|페이지를 찾을 수 없습니다",
    "הדף לא נמצא|העמוד לא נמצא|η σελίδα δεν βρέθηκε|पृष्ठ नहीं मिला|पेज नहीं मिला",
    "पन्ना नहीं मिला",
    "az oldal nem található|pagina nu a fost găsită",
    "sivua ei löyt|stranica nije pronađena|страницата не е намерена",
    "ไม่พบหน้า|পৃষ্ঠা পাওয়া যায়নি|صفحہ نہیں ملا",
)
_ERROR_TITLE = re.compile("|".join(_ERROR_TITLES), re.IGNORECASE)
_LISTS = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "ItemList"})
_MEDIA = frozenset({"VideoObject", "AudioObject", "PodcastEpisode", "RadioEpisode", "TVEpisode", "Movie"})
_ARTICLE_TYPES = frozenset({"article", "news", "newsarticle", "blog"})
_GALLERIES = frozenset({"ImageGallery", "MediaGallery"})


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


def refuse_declared(page: Page, article: list[Node]) -> None:
    """Raise Discard for a page that says itself it is no single article."""
    kinds = _kinds(article[:1])
    if "LiveBlogPosting" in kinds:
        raise Discard("live-blog", "declared as a live blog")
    if not article and _kinds(page.nodes) & _GALLERIES:
        raise Discard("gallery", "declared as a gallery")


def refuse_shape(page: Page, article: list[Node], title: str, access: str, body: Body, words: int) -> None:
    """Raise Discard when what was found is no article text."""
    if words <= ERROR_WORDS and _ERROR_TITLE.search(title):
        raise Discard("error-page", title[:200])
    if not body.paragraphs:
        raise Discard("no-text")
    if not _says_article(page, article):
        _refuse_other(page, body, words)
    if words < MIN_WORDS:
        raise Discard("too-short", f"{words} words")
    if access == "paywalled" and words < STUB_WORDS:
        raise Discard("paywalled", f"{words} words are free")


def _refuse_other(page: Page, body: Body, words: int) -> None:
    kinds = _kinds(page.nodes)
    declared = page.first_meta("og:type") or ""
    if words < MEDIA_WORDS and (kinds & _MEDIA or declared.startswith(("video", "music"))):
        raise Discard("media-page", f"{words} words beside a player")
    if words < MEDIA_WORDS and body.captions >= GALLERY_CAPTIONS:
        raise Discard("gallery", f"{body.captions} captions, {words} words")
    if words < INDEX_WORDS and kinds & _LISTS:
        raise Discard("index-page", f"declared as a list, {words} words")
    if words < INDEX_WORDS and body.links >= INDEX_LINKS and _is_section(page.url):
        raise Discard("index-page", f"{body.links} linked lines, {words} words")


def _is_section(url: str) -> bool:
    """Whether an address names a section: front page, `/world/`, `/news/europe`; no slug, no number."""
    last = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
    return len(re.split(r"[-_]", last)) <= SECTION_WORDS and not re.search(r"\d{4}|\.s?html?$|\.php$", last)


def _says_article(page: Page, article: list[Node]) -> bool:
    return (
        bool(article)
        or (page.first_meta("og:type") or "").lower() in _ARTICLE_TYPES
        or page.first_meta("article:published_time") is not None
    )


def _kinds(nodes: Iterable[Node]) -> set[str]:
    return {kind for node in nodes for kind in types(node)}
