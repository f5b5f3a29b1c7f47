"""Which blocks of the article's region are its text.

    blocks ──► lines that are furniture by themselves ──► head: from the first prose on ──► headings that
                                                     └──► tail: up to the last of the flow     have text

The *flow* is where the paragraphs stand: the elements that hold prose directly. Short lines count as text
inside the flow, since sub-headings, list items, verses and replies in interviews are short too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.core.clean import lines
from pipeline.core.clean.blocks import Block
from pipeline.core.clean.prose import HEADINGS, ends_like_a_sentence, is_unspaced
from pipeline.core.clean.region import Region
from pipeline.core.clean.titles import key

Rule = str
BY_PLACE = frozenset({"marked", "head", "tail"})
"""The rules that judge where a block stands and not what it is."""
LINKED = 0.8
TEASER_CHARACTERS = 15
SENTENCE_CHARACTERS = 140
"""A block that is nearly all link is a teaser, unless it is a sentence longer than this."""
CAPTION_CHARACTERS = 250
FLOW_SHARE = 0.15
"""Elements of one kind that hold this share of the prose hold paragraphs of the article."""
AFTERMATH = 0.5
"""What follows a label is no part of the article if it is at most so much beside the text before."""
OPENING = 150
"""Characters of a paragraph that is believed to open the text although it stands outside the flow."""
COVERED = 0.6
"""Where such elements hold less than this, the page has no flow, and every element may hold paragraphs."""
SAME = 100
"""Characters from which a line that was there before is a repetition and not a refrain."""


@dataclass(frozen=True, slots=True)
class Selected:
    """The blocks that are text, in order, and the others with the rule that removed each."""

    kept: list[Block]
    removed: list[tuple[Block, Rule]]


def select(region: Region, titles: frozenset[str]) -> Selected:
    """Sort the region's blocks into text and furniture. `titles` are the keys of the page's title."""
    rules = dict(_judged(region.blocks, titles))
    prose = [block for block in region.blocks if block.weight > 0 and block not in rules]
    if not prose:
        return Selected([], [*((block, "marked") for block in region.marked), *rules.items()])
    flow = _Flow(region, prose)
    removed: list[tuple[Block, Rule]] = [(block, "marked") for block in region.marked]
    first, last = _ends(region.blocks, rules, flow)
    kept: list[Block] = []
    for number, block in enumerate(region.blocks):
        rule = rules.get(block) or ("head" if number < first else "tail" if number > last else None)
        if rule:
            removed.append((block, rule))
        else:
            kept.append(block)
    text = list(_with_text(kept))
    removed += [(block, "heading without text") for block in kept if block not in set(text)]
    return Selected(text, removed)


def is_linked(block: Block) -> bool:
    """Whether the block is a pointer: nearly all link, and no long sentence that happens to be one."""
    if block.link_share < LINKED or len(block.text) < TEASER_CHARACTERS:
        return False
    return not (ends_like_a_sentence(block.text) and len(block.text) > SENTENCE_CHARACTERS)


def captions_of(blocks: list[Block]) -> set[Block]:
    """Short text that is alone with a picture in an element which is no paragraph."""
    alone = Counter(block.element for block in blocks)
    return {
        block
        for block in blocks
        if block.tag == "figcaption"
        or (
            alone[block.element] == 1
            and block.element.tag in _FRAMES
            and len(block.text) <= CAPTION_CHARACTERS
            and next(block.element.iter("img", "picture", "amp-img"), None) is not None
        )
    }


def _judged(blocks: list[Block], titles: frozenset[str]) -> Iterator[tuple[Block, Rule]]:
    """The blocks that one look at them condemns, with the rule."""
    seen: set[str] = set()
    captions = captions_of(blocks)
    longest = 2 * max(map(len, titles), default=0)
    for block in blocks:
        text = block.text
        if block in captions:
            yield block, "caption"
        elif len(text) <= longest and key(text) in titles:
            yield block, "title repeated"
        elif text in seen:
            yield block, "repeated"
        elif rule := _rule(block):
            yield block, rule
        elif len(text) >= SAME:
            seen.add(text)


def _rule(block: Block) -> Rule | None:
    text = block.text
    if lines.is_junk(text):
        return "junk"
    if is_linked(block):
        return "link"
    if lines.is_label(text):
        return "label"
    if lines.is_opening(text):
        return "invitation"
    return "credit" if lines.is_credit(text) else None


class _Flow:
    """The kinds of elements that hold the article's paragraphs."""

    def __init__(self, region: Region, prose: list[Block]) -> None:
        self._top = region.element
        weights: Counter[object] = Counter()
        for block in prose:
            weights[self._kind(block)] += int(block.weight)
        total = weights.total()
        kinds = {kind for kind, w in weights.items() if w >= FLOW_SHARE * total}
        covered = sum(weights[kind] for kind in kinds)
        self._kinds = kinds if covered >= COVERED * total else set(weights)
        self._classes = {name for block in prose if self.has(block) and (name := block.element.get("class"))}

    def has(self, block: Block) -> bool:
        """Whether the block stands where the paragraphs stand, or in an element of the same kind."""
        return self._kind(block) in self._kinds

    def holder(self, block: Block) -> _Element:
        """The element the block's paragraph stands in."""
        return _holder(block.element, self._top)

    def goes_on(self, block: Block, before: Block) -> bool:
        """Whether the block stands in the same element as the one before, or in one like it beside that."""
        one, other = self.holder(before), self.holder(block)
        return one is other or (one.getparent() is other.getparent() and self.has(block))

    def opens(self, block: Block, first: Block) -> bool:
        """Whether the block, which stands before the flow's first, is a paragraph of the same text.

        It has the class that paragraphs of the flow have; or it is a long one that looks as they do and
        stands around the flow, as where the rest of a text is wrapped for subscribers or set in columns.
        """
        if block.element.get("class") in self._classes:
            return True
        same = (block.element.tag, block.element.get("class")) == (
            first.element.tag,
            first.element.get("class"),
        )
        holder = self.holder(block)
        return same and len(block.text) >= OPENING and holder in self.holder(first).iterancestors()

    def _kind(self, block: Block) -> object:
        return _kind(self.holder(block), self._top)


