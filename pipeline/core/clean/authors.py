"""Authors as clean names: no "By", no roles, no addresses, one entry per person.

    JSON-LD author  >  <meta> author  >  rel=author, itemprop  >  byline elements  >  feed entry

The first that names a person wins; they are never mixed, since later ones repeat earlier ones in other
spellings. Beside people, the site's own name and an agency are left out: the one says nothing, the other has
a field of its own. Where no person is named anywhere, the first of them stays, as the publisher's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.core.clean import agencies
from pipeline.core.clean.bylines import BYLINES, in_lines, is_elsewhere
from pipeline.core.clean.characters import one_line
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.jsonld import Node, texts_of
from pipeline.core.clean.page import Page, text_of
from pipeline.core.clean.titles import key
from pipeline.core.clean.wordlists import words

MAX_AUTHORS = 20
MAX_NAME = 80
_METAS = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
)
_BY = re.compile(
    r"^(?:(?:written|posted|published|reported|compiled|edited|story|text|words|opinion|analysis)\s+)?(?:by|von|par|por|di|da|"
    r"door|av|af|przez|od|oleh|bởi|بقلم|كتب|כתב|מאת|נכתב על ידי|نویسنده|लेखक)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:authors?|autor(?:a|in|en|es|zy)?|auteur|autore|by|von|texto?|reporter|redaktion|автор|текст|фото|penulis|editor|"
    r"yazar|haber|記者|记者|文|기자|작성자|skribent|forfatter|journalist|toimittaja|dziennikarz)\s*[:：]\s*",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"\s*(?:;|\||/|、|，|\n)\s*|\s+(?:&|•|·|and|And|AND|und|UND|et|y|och|og|en|e|ja|и|та|ve|dan|și|si|oraz|és|va|و)\s+"
)
"""Case counts: a lone capital is an initial."""
_ADDRESS = re.compile(r"\(?\S+@\S+\.\w+\)?|https?://\S+|www\.\S+|(?<!\w)@\w+")
_ROLES = (
    "editor|reporter|correspondent|writer|contributor|columnist|staff|analyst|producer|journalist|bureau|redakteur(?:in)?|"
    "korrespondent(?:in)?|journaliste|redactora?|periodista|jornalista|repórter|giornalista|redacteur|muhabir|корреспондент|"
    "обозреватель|редактор|журналист|specialist|fellow|professor"
)
_ROLE_AFTER = re.compile(
    rf"\s*(?:,|\s[-–—|]\s|\()\s*(?:[\w ]*\b(?:{_ROLES}|ph\.?d|m\.?d|esq)\b.*)$", re.IGNORECASE
)
_ROLE = re.compile(rf"\b(?:{_ROLES})s?\.?$", re.IGNORECASE)
_NO_NAME = re.compile(
    r"^(?:.{0,4}admin(?:istrator)?|editor(?:s|ial)?|staff|web ?desk|news ?desk|online|unknown|none|null|n/?a|"
    r"author|name|redaktion|redacción|redação|rédaction|redazione|redactie|redakcja|редакция|guest|user|root|"
    r"test|anonymous|by|гость|true|false)$|https?:|[{}<>=]|\d{4,}|^\d+$|\.(?:php|html?|jpe?g|png)$",
    re.IGNORECASE,
)
_PARTICLES = words("von van der de da di del la le al el bin ibn den ter ten dos das du zu af")
_WITH = re.compile(r"\s+(?:with|and|mit|und|avec|et|con|y|com|e|med|och|i)$")
_SENTENCE = re.compile(r"(?<=\w{4})\. ")


def choose_authors(
    page: Page, article: list[Node], feed: tuple[str, ...], site_names: Iterable[str]
) -> Choice[tuple[str, ...]]:
    """The page's authors and where they were found; an empty tuple when nobody is named."""
    sites = frozenset(key(name) for name in site_names if len(key(name)) > 2)
    by_id = {node["@id"]: node for node in page.nodes if isinstance(node.get("@id"), str) and "name" in node}
    institutions: Choice[tuple[str, ...]] | None = None
    for origin, texts in _places(page, article, feed, by_id):
        names = clean_names(texts, sites)
        people = [name for name in names if not is_institution(name, sites)]
        if people and (institutions is None or all(map(_is_full_name, people))):
            return Choice(names, origin)
        if names and institutions is None:
            institutions = Choice(names, origin)
    return institutions or Choice((), "guess")


