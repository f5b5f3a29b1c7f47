"""Where on the page the article is: the element that holds its text.

Prose is weighed block by block; the weight of an element is that of the blocks in it, without what is
marked as furniture and without lists of teasers. From the root we go down as long as one child holds nearly
everything, and stop where the text is spread over several children.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.core.clean import furniture
from pipeline.core.clean.blocks import HEADINGS, Block

MARKED_SHARE = 0.3
"""A marked element with more of the page's prose than this is the article with a misleading name."""
LEFT_SHARE = 0.15
"""When the marks leave less of the prose than this, they have taken the article."""
MISLEADING_SHARE = 0.45
READERS_SHARE = 0.85
"""Readers' comments may well be longer than the article, but hardly six times as long."""
WHOLE = 0.85
"""A child with this share of the weight is gone into."""
MOST = 0.5
LOOSE = 0.1
"""Not, however, when this share stands beside it in paragraphs of their own: those are the article's too."""
OWN_WEIGHT = 250.0
"""An `<article>` with the title in it is the article from this weight on."""
OWN_PARAGRAPHS = 3
OWN_TEXT = 500.0
"""Any other element with the title in it must hold so many paragraphs of this weight together."""
BODY_BONUS = 1.5
TEASER_ITEMS = 3
"""So many neighbours of one kind, each with a linked line and one piece of prose, are teasers."""

_TEASER_LENGTH = 700
_BEGINNING = 60
UNSPACED = 2.5
"""A character of Chinese, Japanese, Korean or Thai says as much as so many letters."""
_LONG = 1000
_SHORT = 40
_ENDS = tuple('.!?…”"»。！？」』؟۔।:’)“;')
_CONSENT = re.compile(r"\bcookies?\b|\bGDPR\b|куки|کوکی|クッキー", re.IGNORECASE)
_ITEMS = frozenset({"article", "li"})
_TABLE = frozenset({"tr", "td", "th", "tbody", "table"})
_FLOW = HEADINGS | {"p", "ul", "ol", "li", "blockquote", "pre", "table", "figure", "dl", "br", "hr"}


@dataclass(slots=True)
class Region:
    """The article's element and the blocks in it, those marked as furniture apart.

    `share` is how much of the page's prose lies in it, 0 to 1.
    """

    element: _Element
    blocks: list[Block]
    marked: list[Block]
    share: float


def find_region(root: _Element, blocks: list[Block], title: _Element | None) -> Region:
    """The part of the page that holds the article; `title` is the heading that names it, if known."""
    weights = _weighed(blocks)
    tree = _Weights(root, weights)
    teasers = set(_teasers(root, blocks, tree))
    for block in teasers:
        weights[block] = 0.0
    tree = _Weights(root, weights)
    readers = _readers(root, blocks, tree, title)
    tree = _Weights(root, {block: w for block, w in weights.items() if not _touches(block.element, readers)})
    marked = readers | _marked(root, blocks, tree, title)
    kept = {block: w for block, w in weights.items() if not _touches(block.element, marked)}
    tree = _Weights(root, kept)
    element = _descend(_start(root, tree, title), tree, title)
    inside = [block for block in blocks if any(above is element for above in _ancestors(block.element))]
    return Region(
        element=element,
        blocks=[block for block in inside if block in kept and block not in teasers],
        marked=[block for block in inside if block not in kept or block in teasers],
        share=tree.of(element) / tree.total if tree.total else 0.0,
    )


def _weighed(blocks: list[Block]) -> dict[Block, float]:
    """The weight of every block; text that begins as an earlier block does is a second copy and has none."""
    seen: set[str] = set()
    weights: dict[Block, float] = {}
    for block in blocks:
        w = weight(block)
        beginning = block.text[:_BEGINNING]
        weights[block] = 0.0 if w > 0 and beginning in seen else w
        if len(beginning) == _BEGINNING:
            seen.add(beginning)
    return weights


