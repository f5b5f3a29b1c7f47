"""Authors as clean names: no "By", no roles, no addresses, one entry per person.

    JSON-LD author  >  <meta> author  >  rel=author, itemprop  >  byline elements  >  feed entry

The first that yields a name wins; they are never mixed, since later ones repeat earlier ones in other spellings.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.page import Page, text_of

MAX_AUTHORS = 20
MAX_NAME = 80
_BY = re.compile(
    r"^(?:written|posted|published|reported|story|text|words|opinion|analysis|interview)?\s*"
    r"(?:by|von|par|por|di|da|door|av|af|od|autor(?:a|in)?(?:es|en)?|author|авторы?|автор|autore|auteur|"
    r"text(?:o)?|redaktion|reporter|penulis|oleh|yazar|بقلم|כתב|מאת|نویسنده|लेखक)\s*[:：]?\s+", re.IGNORECASE
)  # fmt: skip
_LABEL = re.compile(
    r"^(?:author|autor(?:a|in)?|auteur|autore|by|von|texto?|reporter|автор|penulis)\s*[:：]\s*", re.IGNORECASE
)
_JOINED = re.compile(
    r"\s*(?:;|\||/|、|，|\n)\s*|\s+(?:&|•|·|and|And|AND|und|UND|et|y|och|og|en|e|ja|и|та|ve|dan|și|si|oraz|és|va|و)\s+"
)
"""Case counts: a lone capital is an initial."""
_ADDRESS = re.compile(r"\(?\S+@\S+\.\w+\)?|https?://\S+|www\.\S+|(?<!\w)@\w+")
_ROLE = re.compile(
    r"\s*(?:,|\s[-–—|]\s|\()\s*(?:[\w ]*\b(?:editor|reporter|correspondent|writer|contributor|columnist|staff|analyst|"
    r"producer|journalist|redakteur(?:in)?|korrespondent(?:in)?|journaliste|redactor[ae]?|periodista|jornalista|"
    r"repórter|giornalista|redacteur|ph\.?d|m\.?d|jr|esq)\b.*)$", re.IGNORECASE
)  # fmt: skip
_NO_NAME = re.compile(
    r"^(?:admin(?:istrator)?|editor(?:s|ial)?|staff|web ?desk|news ?desk|online|unknown|none|null|n/?a|author|"
    r"redaktion|redacción|redação|rédaction|redazione|guest|user|root|test|anonymous)$|https?:|[{}<>=]|\d{4,}", re.IGNORECASE
)  # fmt: skip
_BYLINES = (
    ('[rel~="author" i]', 5),
    ('[itemprop~="author" i] [itemprop~="name" i]', 5),
    ('[itemprop~="author" i]', 5),
    ('[class*="author-name" i], [class*="author__name" i], [class*="authorName"], [class*="byline-name" i], '
     '[class*="byline__name" i], [class*="author_name" i]', 5),
    ('[class~="author" i], [class~="byline" i], [class*="byline" i], [data-testid*="byline" i], '
     '[class*="post-author" i], [class*="article-author" i], [class*="article__author" i], [id="author" i]', 3),
)  # fmt: skip
"""Selectors in order of trust, with how many matches are still one byline and not a list of teasers."""


def choose_authors(
    page: Page, article: list[dict[str, Any]], feed: tuple[str, ...]
) -> Choice[tuple[str, ...]]:
    """The page's authors and where they were found; an empty tuple when nobody is named."""
    for node in article:
        by_id = {
            node["@id"]: node for node in page.nodes if isinstance(node.get("@id"), str) and "name" in node
        }
        if names := clean_names(_declared(node.get("author") or node.get("creator"), by_id)):
            return Choice(names, "json-ld")
    metas = [*page.meta.get("author", ()), *page.meta.get("article:author", ())]
    metas += [
        *page.meta.get("dc.creator", ()),
        *page.meta.get("parsely-author", ()),
        *page.meta.get("sailthru.author", ()),
    ]
    if names := clean_names(metas):
        return Choice(names, "meta")
    for selector, most in _BYLINES:
        found = page.select(selector)
        texts = list(dict.fromkeys(filter(None, map(text_of, found[: most + 1]))))
        if len(texts) <= most and (names := clean_names(text for text in texts if looks_like_name(text))):
            return Choice(names, "html")
    return Choice(clean_names(feed), "feed")


def clean_names(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in the texts, split, stripped of all that is no name, each once."""
    names: dict[str, str] = {}
    for text in texts:
        for piece in _pieces(text):
            if name := _clean(piece):
                names.setdefault(name.casefold(), name)
    return tuple(list(names.values())[:MAX_AUTHORS])


def looks_like_name(text: str) -> bool:
    """Whether an element's text is short enough, and has no digits, to be a byline."""
    stripped = _strip(text)
    return 2 < len(stripped) <= MAX_NAME and not re.search(r"\d", stripped) and len(stripped.split()) <= 8


def _declared(value: Any, by_id: dict[str, dict[str, Any]]) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _declared(item, by_id)]
    if isinstance(value, dict):
        if "name" not in value and value.get("@id") in by_id:
            value = by_id[value["@id"]]
        named = value.get("name")
        return _declared(named, by_id) if named else []
    return [html.unescape(value)] if isinstance(value, str) else []


def _pieces(text: str) -> list[str]:
    stripped = _strip(text)
    pieces = [piece for part in _JOINED.split(stripped) for piece in _by_commas(part)]
    return pieces


def _by_commas(text: str) -> list[str]:
    """Commas between whole names separate them; "Smith, Jr." and "Smith, dpa" stay for `_clean`."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts if len(parts) > 1 and all(len(part.split()) >= 2 for part in parts) else [text]


def _strip(text: str) -> str:
    text = _ADDRESS.sub(" ", one_line(text))
    return _BY.sub("", _LABEL.sub("", one_line(text))).strip(" ,;:|·•-–—*\"'")


def _clean(piece: str) -> str | None:
    name = _ROLE.sub("", _BY.sub("", piece)).strip(" ,;:|·•-–—*.\"'()")
    if not 1 < len(name) <= MAX_NAME or _NO_NAME.search(name) or len(name.split()) > 8:
        return None
    letters = [character for character in name if character.isalpha()]
    if not letters:
        return None
    if name.isupper() and len(name.split()) > 1:
        name = name.title()
    return name