def _places(
    page: Page, article: list[Node], feed: tuple[str, ...], by_id: dict[str, Node]
) -> Iterator[tuple[str, Iterable[str]]]:
    """Where authors may be named, best first, and the texts found there."""
    for node in article:
        yield "json-ld", _declared(node.get("author") or node.get("creator"), by_id)
    yield "meta", [text for name in _METAS for text in page.meta.get(name, ())]
    for selector, most in BYLINES:
        yield "html", _shown(page.select(selector), most)
    yield "feed", feed


def shown_authors(lines: list[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """The people that the lines between title and text name, where no element is marked as a byline."""
    sites = frozenset(key(name) for name in site_names if len(key(name)) > 2)
    names = clean_names(in_lines(lines), sites)
    return tuple(name for name in names if _is_full_name(name) and not is_institution(name, sites))


def clean_names(texts: Iterable[str], sites: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The names in the texts, split, stripped of all that is no name, each once."""
    names: dict[str, str] = {}
    for text in texts:
        for piece in _pieces(text):
            if name := _clean(piece):
                names.setdefault(key(name), name)
    people = [name for name in names.values() if not is_institution(name, sites)]
    return tuple((people or list(names.values()))[:MAX_AUTHORS])


def looks_like_name(text: str) -> bool:
    """Whether an element's text is short enough, and has no digits, to be a byline."""
    stripped = _strip(text)
    return 2 < len(stripped) <= MAX_NAME and not re.search(r"\d", stripped) and len(stripped.split()) <= 8


def _shown(nodes: list[LexborNode], most: int) -> list[str]:
    """The texts of byline elements; more than `most` are those of a list of teasers."""
    texts = [text_of(node) for node in nodes[: 3 * most] if not is_elsewhere(node)]
    distinct = list(dict.fromkeys(filter(None, texts)))
    return [text for text in distinct if looks_like_name(text)] if len(distinct) <= most else []


def _declared(value: Any, by_id: dict[str, Node]) -> list[str]:
    """The names of authors in JSON-LD, references by `@id` followed once."""
    authors = value if isinstance(value, list) else [value]
    resolved = (
        by_id.get(str(author.get("@id")), author)
        if isinstance(author, dict) and "name" not in author
        else author
        for author in authors
    )
    return [name for author in resolved for name in texts_of(author)]


def _pieces(text: str) -> list[str]:
    return [piece for part in _JOINED.split(_strip(text)) if part for piece in _by_commas(part)]


def _by_commas(text: str) -> list[str]:
    """Whole names between commas are several authors; after one name a single word is where they work."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 1 and all(map(agencies.named, parts)):
        return parts
    if len(parts) < 2 or len(parts[0].split()) < 2:
        return [text]
    return [part for part in parts if len(part.split()) >= 2 and not _ROLE.search(part)]


def _strip(text: str) -> str:
    text = _LABEL.sub("", one_line(_ADDRESS.sub(" ", one_line(text))))
    return _BY.sub("", text).strip(" ,;:|·•-–—*\"'")


def _clean(piece: str) -> str | None:
    name = _SENTENCE.split(_ROLE_AFTER.sub("", _LABEL.sub("", _BY.sub("", piece))))[0]
    name = _without_agency(name.strip(" ,;:|·•-–—*.\"'()"))
    parts = name.split()
    if not 1 < len(name) <= MAX_NAME or _NO_NAME.search(name) or len(parts) > 8:
        return None
    if not any(character.isalpha() for character in name):
        return None
    return name.title() if name.isupper() and len(parts) > 1 else name


def _without_agency(name: str) -> str:
    """`Ada Penn Associated Press` → `Ada Penn`; an agency alone stays."""
    parts = name.split()
    for length in (3, 2, 1):
        if len(parts) >= length + 2 and agencies.named(" ".join(parts[-length:])):
            return _WITH.sub("", " ".join(parts[:-length]))
    return name


def _is_full_name(name: str) -> bool:
    """Whether the name is beyond doubt a person's: two to four words that begin like names."""
    parts = [word for word in name.split() if word.lower() not in _PARTICLES]
    return (
        2 <= len(parts) <= 4
        and parts[0].lower() not in ("the", "die", "der", "la", "le", "el")
        and all(word[0].isupper() or not word[0].islower() for word in parts)
    )


def is_institution(name: str, sites: frozenset[str]) -> bool:
    """Whether the name is an agency's, the site's own, or a role without a person."""
    same = key(name)
    return (
        agencies.named(name) is not None
        or any(site in same or (len(same) > 3 and same in site) for site in sites)
        or _ROLE.search(name) is not None
    )
