"""Where on the page the article is: the element that holds its text.

Prose is weighed block by block; the weight of an element is that of the blocks in it, without furniture and
teasers (`marking`). From the root we go down as long as one child holds nearly everything, and stop where
the text is spread over several children. The title's place decides where weight alone would mislead: below
a short article the readers' words, or the articles that follow, are often longer.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.core.clean import furniture, marking
from pipeline.core.clean.blocks import Block
from pipeline.core.clean.prose import HEADINGS
from pipeline.core.clean.weights import Chains, Weights, weighed

WHOLE = 0.85
"""A child with this share of the weight is gone into."""
MOST = 0.5
"""So is one with this share, unless the rest is the article's too: neighbours that look alike, or
paragraphs that stand beside it, which have the share `LOOSE`."""
LOOSE = 0.1
OWN_WEIGHT = 250.0
"""An `<article>` with the title in it is the article from this weight on."""
OWN_PARAGRAPHS = 3
OWN_TEXT = 500.0
"""Any other element with the title in it must hold so many paragraphs of this weight together."""
OPENING = 150.0
"""The weight of a paragraph that is believed to open the text although the rest stands in another element."""
BODY_BONUS = 1.5
"""What is named as the article's body is preferred to what is a little heavier."""

_ITEMS = frozenset({"article", "li"})
_FLOW = HEADINGS | {"p", "ul", "ol", "li", "blockquote", "pre", "table", "figure", "dl", "br", "hr"}


@dataclass(slots=True)
class Region:
    """The article's element and the blocks in it, those marked as furniture apart."""

    element: _Element
    blocks: list[Block]
    marked: list[Block]


def find_region(root: _Element, blocks: list[Block], title: _Element | None) -> Region:
    """The part of the page that holds the article; `title` is the heading that names it, if known."""
    chains = Chains(root)
    weights = weighed(blocks)
    dropped = marking.teasers(blocks, Weights(chains, weights))
    weights |= dict.fromkeys(dropped, 0.0)
    around = marking.around(blocks, chains, title)
    readers = marking.readers(around, Weights(chains, weights))
    quiet = {block: w for block, w in weights.items() if not chains.touches(block.element, readers)}
    marked = readers | marking.marked(around, Weights(chains, quiet))
    dropped |= {block for block in blocks if chains.touches(block.element, marked)}
    tree = Weights(chains, {block: w for block, w in weights.items() if block not in dropped})
    element = _widened(_descend(_start(root, tree, title), tree, title), tree, title)
    inside = [block for block in blocks if element in chains.of(block.element)]
    return Region(
        element=element,
        blocks=[block for block in inside if block not in dropped],
        marked=[block for block in inside if block in dropped],
    )


def _start(root: _Element, tree: Weights, title: _Element | None) -> _Element:
    """The `<article>` that has the title, when the page's other prose is in articles or items of its own."""
    own = next((element for element in tree.chains.of(title) if element.tag == "article"), None)
    if own is None or tree.of(own) < OWN_WEIGHT:
        return root
    elsewhere = {leaf: w for leaf, w in tree.leaves.items() if own not in tree.chains.of(leaf)}
    by_others = sum(
        w for leaf, w in elsewhere.items() if any(above.tag in _ITEMS for above in tree.chains.of(leaf))
    )
    return own if by_others > MOST * (tree.total - tree.of(own)) else root


def _descend(start: _Element, tree: Weights, title: _Element | None) -> _Element:
    above = frozenset(tree.chains.of(title))
    current = start
    while children := {child: w for child in current.iterchildren() if (w := tree.of(child)) > 0}:
        own = next((child for child in children if child in above), None)
        best = max(children, key=lambda child: _rank(child, children))
        if own is not None and own is not best and _is_article(own, tree):
            current = own
        elif (first := _first_article(children)) is not None:
            current = first
        elif best.tag in _FLOW or best in tree.leaves or not _holds_the_text(current, best, children, tree):
            return current
        else:
            current = best
    return current