def weight(block: Block) -> float:
    """How much prose a block is: its length, less for links, lists, and lines that do not end like sentences."""
    size = len(block.text)
    if block.tag in HEADINGS or block.tag == "figcaption" or block.link_share > 0.5:
        return 0.0
    if is_unspaced(block.text):
        size = int(size * UNSPACED)
    if size < _SHORT or _CONSENT.search(block.text):
        return 0.0
    w = min(size, _LONG) * (1 - block.link_share)
    if not ends_like_a_sentence(block.text):
        w *= 0.3
    return w * 0.4 if block.tag in ("li", "tr", "dd") else w


def ends_like_a_sentence(text: str) -> bool:
    """Whether a line ends with the punctuation that ends sentences, in any script."""
    return text.endswith(_ENDS)


def is_unspaced(text: str) -> bool:
    """Whether the text is in a script that writes few or no spaces between words."""
    sample = text[:40]
    return sum(1 for c in sample if c >= "\u0e00" and not "\u1e00" <= c <= "\u2fff") > len(sample) // 3


class _Weights:
    """The weight of every element that has any."""

    def __init__(self, root: _Element, weights: dict[Block, float]) -> None:
        self._of: dict[_Element, float] = {}
        self.leaves: dict[_Element, float] = {}
        for block, w in weights.items():
            if w > 0:
                self.leaves[block.element] = self.leaves.get(block.element, 0.0) + w
        for leaf, w in self.leaves.items():
            for element in _ancestors(leaf):
                self._of[element] = self._of.get(element, 0.0) + w
                if element is root:
                    break
        self.total = self._of.get(root, 0.0)

    def of(self, element: _Element) -> float:
        return self._of.get(element, 0.0)


def _teasers(root: _Element, blocks: list[Block], tree: _Weights) -> Iterator[Block]:
    """Prose that stands alone in an item with a linked line, beside other items of the same kind."""
    labels = {above for block in blocks if _is_label(block) for above in _ancestors(block.element)}
    prose = Counter(block.element for block in blocks if block.element in tree.leaves)
    items: dict[_Element, _Element] = {}
    for leaf, w in tree.leaves.items():
        if prose[leaf] > 2 or w > _TEASER_LENGTH:
            continue
        item = leaf
        while (above := item.getparent()) is not None and item is not root and tree.of(above) <= w * 1.01:
            item = above
        if item in labels:
            items[leaf] = item
    kinds = Counter((item.getparent(), _kind(item)) for item in items.values())
    for block in blocks:
        item = items.get(block.element)
        if item is not None and kinds[(item.getparent(), _kind(item))] >= TEASER_ITEMS:
            yield block


def _is_label(block: Block) -> bool:
    return block.link_share > 0.8 and len(block.text) >= 15


def _readers(root: _Element, blocks: list[Block], tree: _Weights, title: _Element | None) -> set[_Element]:
    """The elements in which readers speak: they may hold most of the page, but not the title."""
    return {
        element
        for element in _around(root, blocks, title)
        if tree.of(element) <= READERS_SHARE * tree.total and furniture.is_readers(element)
    }


def _marked(root: _Element, blocks: list[Block], tree: _Weights, title: _Element | None) -> set[_Element]:
    """The elements that are furniture: marked so, light, and without the title in them."""
    found = {
        element: words
        for element in _around(root, blocks, title)
        if tree.of(element) <= MARKED_SHARE * tree.total and (words := _furniture_words(element))
    }
    left = sum(w for leaf, w in tree.leaves.items() if not _touches(leaf, set(found)))
    misleading = _misleading(found, tree) if left < LEFT_SHARE * tree.total else frozenset()
    return {element for element, words in found.items() if words - misleading}


def _around(root: _Element, blocks: list[Block], title: _Element | None) -> Iterator[_Element]:
    """Every element around some block, once, except those that contain the title."""
    seen = set(_ancestors(title))
    for block in blocks:
        for element in _ancestors(block.element):
            if element in seen or element is root:
                break
            seen.add(element)
            yield element


