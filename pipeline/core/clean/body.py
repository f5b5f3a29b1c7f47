"""The body of the article: which text of the page is its own.

    page ──strip──► tree ──► blocks ──► region ──► selection ──► foreign lines ──► paragraphs
                                                        │ nearly nothing, or not what is declared
                                                        └──► trafilatura on the whole page, the declared text

Our own pass over the blocks is quicker and more precise than the library (docs/decisions/030-clean.md has
the figures); the library is asked where we find too little, because it knows more kinds of odd pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from lxml import html
from lxml.etree import HTMLParser, LxmlError, _Element, fromstring
from selectolax.lexbor import LexborNode
from trafilatura import bare_extraction

from pipeline.core.clean.blocks import Block, blocks_of
from pipeline.core.clean.characters import clean_characters, lines
from pipeline.core.clean.page import Page
from pipeline.core.clean.prose import UNSPACED, is_unspaced
from pipeline.core.clean.region import find_region
from pipeline.core.clean.selection import BY_PLACE, LINKED, captions_of, is_linked, select
from pipeline.core.clean.teasers import foreign_lines
from pipeline.core.clean.titles import key
from pipeline.errors import InvalidRecord

ENOUGH = 250
"""Characters; with less we ask the library for a second opinion."""
HEAD_LINES = 15
RESCUE_CHARACTERS = 1_500_000
"""A longer page in which we found nothing is an attack more likely than an article."""
MUCH_MORE = 1.3
"""What the library finds must be longer by this factor, else it is ours and some furniture."""
COVERED = 0.6
"""With a smaller share of the words that structured data declares as the text, we look elsewhere too."""
CONTENT_PARAGRAPHS = 4
"""A form or an aside with so many paragraphs is what some systems wrap the whole page in."""

_STRIPPED = (
    "script, style, svg, iframe, template, canvas, object, nav, footer, aside, form, button, select, "
    '[role="navigation"], [role="banner"], [role="contentinfo"], [role="complementary"]'
)
_WORD = re.compile(r"\w+")
_WRAPPERS = frozenset({"form", "aside", "footer"})


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of text that was taken out, and the rule that did it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs of the article in order, what was removed around and inside them, and who found them.

    `head` are the lines between the title and the text; `links` and `captions` count the lines of the whole
    page that are nothing but that, linked captions among the links only.
    """

    paragraphs: list[str]
    removed: list[Removal]
    method: str
    links: int
    captions: int
    head: tuple[str, ...] = ()


def read_body(
    page: Page, title: str | None, titles: list[str], headlines: tuple[str, ...], declared: str | None
) -> Body:
    """The article's text.

    `titles` are all spellings of its title, `headlines` those of other articles, `declared` the text that
    structured data gives, if it may be used.
    """
    blocks = blocks_of(_parsed(clean_characters(_stripped(page)), HTMLParser(encoding="utf-8")))
    body = _from_blocks(blocks, title, titles, headlines)
    too_little = _size(body) < ENOUGH
    if not too_little and (declared is None or coverage(declared, body.paragraphs) >= COVERED):
        return body
    others = []
    if sum(len(block.text) for block in blocks) > _size(body) and len(page.text) <= RESCUE_CHARACTERS:
        others = [replace(body, paragraphs=_rescued(page, blocks, body), removed=[], method="trafilatura")]
    if declared is not None:
        others.append(replace(body, paragraphs=lines(declared), removed=[], method="json-ld"))
        return max((body, *others), key=lambda found: min(coverage(declared, found.paragraphs), COVERED))
    return max((body, *others), key=lambda found: _size(found) * (MUCH_MORE if found is body else 1.0))


def _size(body: Body) -> float:
    """How much text there is, in characters of a script with spaces."""
    return sum(len(text) * (UNSPACED if is_unspaced(text) else 1.0) for text in body.paragraphs)


def _from_blocks(
    blocks: list[Block], title: str | None, titles: list[str], headlines: tuple[str, ...]
) -> Body:
    if not blocks:
        return Body([], [], "blocks", 0, 0)
    root = blocks[0].element.getroottree().getroot()
    region = find_region(root, blocks, _heading(root, title, titles))
    keys = frozenset(filter(None, map(key, titles)))
    selected = select(region, keys)
    foreign = foreign_lines(selected.kept, title or "", headlines)
    return Body(
        paragraphs=[block.text for block in selected.kept if block not in foreign],
        removed=[Removal(block.text, rule) for block, rule in (*selected.removed, *foreign.items())],
        method="blocks",
        links=sum(map(is_linked, blocks)),
        captions=sum(block.link_share < LINKED for block in captions_of(blocks)),
        head=_head(blocks, selected.kept, keys),
    )


def _head(blocks: list[Block], kept: list[Block], titles: frozenset[str]) -> tuple[str, ...]:
    """The short lines between the title's last showing and the first paragraph, which tell who and when."""
    if not kept:
        return ()
    before = blocks[: blocks.index(kept[0])][-HEAD_LINES:]
    shown = [number for number, block in enumerate(before) if key(block.text) in titles]
    return tuple(block.text for block in before[shown[-1] + 1 if shown else 0 :] if len(block.text) <= 120)


def coverage(declared: str, paragraphs: list[str]) -> float:
    """The share of the different words of the declared text that the paragraphs have, 0 to 1."""
    wanted = set(_WORD.findall(declared.casefold()))
    found = set(_WORD.findall(" ".join(paragraphs).casefold()))
    return len(wanted & found) / len(wanted) if wanted else 1.0


def tree_of(text: str) -> html.HtmlElement:
    """The page as the libraries want it. Raises InvalidRecord(extraction-failed) when it has no element."""
    return _parsed(text, html.HTMLParser(encoding="utf-8"))


def _parsed(text: str, parser: HTMLParser) -> Any:
    try:
        root = fromstring(text.encode("utf-8"), parser)
    except (LxmlError, ValueError) as error:
        raise InvalidRecord("extraction-failed", f"the page has no tree: {error}") from error
    if root is None:
        raise InvalidRecord("extraction-failed", "the page has no element")
    return root


def _stripped(page: Page) -> str:
    """The page without what never holds text of an article. Strips the page's own tree: a copy costs as much
    as parsing."""
    for node in page.dom.css(_STRIPPED):
        if not (node.tag in _WRAPPERS and _wraps_the_page(node)):
            node.decompose()
    return page.dom.html or "<html></html>"


def _wraps_the_page(node: LexborNode) -> bool:
    return len(node.css("p")) >= CONTENT_PARAGRAPHS and node.css_first("h1") is not None


def _heading(tree: _Element, title: str | None, titles: list[str]) -> _Element | None:
    """The element that shows the title: a heading that says the same, or the only `<h1>`."""
    headings = {
        key("".join(element.itertext())): element for element in reversed(list(tree.iter("h1", "h2", "h3")))
    }
    shown = next(
        (headings[same] for text in (title, *titles) if text and (same := key(text)) in headings), None
    )
    h1s = list(tree.iter("h1"))
    return h1s[0] if shown is None and len(h1s) == 1 else shown


def _rescued(page: Page, blocks: list[Block], body: Body) -> list[str]:
    """What trafilatura makes of the whole page, with all its fallbacks, but for lines we know better."""
    document = bare_extraction(tree_of(page.text), include_comments=False)
    text = getattr(document, "text", None)
    condemned = {key(removal.text) for removal in body.removed if removal.rule not in BY_PLACE}
    condemned |= {key(block.text) for block in (*filter(is_linked, blocks), *captions_of(blocks))}
    return [line for line in lines(text) if key(line) not in condemned] if isinstance(text, str) else []
