"""Characters as they may appear in a clean article: NFC, no control characters, plain spaces.

Zero-width joiners stay (Persian, Indic scripts and emoji need them); soft hyphens, byte order marks and
zero-width spaces are typesetting and go.
"""

from __future__ import annotations

import re
import unicodedata

_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"
    "\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, kana and Han; Korean writes spaces between words."""
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0970-\u0dff\u200c\u200d"
"""Signs inside words that are no letters to `re`: accents, vowel points, the vowel signs of Indic scripts."""
_LETTERS = rf"[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_MARKS}])*"
_WORD = re.compile(rf"[{_UNSPACED}]|{_LETTERS}(?:['’.\-]{_LETTERS})*")
_UNSPACED_CHARACTER = re.compile(rf"[{_UNSPACED}]")
CHARACTERS_PER_WORD = 2
"""Scripts without spaces between words: about two characters a word (Chinese 1.7, Japanese 2.4)."""


def clean_characters(text: str) -> str:
    """NFC without control, non-character and invisible typesetting code points; line ends are `\\n`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n").replace("\u2028", "\n")
    text = _DROPPED.sub("", text)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """The text with every run of white space as one space, trimmed, in clean characters."""
    return " ".join(clean_characters(text).split())


def lines(text: str) -> list[str]:
    """The non-empty lines, each with single spaces, in clean characters."""
    pieces = (_SPACES.sub(" ", line).strip() for line in clean_characters(text).split("\n"))
    return [piece for piece in pieces if piece]


def count_words(text: str) -> int:
    """Words as a reader counts them; scripts without spaces count `CHARACTERS_PER_WORD` to a word."""
    found = _WORD.findall(text)
    unspaced = sum(1 for word in found if len(word) == 1 and _UNSPACED_CHARACTER.match(word))
    return len(found) - unspaced + -(-unspaced // CHARACTERS_PER_WORD)