def _furniture_words(element: _Element) -> frozenset[str]:
    if element.tag in _TABLE:
        return frozenset()
    words = furniture.marks(element)
    if element.tag == "figcaption":
        words |= {"figcaption"}
    return words | {"invisible"} if furniture.is_invisible(element) else words


def _misleading(found: dict[_Element, frozenset[str]], tree: _Weights) -> frozenset[str]:
    """Words that mark so much of the page in all that here they mean something else, as `widget` does where
    every paragraph is one."""
    weights: Counter[str] = Counter()
    for element, words in found.items():
        above = {word for ancestor in element.iterancestors() for word in found.get(ancestor, ())}
        for word in words - above:
            weights[word] += int(tree.of(element))
    return frozenset(word for word, w in weights.items() if w > MISLEADING_SHARE * tree.total)


def _start(root: _Element, tree: _Weights, title: _Element | None) -> _Element:
    """The `<article>` that has the title, when the page's other prose is in articles or items of its own."""
    own = next((element for element in _ancestors(title) if element.tag == "article"), None)
    if own is None or tree.of(own) < OWN_WEIGHT:
        return root
    elsewhere = [leaf for leaf in tree.leaves if own not in _ancestors(leaf)]
    by_others = sum(tree.leaves[leaf] for leaf in elsewhere if any(e.tag in _ITEMS for e in _ancestors(leaf)))
    return own if by_others > 0.5 * (tree.total - tree.of(own)) else root


def _descend(start: _Element, tree: _Weights, title: _Element | None) -> _Element:
    above = set(_ancestors(title))
    current = start
    while True:
        children = {child: tree.of(child) for child in current.iterchildren() if tree.of(child) > 0}
        if not children:
            return current
        best = max(
            children, key=lambda child: children[child] * (BODY_BONUS if furniture.is_body(child) else 1.0)
        )
        own = next((child for child in children if child in above), best)
        if own is not best and _is_article(own, tree):
            current = own
            continue
        if first := _first_article(children):
            current = first
            continue
        if best.tag in _FLOW or best in tree.leaves or not _holds_the_text(current, best, children, tree):
            return current
        current = best


def _is_article(element: _Element, tree: _Weights) -> bool:
    """Whether the element with the title holds paragraphs enough: what lies beside it is by others."""
    prose = [tree.leaves[leaf] for leaf in element.iter() if leaf in tree.leaves]
    return len(prose) >= OWN_PARAGRAPHS and sum(prose) >= OWN_TEXT


def _first_article(children: dict[_Element, float]) -> _Element | None:
    """The first of several `<article>`s in a row: pages that scroll on append the next ones."""
    articles = [child for child, w in children.items() if child.tag == "article" and w >= OWN_WEIGHT]
    return articles[0] if len(articles) > 1 else None


def _holds_the_text(
    current: _Element, best: _Element, children: dict[_Element, float], tree: _Weights
) -> bool:
    """Whether the article is in `best` alone and not in several children of `current`."""
    total = tree.of(current)
    share = children[best] / total
    if share >= WHOLE:
        return True
    apart = {child: w for child, w in children.items() if child not in tree.leaves and child.tag not in _FLOW}
    loose = total - sum(apart.values())
    if share < MOST or loose >= LOOSE * total:
        return False
    return not any(
        _alike(child, best) and w >= 0.1 * children[best] for child, w in apart.items() if child is not best
    )


def _alike(one: _Element, other: _Element) -> bool:
    """Whether two neighbours look like parts of one text."""
    a, b = (set((element.get("class") or "").split()) for element in (one, other))
    return one.tag == other.tag and (bool(a & b) or not (a or b))


def _kind(element: _Element) -> tuple[object, str]:
    return (element.tag, (element.get("class") or "").split(" ")[0])


def _ancestors(element: _Element | None) -> list[_Element]:
    """The element and all that contain it, innermost first."""
    return [] if element is None else [element, *element.iterancestors()]


def _touches(element: _Element, marked: set[_Element]) -> bool:
    return bool(marked) and any(above in marked for above in _ancestors(element))
