"""Authors: where a page names who wrote it, and which of the places is believed.

    JSON-LD author  >  <meta> author  >  rel=author, itemprop  >  byline  >  feed  >  profile's address

The first that names a person wins; they are never mixed, since later ones repeat earlier ones in other
spellings. Beside people, the site's own name, an agency, what structured data calls an organisation and the
name of an account are left out. Where no person is named anywhere, the first of them stays, as the
publisher's word. A first name alone gives way to a place that spells that person out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from selectolax.lexbor import LexborNode

from pipeline.core.clean.bylines import BYLINES, in_lines, own, together
from pipeline.core.clean.choice import Choice
from pipeline.core.clean.jsonld import Node, texts_of, types
from pipeline.core.clean.jsonld import text_of as node_text
from pipeline.core.clean.names import (
    begins_byline,
    clean_names,
    credited,
    in_profile,
    is_full_name,
    is_institution,
    is_short,
    looks_like_name,
    starts_with,
)
from pipeline.core.clean.page import Page, text_of
from pipeline.core.clean.prose import is_unspaced
from pipeline.core.clean.titles import key

_METAS = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "sailthru.author",
    "byl",
    "cxenseparse:author",
)


@dataclass(frozen=True, slots=True)
class Authors:
    """Who wrote it and where that stands; `credits` is every name of that place, agencies too."""

    choice: Choice[tuple[str, ...]]
    credits: tuple[str, ...]


def choose_authors(
    page: Page, article: list[Node], feed: tuple[str, ...], site_names: Iterable[str]
) -> Authors:
    """The page's authors; an empty tuple when nobody is named."""
    sites = frozenset(key(name) for name in site_names if len(key(name)) > 2)
    by_id = {node["@id"]: node for node in page.nodes if isinstance(node.get("@id"), str)}
    organisations = frozenset(map(key, organisations_of(article, by_id)))
    credits: list[str] = []
    short: Choice[tuple[str, ...]] | None = None
    second: Choice[tuple[str, ...]] | None = None
    for origin, place in _places(page, article, feed, by_id):
        texts = list(place)
        credits += credited(texts)
        names = clean_names(texts, sites, organisations)
        people = [
            name for name in names if key(name) not in organisations and not is_institution(name, sites)
        ]
        found = Choice(names, origin)
        if people and (second is None or all(map(is_full_name, people))) and not all(map(is_short, people)):
            if short is None or starts_with(people, short.value):
                return Authors(found, tuple(credits))
        elif people and short is None and second is None:
            short = found
        elif names and second is None:
            second = found
    return Authors(short or second or Choice((), "guess"), tuple(credits))


def shown_authors(lines: list[str], site_names: Iterable[str]) -> tuple[str, ...]:
    """The people that the lines between title and text name, where no element is marked as a byline."""
    sites = frozenset(key(name) for name in site_names if len(key(name)) > 2)
    names = clean_names(in_lines(lines), sites)
    return tuple(name for name in names if is_full_name(name) and not is_institution(name, sites))


def organisations_of(article: list[Node], by_id: dict[str, Node] | None = None) -> list[str]:
    """Authors that structured data declares to be organisations."""
    found: list[str] = []
    for author in (author for node in article for author in _listed(node.get("author"), by_id or {})):
        if isinstance(author, dict) and any("Organization" in kind for kind in types(author)):
            found += texts_of(author.get("name"))
    return found


def _places(
    page: Page, article: list[Node], feed: tuple[str, ...], by_id: dict[str, Node]
) -> Iterator[tuple[str, Iterable[str]]]:
    """Where authors may be named, best first, and the texts found there."""
    declared = [_listed(node.get("author") or node.get("creator"), by_id) for node in article]
    for authors in declared:
        yield "json-ld", [name for author in authors for name in _names(author)]
    yield "meta", [text for name in _METAS for text in page.meta.get(name, ())]
    yield "meta", _card(page)
    title = next(iter(page.select("h1")), None)
    for selector, most in BYLINES:
        shown = _shown(together(page.select(selector), title), most)
        yield "html", shown if selector != BYLINES[-1][0] else filter(_is_person, shown)
    yield "feed", feed
    profiles = (link for authors in declared for author in authors for link in _links(author))
    yield "json-ld", [name for link in profiles if (name := in_profile(link))]


def _is_person(text: str) -> bool:
    """Whether the text of an element that is only linked or named like a byline is one."""
    return any(is_full_name(name) or is_unspaced(name) for name in clean_names([text]))


def _card(page: Page) -> list[str]:
    """What a plug-in of many sites writes for social cards: a label such as "Written by", and the name."""
    label = page.first_meta("twitter:label1") or ""
    return page.meta.get("twitter:data1", []) if begins_byline(label) else []


def _shown(nodes: list[LexborNode], most: int) -> list[str]:
    """The texts of byline elements; more than `most` are those of a list of teasers."""
    texts = [text_of(node) for node in own(nodes[: 3 * most])]
    distinct = list(dict.fromkeys(filter(None, texts)))
    return [text for text in distinct if looks_like_name(text)] if len(distinct) <= most else []


def _listed(value: Any, by_id: dict[str, Node]) -> list[Any]:
    """The authors of a property, references by `@id` followed once."""
    authors = value if isinstance(value, list) else [value]
    return [
        by_id.get(str(author.get("@id")), author)
        if isinstance(author, dict) and not _names(author)
        else author
        for author in authors
    ]


def _names(author: Any) -> list[str]:
    if not isinstance(author, dict):
        return texts_of(author)
    if isinstance(author.get("name"), list):
        return texts_of(author["name"])
    parts = [node_text(author.get(name)) for name in ("givenName", "familyName")]
    return texts_of(author) or ([" ".join(filter(None, parts))] if all(parts) else [])


def _links(author: Any) -> list[str]:
    if isinstance(author, str):
        return [author]
    return (
        texts_of([author.get("url"), author.get("sameAs"), author.get("name")])
        if isinstance(author, dict)
        else []
    )
