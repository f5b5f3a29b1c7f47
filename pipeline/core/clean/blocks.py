"""The page as a line of text blocks: what a reader sees as separate lines, each with where it stands.

A block is a run of inline content inside one block-level element; two `<br>` in a row end a block as a new
paragraph would, and a table gives one block a row. Everything that decides about text works on this list,
made in one pass over the tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from pipeline.core.clean.characters import one_line

INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark meter nobr output q rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
SKIPPED = frozenset(
    "script style noscript template head svg math object embed input textarea img video audio source".split()
)
CELLS = frozenset({"td", "th"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BOLD = frozenset({"b", "strong", "em", "i"})
CELL_LENGTH = 200
"""A cell that follows more text than this begins a block of its own: the table is there for layout."""


@dataclass(slots=True, eq=False)
class Block:
    """One line of text. `element` is the innermost block-level element around it.

    `tag` is that element's, or for a plain division inside a list item or a quote, theirs. `linked` and
    `bold` count characters inside links and inside emphasis.
    """

    text: str
    element: _Element
    tag: str
    linked: int
    bold: int

    @property
    def link_share(self) -> float:
        return self.linked / len(self.text)


def blocks_of(root: _Element) -> list[Block]:
    """The blocks below `root`, in document order."""
    return list(_Walker(root).blocks())


class _Walker:
    """One walk through the tree with an explicit stack: pages nest deeper than Python recurses."""

    def __init__(self, root: _Element) -> None:
        self._root = root
        self._path: list[tuple[_Element, str]] = []
        self._pieces: list[str] = []
        self._size = self._linked = self._bold = self._in_link = self._in_bold = self._breaks = 0

    def blocks(self) -> Iterator[Block]:
        todo: list[tuple[_Element, bool]] = [(self._root, False)]
        while todo:
            element, leaving = todo.pop()
            tag = element.tag
            if leaving:
                yield from self._leave(element, tag)
            elif not isinstance(tag, str) or tag in SKIPPED:
                self._add(element.tail)
            elif tag == "br":
                yield from self._break(element)
            else:
                yield from self._enter(element, tag)
                todo.append((element, True))
                todo.extend((child, False) for child in element.iterchildren(reversed=True))

    def _enter(self, element: _Element, tag: str) -> Iterator[Block]:
        if tag in INLINE:
            self._in_link += tag == "a"
            self._in_bold += tag in BOLD
        elif tag in CELLS and self._size < CELL_LENGTH:
            self._pieces.append(" ")
        else:
            yield from self._flush()
        if tag not in INLINE:
            self._path.append((element, tag))
        self._add(element.text)

    def _leave(self, element: _Element, tag: str) -> Iterator[Block]:
        if tag in INLINE:
            self._in_link -= tag == "a"
            self._in_bold -= tag in BOLD
        elif tag not in CELLS:
            yield from self._flush()
        if tag not in INLINE:
            self._path.pop()
        if element is not self._root:
            self._add(element.tail)

    def _break(self, element: _Element) -> Iterator[Block]:
        self._breaks += 1
        if self._breaks == 2:
            yield from self._flush()
            self._breaks = 2
        self._pieces.append("\n")
        self._add(element.tail)

    def _add(self, text: str | None) -> None:
        if not text:
            return
        self._pieces.append(text)
        size = len(text.strip())
        if size:
            self._size += size
            self._breaks = 0
            self._linked += size if self._in_link > 0 else 0
            self._bold += size if self._in_bold > 0 else 0

    def _flush(self) -> Iterator[Block]:
        if self._size and self._path:
            text = one_line("".join(self._pieces))
            element, tag = self._path[-1]
            if text:
                size = len(text)
                tag = _meaning(self._path) if tag == "div" or tag in CELLS else tag
                yield Block(text, element, tag, min(self._linked, size), min(self._bold, size))
        if self._size or self._pieces:
            self._pieces.clear()
        self._size = self._linked = self._bold = self._breaks = 0


_MEANINGFUL = HEADINGS | {"p", "li", "blockquote", "tr", "pre", "figcaption", "dd", "dt"}


def _meaning(path: list[tuple[_Element, str]]) -> str:
    """A division inside a list item or a quote is that item's or quote's text; a cell is its row's."""
    return next((tag for _, tag in reversed(path[-3:]) if tag in _MEANINGFUL), path[-1][1])
