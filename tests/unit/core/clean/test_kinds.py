"""Pages that are no articles, each with its reason, and articles that look like them and stay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from pipeline.core.clean import DISCARD_REASONS, extract
from pipeline.errors import Discard, InvalidRecord
from tests.unit.core.clean.pages import raw

PROSE = (
    "The ferry office will open a second window in March, the island council decided on Tuesday "
    "after a long debate. "
)
LINKS = "".join(f'<li><a href="/{n}">Harbour news of the day, number {n}</a></li>' for n in range(40))
CAPTIONS = "".join(
    f"<figure><img src=/{n}.jpg><figcaption>A boat in the harbour, picture {n}</figcaption></figure>"
    for n in range(9)
)


def page(body: str, *, title: str = "Ferry office opens", data: object = None) -> str:
    structured = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data else ""
    head = f"<head><title>{title}</title>{structured}</head>"
    return f"<html lang=en>{head}<body><h1>{title}</h1>{body}</body></html>"


def article(words: str = PROSE * 8) -> str:
    return "<article>" + "".join(f"<p>{words}</p>" for _ in range(3)) + "</article>"


STUB = f"<article><p>{PROSE}</p><p>Commuters have complained for years, and {PROSE.lower()}</p></article>"
PAID = {"@type": "NewsArticle", "headline": "Ferry office opens", "isAccessibleForFree": False}
VIDEO = {"@type": "VideoObject", "name": "Ferry office opens"}
LIVE = {"@type": ["LiveBlogPosting"], "headline": "Ferry office opens"}
NEWS = {"@type": "NewsArticle", "headline": "Ferry office opens"}

DISCARDED = {
    "an empty body": ({"body": ""}, "not-html"),
    "white space": ({"body": " \n\t "}, "not-html"),
    "a PDF posing as a page": ({"body": b"%PDF-1.7\n%\xe2\xe3"}, "not-html"),
    "a picture posing as a page": ({"body": b"\x89PNG\r\n\x1a\n" + b"\x00" * 500}, "not-html"),
    "random bytes": ({"body": bytes(range(128, 256)) * 50}, "not-html"),
    "JSON by its content type": (
        {"body": '{"a": "<p>b</p>"}', "content_type": "application/json"},
        "not-html",
    ),
    "JSON without a content type": ({"body": '{"a": 1}', "content_type": None}, "not-html"),
    "a feed": ({"body": '<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>'}, "not-html"),
    "a status of 404": ({"body": page(article()), "status": 404}, "error-page"),
    "a page that says it is not found": (
        {"body": page(f"<p>{PROSE}</p>", title="404 – Page not found")},
        "error-page",
    ),
    "a German page that is not found": (
        {"body": page(f"<p>{PROSE}</p>", title="Seite nicht gefunden")},
        "error-page",
    ),
    "a bot check": ({"body": page("<p>Checking your browser.</p>", title="Just a moment...")}, "error-page"),
    "a front page": (
        {"body": page(f"<ul>{LINKS}</ul><p>{PROSE}</p>", title="Harbour"), "url": "https://daily.example/"},
        "index-page",
    ),
    "a section": (
        {"body": page(f"<ul>{LINKS}</ul><p>{PROSE}</p>"), "url": "https://daily.example/world/"},
        "index-page",
    ),
    "a declared list": (
        {"body": page(f"<p>{PROSE * 3}</p>", data={"@type": "CollectionPage"})},
        "index-page",
    ),
    "a live blog": ({"body": page(article(), data=LIVE)}, "live-blog"),
    "a declared gallery": ({"body": page(CAPTIONS, data={"@type": "ImageGallery"})}, "gallery"),
    "pictures with captions": ({"body": page(f"<p>{PROSE}</p><p>{PROSE}</p>{CAPTIONS}")}, "gallery"),
    "a player with two sentences": ({"body": page(STUB, data=VIDEO)}, "media-page"),
    "a paid page's first lines": ({"body": page(STUB, data=PAID)}, "paywalled"),
    "links only": ({"body": page(f"<ul>{LINKS}</ul>", data=NEWS)}, "no-text"),
    "a caption's length": (
        {"body": page("<p>The ferry office opens a second window in March.</p>")},
        "too-short",
    ),
}


@pytest.mark.parametrize("name", DISCARDED)
def test_page_that_is_no_article_is_discarded_with_its_reason(name: str):
    given, reason = DISCARDED[name]
    with pytest.raises(Discard) as found:
        extract(raw(**given))
    assert reason == found.value.reason
    assert reason in DISCARD_REASONS


KEPT = {
    "an article among many links": {
        "body": page(f"{article()}<ul>{LINKS}</ul>"),
        "url": "https://daily.example/world/",
    },
    "an article about error 404": {"body": page(article(), title="404: the number that became a joke")},
    "an article with a video": {"body": page(article(), data=[NEWS, VIDEO])},
    "a long transcript beside a player": {"body": page(article(), data=VIDEO)},
    "a paid article that shows enough": {"body": page(article(), data=PAID)},
    "an article with many pictures": {"body": page(article() + CAPTIONS)},
    "HTML without a content type": {"body": page(article()), "content_type": None},
    "HTML sent as plain text": {"body": page(article()), "content_type": "text/plain"},
}


@pytest.mark.parametrize("name", KEPT)
def test_article_that_resembles_another_kind_stays(name: str):
    assert "second window" in extract(raw(**KEPT[name])).text


def test_page_over_the_cap_is_a_dead_letter():
    with pytest.raises(InvalidRecord) as found:
        extract(raw(b"<html>" + b" " * (4 * 2**20)))
    assert found.value.reason == "too-large"


TEXTS: dict[str, str] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))[
    "texts"
]
NOT_FOUND = {
    "de": "Seite nicht gefunden", "fr": "Page introuvable", "es": "Página no encontrada",
    "pt": "Página não encontrada", "it": "Pagina non trovata", "nl": "Pagina niet gevonden",
    "pl": "Nie znaleziono strony", "tr": "Sayfa bulunamadı", "ru": "Страница не найдена",
    "uk": "Сторінку не знайдено", "ar": "الصفحة غير موجودة", "fa": "صفحه یافت نشد", "zh": "页面不存在",
    "ja": "ページが見つかりません", "ko": "페이지를 찾을 수 없습니다", "vi": "Không tìm thấy trang",
    "id": "Halaman tidak ditemukan", "sv": "Sidan hittades inte", "cs": "Stránka nenalezena",
    "he": "הדף לא נמצא", "el": "Η σελίδα δεν βρέθηκε", "hi": "पृष्ठ नहीं मिला",
}  # fmt: skip


def few(lang: str) -> str:
    return "".join(f"<p>{TEXTS[lang].format(number)}</p>" for number in range(2))


@pytest.mark.parametrize("lang", NOT_FOUND)
@pytest.mark.parametrize("kind", ["error-page", "paywalled", "media-page", "live-blog", "gallery"])
def test_kinds_are_told_in_every_language(lang: str, kind: str):
    made = {
        "error-page": page(few(lang), title=NOT_FOUND[lang]),
        "paywalled": page(f"<article>{few(lang)}</article>", data=PAID),
        "media-page": page(f"<article>{few(lang)}</article>", data=VIDEO),
        "live-blog": page(few(lang) * 9, data=LIVE),
        "gallery": page(few(lang) + CAPTIONS),
    }
    with pytest.raises(Discard) as found:
        extract(raw(made[kind]))
    assert found.value.reason == kind
