"""What around an article is not its text: readers' words, furniture by its marks, lists of teasers.

A mark alone never condemns, because templates put `with-sidebar` and `comments-open` on whole pages: what
holds the title or much of the page's prose is spared.
"""

from __future__ import annotations

from collections import Counter

from lxml.etree import _Element

from pipeline.core.clean import furniture
from pipeline.core.clean.blocks import Block
from pipeline.core.clean.weights import Chains, Weights

READERS_SHARE = 0.85
"""Readers' comments may well be longer than the article, but hardly six times as long."""
MARKED_SHARE = 0.3
"""A marked element with more of the page's prose than this is the article with a misleading name."""
LEFT_SHARE = 0.15
"""When all marks together leave less of the prose than this, they have taken the article."""
MISLEADING_SHARE = 0.45
"""Then a word that marks this share of it is dismissed, as `widget` is where every paragraph is one."""
TEASER_ITEMS = 3
"""So many neighbours of one kind, each with a linked line and one piece of prose, are teasers."""

Around = dict[_Element, furniture.Attributes]

_TEASER_WEIGHT = 700.0
_TEASER_BLOCKS = 2
_TABLE = frozenset({"tr", "td", "th", "tbody", "table"})
_NONE: frozenset[str] = frozenset()


def teasers(blocks: list[Block], weights: Weights) -> set[Block]:
    """Prose that stands alone in an item with a linked line, beside other items of the same kind."""
    chains = weights.chains
    labels = {above for block in blocks if _is_label(block) for above in chains.of(block.element)}
    sizes = Counter(block.element for block in blocks if block.element in weights.leaves)
    items: dict[_Element, _Element] = {}
    for leaf, w in weights.leaves.items():
        if sizes[leaf] <= _TEASER_BLOCKS and w <= _TEASER_WEIGHT:
            item = _outermost_with(w, leaf, weights)
            if item in labels:
                items[leaf] = item
    kinds = Counter(map(_kind, items.values()))
    return {
        block
        for block in blocks
        if (item := items.get(block.element)) is not None and kinds[_kind(item)] >= TEASER_ITEMS
    }


def readers(around: Around, weights: Weights) -> set[_Element]:
    """The elements in which readers speak: they may hold most of the page, but not the title."""
    most = READERS_SHARE * weights.total
    return {
        element
        for element, attributes in around.items()
        if furniture.is_readers(attributes) and weights.of(element) <= most
    }


def marked(around: Around, weights: Weights) -> set[_Element]:
    """The elements that are furniture: marked so, light, and without the title in them."""
    most = MARKED_SHARE * weights.total
    found = {
        element: words
        for element, attributes in around.items()
        if (words := _words(element, attributes)) and weights.of(element) <= most
    }
    left = sum(w for leaf, w in weights.leaves.items() if not weights.chains.touches(leaf, found.keys()))
    misleading = _misleading(found, weights) if left < LEFT_SHARE * weights.total else _NONE
    return {element for element, words in found.items() if words - misleading}


def around(blocks: list[Block], chains: Chains, title: _Element | None) -> Around:
    """Every element around some block, except those that contain the title, with its attributes."""
    seen = set(chains.of(title))
    found: Around = {}
    for block in blocks:
        for element in chains.of(block.element)[:-1]:
            if element in seen:
                break
            seen.add(element)
            if element.tag == "figcaption" or element.keys():
                found[element] = furniture.attributes_of(element)
    return found


def _words(element: _Element, attributes: furniture.Attributes) -> frozenset[str]:
    if element.tag in _TABLE:
        return _NONE
    words = furniture.marks(attributes)
    return words | {"figcaption"} if element.tag == "figcaption" else words


def _misleading(found: dict[_Element, frozenset[str]], weights: Weights) -> frozenset[str]:
    """The words that mark much of the page in all, each counted once where marks lie inside one another."""
    taken: Counter[str] = Counter()
    for element, words in found.items():
        above = {word for ancestor in element.iterancestors() for word in found.get(ancestor, _NONE)}
        for word in words - above:
            taken[word] += int(weights.of(element))
    return frozenset(word for word, w in taken.items() if w > MISLEADING_SHARE * weights.total)


def _outermost_with(weight: float, leaf: _Element, weights: Weights) -> _Element:
    """The largest element around the leaf that holds no other prose."""
    outermost = leaf
    for element in weights.chains.of(leaf)[1:-1]:
        if weights.of(element) > weight * 1.01:
            break
        outermost = element
    return outermost


def _is_label(block: Block) -> bool:
    return block.link_share > 0.8 and len(block.text) >= 15


def _kind(item: _Element) -> tuple[object, ...]:
    return (item.getparent(), item.tag, (item.get("class") or "").split(" ")[0])