def _holder(element: _Element, top: _Element) -> _Element:
    """The element that holds a block's paragraph: past lists, quotes, tables and the paragraph itself."""
    holder: _Element | None = element
    while holder is not None and holder is not top and holder.tag in _WRAPPERS:
        holder = holder.getparent()
    return top if holder is None else holder


def _kind(element: _Element, top: _Element) -> object:
    """What kind of element this is: tag and first class; without a class, tag and the kind it stands in."""
    names = (element.get("class") or "").split()
    if names:
        return (element.tag, names[0])
    parent = element.getparent()
    return element.tag if element is top or parent is None else (element.tag, _kind(parent, top))


_FRAMES = frozenset({"div", "section", "center", "span", "figure", "a", "article", "aside"})
_WRAPPERS = HEADINGS | frozenset({"ul", "ol", "li", "blockquote", "table", "tbody", "tr", "td", "dl", "p"})


def _ends(blocks: list[Block], rules: dict[Block, Rule], flow: _Flow) -> tuple[int, int]:
    """The numbers of the first and the last block of the text."""
    prose = [n for n, block in enumerate(blocks) if block.weight > 0 and block not in rules]
    inside = [n for n in prose if flow.has(blocks[n])] or prose
    first = next(n for n in prose if n >= inside[0] or flow.opens(blocks[n], blocks[inside[0]]))
    end = next(
        (n for n in range(first, len(blocks)) if _ends_text(n, blocks, rules, prose, flow)), len(blocks)
    )
    last = max(n for n in inside if n < end)
    while first > 0 and _leads_in(blocks[first - 1], rules, flow):
        first -= 1
    while last + 1 < end and _goes_on(blocks[last + 1], blocks[last], rules, flow):
        last += 1
    return first, last


def _ends_text(
    number: int, blocks: list[Block], rules: dict[Block, Rule], prose: list[int], flow: _Flow
) -> bool:
    """Whether a heading begins something else: an appended article, or readers' comments and the like.

    That is a second main heading apart from the paragraphs, or one that is a label, unless prose goes on
    after it where it was before.
    """
    block = blocks[number]
    if block.tag not in HEADINGS:
        return False
    if block.tag == "h1" and not flow.has(block):
        return True
    if rules.get(block) != "label":
        return False
    before = [blocks[n] for n in prose if n < number]
    after = [blocks[n] for n in prose if n > number]
    here = set(map(flow.holder, before))
    goes_on = any(flow.holder(block) in here for block in after)
    return (
        bool(before)
        and not goes_on
        and sum(block.weight for block in after) < AFTERMATH * sum(block.weight for block in before)
    )


def _leads_in(block: Block, rules: dict[Block, Rule], flow: _Flow) -> bool:
    """A first sentence may be short, or all links."""
    long_enough = len(block.text) >= (16 if is_unspaced(block.text) else 40)
    return (
        block not in rules
        and flow.has(block)
        and long_enough
        and ends_like_a_sentence(block.text)
        and block.tag not in HEADINGS
    )


def _goes_on(block: Block, before: Block, rules: dict[Block, Rule], flow: _Flow) -> bool:
    """After the last paragraph: lists, tables, verses, a signature, as long as they stand where it stands."""
    return block not in rules and flow.goes_on(block, before) and not lines.is_date(block.text)


def _with_text(kept: list[Block]) -> Iterator[Block]:
    """All but headings that nothing follows before the next heading of the same or a higher rank."""
    for number, block in enumerate(kept):
        if block.tag in HEADINGS:
            after = kept[number + 1] if number + 1 < len(kept) else None
            if after is None or (after.tag in HEADINGS and after.tag <= block.tag):
                continue
        yield block
