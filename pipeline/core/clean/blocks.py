"""The page as a line of text blocks: what a reader sees as separate lines, each with where it stands.

A block is a run of inline content inside one block-level element; two `<br>` in a row end a block as a new
paragraph would, and a table gives one block a row. Everything that decides about text works on this list,
made in one pass over the tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element

from pipeline.core.clean.prose import HEADINGS, weigh
from pipeline.core.clean.wordlists import words

INLINE = words(
    """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output q rp
    rt ruby s samp small span strike strong sub sup time tt u var wbr"""
)
SKIPPED = words(
    """script style noscript template head svg math object embed input textarea img video audio source
    rt rp"""
)
"""Among them the readings beside characters (`rt`), which are not read as text."""
CELLS = frozenset({"td", "th"})
CELL_LENGTH = 200
"""A cell that follows more text than this begins a block of its own: the table is there for layout."""


@dataclass(slots=True, eq=False)
class Block:
    """One line of text. `element` is the innermost block-level element around it.

    `tag` is that element's, or for a plain division inside a list item or a quote, theirs. `linked` counts
    the characters inside links. `weight` says how much prose the block is (see `prose.weigh`).
    """

    text: str
    element: _Element
    tag: str
    linked: int
    weight: float = field(init=False)

    def __post_init__(self) -> None:
        self.weight = weigh(self.text, self.tag, self.linked)

    @property
    def link_share(self) -> float:
        return self.linked / len(self.text)


def blocks_of(root: _Element) -> list[Block]:
    """The blocks below `root`, in document order; its characters must be clean already."""
    return _Walker(root).blocks


class _Walker:
    """One walk through the tree with an explicit stack: pages nest deeper than Python recurses."""

    def __init__(self, root: _Element) -> None:
        self.blocks: list[Block] = []
        self._path: list[tuple[_Element, str]] = []
        self._pieces: list[str] = []
        self._size = self._linked = self._in_link = self._breaks = 0
        self._walk(root)

    def _walk(self, root: _Element) -> None:
        todo: list[_Element | tuple[_Element, str]] = [root]
        while todo:
            step = todo.pop()
            if isinstance(step, tuple):
                self._leave(*step, tail=step[0] is not root)
                continue
            tag = step.tag
            if not isinstance(tag, str) or tag in SKIPPED:
                self._add(step.tail)
            elif tag == "br":
                self._break(step.tail)
            else:
                self._enter(step, tag)
                todo.append((step, tag))
                if len(step):
                    todo.extend(step[::-1])

    def _enter(self, element: _Element, tag: str) -> None:
        if tag in INLINE:
            self._in_link += tag == "a"
        else:
            if tag in CELLS and self._size < CELL_LENGTH:
                self._pieces.append(" ")
            elif self._pieces:
                self._flush()
            self._path.append((element, tag))
        self._add(element.text)

    def _leave(self, element: _Element, tag: str, *, tail: bool) -> None:
        if tag in INLINE:
            self._in_link -= tag == "a"
        else:
            if self._pieces and tag not in CELLS:
                self._flush()
            self._path.pop()
        if tail:
            self._add(element.tail)

    def _break(self, tail: str | None) -> None:
        self._breaks += 1
        if self._breaks == 2:
            self._flush()
            self._breaks = 2
        self._pieces.append("\n")
        self._add(tail)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        self._pieces.append(text)
        size = len(text.strip())
        if size:
            self._size += size
            self._breaks = 0
            if self._in_link > 0:
                self._linked += size

    def _flush(self) -> None:
        if self._size and self._path and (text := " ".join("".join(self._pieces).split())):
            element, tag = self._path[-1]
            tag = _meaning(self._path) if tag == "div" or tag in CELLS else tag
            self.blocks.append(Block(text, element, tag, min(self._linked, len(text))))
        self._pieces.clear()
        self._size = self._linked = self._breaks = 0


_MEANINGFUL = HEADINGS | {"p", "li", "blockquote", "tr", "pre", "figcaption", "dd", "dt"}


def _meaning(path: list[tuple[_Element, str]]) -> str:
    """A division inside a list item or a quote is that item's or quote's text; a cell is its row's."""
    return next((tag for _, tag in reversed(path[-3:]) if tag in _MEANINGFUL), path[-1][1])
