"""Headlines of other articles inside the text that are no links any more.

Within one page such a line looks like a sub-heading. Two kinds of evidence tell them apart:
  - the line is a headline the source showed elsewhere lately (the raw record brings those along);
  - none of its words occurs anywhere else in the article. A sub-heading speaks of what its text speaks of.
The second is asked only of lines long enough to have had the chance, in scripts with spaces between words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.core.clean.blocks import Block
from pipeline.core.clean.prose import HEADINGS, ends_like_a_sentence, is_unspaced
from pipeline.core.clean.titles import key

MIN_WORDS = 6
MAX_WORDS = 24
MIN_SPEAKING = 4
"""So many words of four letters or more must be foreign to the article, all of them."""
MOST_LINES = 3
"""More than these are no teasers but what this article is made of: scores, names, lines of a poem."""
_STEM = 5
_LISTING = re.compile(r",.*,|^\S{1,2}[:.)]|@|\d.*\d.*\d.*\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def foreign_lines(kept: list[Block], title: str, headlines: Iterable[str]) -> dict[Block, str]:
    """The blocks among the text that are headlines of other articles, with the rule that says so."""
    known = {key(headline) for headline in headlines if len(headline.split()) >= 3 or len(headline) >= 12}
    known.discard(key(title))
    lines = [n for n, block in enumerate(kept) if _is_line(block)]
    found = {kept[n]: "headline of another article" for n in lines if key(kept[n].text) in known}
    alone = [n for n in lines if _is_between_paragraphs(kept, n) and _may_be_foreign(kept[n].text)]
    stems: Counter[str] = Counter()
    for text in (title, *(block.text for block in kept)) if alone else ():
        stems.update(set(_stems(text)))
    foreign = [n for n in alone if all(stems[stem] <= 1 for stem in _stems(kept[n].text))]
    if len(foreign) <= MOST_LINES:
        found |= {kept[n]: "speaks of something else" for n in foreign}
    return found


def _is_line(block: Block) -> bool:
    return not ends_like_a_sentence(block.text) and block.tag not in ("li", "tr", "blockquote", "pre", "dd")


def _is_between_paragraphs(kept: list[Block], number: int) -> bool:
    if kept[number].tag in HEADINGS or not 0 < number < len(kept) - 1:
        return False
    return kept[number - 1].weight > 0 and kept[number + 1].weight > 0


def _may_be_foreign(text: str) -> bool:
    if is_unspaced(text) or not MIN_WORDS <= len(text.split()) <= MAX_WORDS or _LISTING.search(text):
        return False
    return len(_stems(text)) >= MIN_SPEAKING


def _stems(text: str) -> list[str]:
    return [word[:_STEM].casefold() for word in _WORD.findall(text) if len(word) >= 4]