def _widened(element: _Element, tree: Weights, title: _Element | None) -> _Element:
    """The element, or the one around it that holds more of the same text.

    Some pages break a text into rows: neighbours with the same tag and class, and in them prose that stands
    in the same elements as here; what has a main heading of its own is another article. Others wrap all but
    the first paragraph, for subscribers or in columns.
    """
    above = frozenset(tree.chains.of(title))
    found = current = element
    while (parent := current.getparent()) is not None and parent.tag != "html":
        alike = [other for other in parent.iterchildren(current.tag) if _same_class(other, current)]
        rows = len(alike) > 1 and current.tag not in _ITEMS and _has_more(current, alike, tree)
        if rows or (above and parent not in above and _has_opening(current, tree)):
            found = parent
        current = parent
    return found


def _has_opening(element: _Element, tree: Weights) -> bool:
    """Whether a long paragraph that looks as those in the element do stands right before it."""
    before = [other for other in element.itersiblings("p", preceding=True) if tree.of(other) >= OPENING]
    if not before:
        return False
    looks = {leaf.get("class") for leaf in tree.leaves if leaf.tag == "p" and element in tree.chains.of(leaf)}
    return any(other.get("class") in looks for other in before)


def _has_more(current: _Element, alike: list[_Element], tree: Weights) -> bool:
    """Whether the neighbours hold prose in the same elements as this one; all of them, to be no list."""
    paths = _paths(current, tree)
    others = [other for other in alike if other is not current and tree.of(other) > 0]
    return bool(others) and all(
        paths & _paths(other, tree) and next(other.iter("h1", "article"), None) is None for other in others
    )


def _paths(element: _Element, tree: Weights) -> set[tuple[tuple[str, str], ...]]:
    """For each element with prose in this one, the tags and classes on the way to it."""
    chains = (tree.chains.of(leaf) for leaf in tree.leaves)
    inside = (chain[: chain.index(element)] for chain in chains if element in chain)
    return {tuple((step.tag, step.get("class") or "") for step in steps) for steps in inside}


def _same_class(one: _Element, other: _Element) -> bool:
    return bool(one.get("class")) and one.get("class") == other.get("class")


def _rank(child: _Element, children: dict[_Element, float]) -> float:
    return children[child] * (BODY_BONUS if furniture.is_body(child) else 1.0)


def _is_article(element: _Element, tree: Weights) -> bool:
    """Whether the element with the title holds paragraphs enough: what lies beside it is by others."""
    prose = [w for leaf, w in tree.leaves.items() if element in tree.chains.of(leaf)]
    return len(prose) >= OWN_PARAGRAPHS and sum(prose) >= OWN_TEXT


def _first_article(children: dict[_Element, float]) -> _Element | None:
    """The first of several `<article>`s in a row: pages that scroll on append the next ones."""
    articles = [child for child, w in children.items() if child.tag == "article" and w >= OWN_WEIGHT]
    return articles[0] if len(articles) > 1 else None


def _holds_the_text(
    current: _Element, best: _Element, children: dict[_Element, float], tree: Weights
) -> bool:
    """Whether the article is in `best` alone and not in several children of `current`."""
    total = tree.of(current)
    if children[best] >= WHOLE * total:
        return True
    apart = {child: w for child, w in children.items() if child not in tree.leaves and child.tag not in _FLOW}
    if children[best] < MOST * total or total - sum(apart.values()) >= LOOSE * total:
        return False
    return not any(
        child is not best and _alike(child, best) and w >= LOOSE * children[best]
        for child, w in apart.items()
    )


def _alike(one: _Element, other: _Element) -> bool:
    """Whether two neighbours look like parts of one text."""
    a, b = (set((element.get("class") or "").split()) for element in (one, other))
    return one.tag == other.tag and (bool(a & b) or not (a or b))
