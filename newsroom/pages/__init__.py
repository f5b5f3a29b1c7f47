"""Article pages as the outlets serve them, in five templates that hurt extractors the way real ones do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from newsroom.desk import Desk
from newsroom.material import furniture
from newsroom.model import Article
from newsroom.pages.bare import bare
from newsroom.pages.blogger import blogger
from newsroom.pages.broadsheet import broadsheet
from newsroom.pages.portal import portal
from newsroom.pages.sheet import Sheet
from newsroom.pages.wordpress import wordpress

TEMPLATES: dict[str, Callable[[Sheet], str]] = {
    "bare": bare,
    "blogger": blogger,
    "broadsheet": broadsheet,
    "portal": portal,
    "wordpress": wordpress,
}
RELATED = 3


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page: the bytes as served, the Content-Type as claimed, and the furniture lines on it."""

    body: bytes
    content_type: str
    furniture: tuple[str, ...]


def render(desk: Desk, article: Article) -> Page:
    """The page of an article as it stands. It changes only when the article does."""
    outlet = desk.outlets[article.outlet_id]
    words: dict[str, Any] = dict(furniture(outlet.language))
    sheet = Sheet(article, outlet, words, _related(desk, article))
    html = TEMPLATES[outlet.template](sheet)
    charset = outlet.charset
    return Page(charset.encode(html), charset.content_type("text/html"), tuple(sheet.furniture))


def _related(desk: Desk, article: Article) -> list[tuple[str, str]]:
    """Headlines of the outlet's first edition: a page must not change because another one came out."""
    pool = [
        other
        for other in desk.first_edition
        if other.outlet_id == article.outlet_id and other.id != article.id
    ]
    start = crc32(article.id.encode()) % max(len(pool), 1)
    chosen = [pool[(start + step) % len(pool)] for step in range(min(RELATED, len(pool)))]
    return [(other.revisions[0].title, other.path) for other in chosen if other.story_id != article.story_id]
