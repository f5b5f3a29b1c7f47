"""Where pages show who wrote an article, and the places whose bylines are about something else."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from pipeline.core.clean.names import BEGINNING, without_day

BYLINES: tuple[tuple[str, int], ...] = (
    ('[rel~="author" i]', 5),
    ('[itemprop~="author" i] [itemprop~="name" i]', 5),
    ('[itemprop~="author" i]', 5),
    (
        '[class*="author-name" i], [class*="author__name" i], [class*="authorName"], '
        '[class*="byline-name" i], [class*="byline__name" i], [class*="author_name" i], '
        '[data-testid*="author-name" i], [class~="vcard"] [class~="fn"], [class*="header"] > [class~="fn"]',
        5,
    ),
    (
        '[class~="author" i], [class~="byline" i], [class*="byline" i], [data-testid*="byline" i], '
        '[class*="post-author" i], [class*="article-author" i], [class*="article__author" i], '
        '[id="author" i], [class~="autor" i], [class*="article-autor" i], [class~="auteur" i], '
        '[class~="reporter" i]',
        3,
    ),
    (
        '[class*="author" i]:not([class*="bio" i]):not([class*="avatar" i]):not([class*="image" i]), '
        'a[href*="/author/" i], a[href*="/authors/" i], a[href*="/autor/" i], a[href*="/autoren/" i], '
        'a[href*="/auteur/" i], a[href*="/auteurs/" i], a[href*="/autores/" i], a[href*="/autori/" i], '
        'a[href*="/profile/" i], a[href*="/people/" i], a[href*="/staff/" i], a[href*="/by/" i]',
        3,
    ),
)
"""Selectors in order of trust, with how many texts are still one byline and not a list of teasers."""

_ELSEWHERE = re.compile(
    r"comment|sidebar|widget|related|recent|popular|teaser|recommend|carousel|promo|footer", re.IGNORECASE
)
_OF_OTHERS = re.compile(r"comment|related|recent|popular|teaser|recommend|carousel|promo", re.IGNORECASE)
_DEPTH = 12
_NEAR = 3
"""Bylines of one article have a common element so few steps up."""
_DEEPEST = 60
_MOST_NODES = 200


_BY = re.compile(rf"^{BEGINNING}(?P<names>.+)$", re.IGNORECASE)
_DATED = re.compile(
    r"^(?P<names>[^\d,|•·]{4,60}?)\s*[,|•·–—-]\s*(?=\D{0,24}\d)(?:\D{0,24}\d[\d.:/,\s]*){1,6}\D{0,12}$"
)
_DAYS = (
    "(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:jan|febr)uary|march|april|june|july|august|"
    "(?:sept|nov|dec)ember|october"
)
_END = re.compile(
    rf"\s*[|•·／]\s*|\s+[–—-]\s+|,?\s*\d|\s+on\s+(?=[A-Z])|\s+(?:published|updated|posted|{_DAYS})\b",
    re.IGNORECASE,
)


def in_lines(lines: list[str]) -> list[str]:
    """The names that lines between title and text give: after "By", or before a date."""
    found = (match["names"] for line in lines if (match := _BY.match(line) or _DATED.match(line)))
    return [name for names in found if (name := without_day(_END.split(names)[0].strip()))]


def together(nodes: list[LexborNode], title: LexborNode | None) -> list[LexborNode]:
    """Of byline elements all over a page those that stand together, nearest to the title.

    Every teaser may have a byline as well; without a title the first group is the article's own.
    """
    groups: list[list[LexborNode]] = []
    before: list[int] = []
    for node in nodes[:_MOST_NODES]:
        above = _above(node)
        if groups and not set(above[:_NEAR]).isdisjoint(before[:_NEAR]):
            groups[-1].append(node)
        else:
            groups.append([node])
        before = above
    if len(groups) < 2 or title is None:
        return groups[0] if groups else []
    place = {step: depth for depth, step in enumerate(_above(title))}
    return min(groups, key=lambda group: next((place[s] for s in _above(group[0]) if s in place), len(place)))


def _above(node: LexborNode) -> list[int]:
    """The element's ancestors, nearest first, each as a number of its own."""
    found: list[int] = []
    current = node.parent
    while current is not None and len(found) < _DEEPEST:
        found.append(current.mem_id)
        current = current.parent
    return found


def own(nodes: list[LexborNode]) -> list[LexborNode]:
    """The byline elements that stand in no part of the page about other articles or other people.

    Where that leaves none, a sidebar may hold the article's own byline, but a list of teasers never does.
    """
    return [node for node in nodes if not _stands_in(node, _ELSEWHERE, "aside")] or [
        node for node in nodes if not _stands_in(node, _OF_OTHERS, "li")
    ]


def _stands_in(node: LexborNode, marks: re.Pattern[str], tag: str) -> bool:
    current: LexborNode | None = node
    for _ in range(_DEPTH):
        if current is None or current.tag in ("body", "html", "main", "article"):
            return False
        attributes = current.attributes
        if current.tag == tag or marks.search(f"{attributes.get('class')} {attributes.get('id')}"):
            return True
        current = current.parent
    return False
