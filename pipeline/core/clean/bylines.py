"""Where pages show who wrote an article, and the places whose bylines are about something else."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

BYLINES: tuple[tuple[str, int], ...] = (
    ('[rel~="author" i]', 5),
    ('[itemprop~="author" i] [itemprop~="name" i]', 5),
    ('[itemprop~="author" i]', 5),
    (
        '[class*="author-name" i], [class*="author__name" i], [class*="authorName"], '
        '[class*="byline-name" i], [class*="byline__name" i], [class*="author_name" i], '
        '[data-testid*="author-name" i]',
        5,
    ),
    (
        '[class~="author" i], [class~="byline" i], [class*="byline" i], [data-testid*="byline" i], '
        '[class*="post-author" i], [class*="article-author" i], [class*="article__author" i], '
        '[id="author" i], [class~="autor" i], [class*="article-autor" i], [class~="auteur" i], '
        '[class~="reporter" i]',
        3,
    ),
)
"""Selectors in order of trust, with how many texts are still one byline and not a list of teasers."""

_ELSEWHERE = re.compile(
    r"comment|sidebar|widget|related|recent|popular|teaser|recommend|carousel|promo|footer", re.IGNORECASE
)
_DEPTH = 12


def is_elsewhere(node: LexborNode) -> bool:
    """Whether the element stands in a part of the page that is about other articles or other people."""
    current: LexborNode | None = node
    for _ in range(_DEPTH):
        if current is None or current.tag in ("body", "html", "main", "article"):
            return False
        attributes = current.attributes
        if current.tag == "aside" or _ELSEWHERE.search(f"{attributes.get('class')} {attributes.get('id')}"):
            return True
        current = current.parent
    return False
