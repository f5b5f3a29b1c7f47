"""Single lines that are no part of an article, by what they say or how they look.

Only whole short lines are judged, never a sentence inside a paragraph.
"""

from __future__ import annotations

import re

from pipeline.core.clean.phrases import LABELS, OPENINGS
from pipeline.core.clean.wordlists import phrases

MAX_LABELS = 110
MAX_OPENING = 170
"""Characters; a longer line is prose even when it begins like an invitation."""

_AROUND = " \t>»›▶►➤→•*+-–—|[](){}【】#:.,!?…·0123456789’'\""
_MARKS = " \t>»›►➤→•*+-–—|#("
_LABELS = frozenset(phrase.strip(_AROUND) for phrase in phrases(*LABELS.values()))
_OPENINGS: dict[str, list[str]] = {}
for _phrase in phrases(*OPENINGS.values()):
    _OPENINGS.setdefault(_phrase[:2], []).append(_phrase)
_TAGS = (
    "a|b|body|br|button|div|em|figure|form|h[1-6]|head|html|i|iframe|img|input|li|link|meta|ol|p|script|source|"
    "span|strong|style|svg|table|tbody|td|tr|ul|video"
)
_JUNK = re.compile(
    rf"^<?/(?:{_TAGS})\s*>|^<(?:{_TAGS})(?:\s[^>]*)?(?:>|$)|^\[/?\w[\w-]*(?:\s[^\]]*)?\]$"
    r"|^(?:var |function\b|window\.|\(function|\$\().*[;{]|^[{}\[\]();=\s]+$|^&\w+;$"
)
_CREDIT = re.compile(
    r"\((?:image|photos?|picture|pic|credit|source|foto|bild|imagen|imagem|crédit|file)\b[^)]{0,80}\)\s*$"
    r"|[(\[/|]\s*(?:getty(?: images)?|ap photo|reuters|afp|epa|shutterstock|istock|alamy|imago|dpa|ap|"
    r"unsplash|wikimedia commons|pexels|pixabay|associated press)\b[^)\]]{0,60}[)\]]?\s*$",
    re.IGNORECASE,
)
_BARS = re.compile(r"\s*[|•·]\s*")
_BRACKETS = frozenset("([/|")
_DATE = re.compile(
    r"^(?:\w+[:,]?\s){0,4}?(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|"
    r"\d{1,2}\.?\s(?:de\s)?\w{3,12}\.?,?\s(?:de\s)?\d{4}|\w{3,12}\.?\s\d{1,2},?\s\d{4}|"
    r"\d{4}年\d{1,2}月\d{1,2}日)\b.{0,40}$"
)
_LETTER = re.compile(r"[^\W\d_]")


def is_label(text: str) -> bool:
    """Whether the line is one of the labels furniture carries, or a row of such between bars."""
    if len(text) > MAX_LABELS:
        return False
    pieces = _BARS.split(text)
    found = sum(piece.casefold().strip(_AROUND) in _LABELS for piece in pieces)
    return found == 1 if len(pieces) == 1 else found > 0


def is_opening(text: str) -> bool:
    """Whether the line begins as an invitation or a pointer to something else."""
    if len(text) > MAX_OPENING:
        return False
    folded = text.casefold().lstrip(_MARKS)
    return any(_begins(folded, phrase) for phrase in _OPENINGS.get(folded[:2], ()))


def is_junk(text: str) -> bool:
    """Whether the line is markup, code, or an address instead of language."""
    return len(text) <= 400 and (_JUNK.search(text) is not None or not _LETTER.search(text))


def is_credit(text: str) -> bool:
    """Whether the line ends with the credit of a picture."""
    return len(text) <= 300 and not _BRACKETS.isdisjoint(text) and _CREDIT.search(text) is not None


def is_date(text: str) -> bool:
    """Whether the line is a date with perhaps a word before and a time after it."""
    return len(text) <= 70 and _DATE.match(text) is not None


def _begins(line: str, phrase: str) -> bool:
    """Whether the line begins with the phrase as whole words, as far as the script has such."""
    if not line.startswith(phrase):
        return False
    after = line[len(phrase) : len(phrase) + 1]
    return not (phrase[-1].isalpha() and after.isalpha() and after < "\u0e00")
