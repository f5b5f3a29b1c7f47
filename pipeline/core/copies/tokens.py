"""Turns a text into the only thing the copy test ever looks at: the sequence of its token hashes.

A removed article keeps this sequence and not its words, so nothing after this module may need the text.
The rules are those of `copies.v1`; any change to them makes every stored sketch and sequence stale.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from typing import Self

import numpy as np
import xxhash
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_STORED = np.dtype("<u8")


class Tokens:
    """The token hashes of one text, in text order; immutable, compared by value."""

    __slots__ = ("hashes",)

    hashes: Hashes

    def __init__(self, hashes: Hashes) -> None:
        frozen = np.ascontiguousarray(hashes, dtype=np.uint64)
        if frozen.flags.writeable:
            frozen = frozen.view()
            frozen.flags.writeable = False
        self.hashes = frozen

    def to_base64(self) -> str:
        """The hashes as little-endian 64-bit words, for a message or an index."""
        return base64.b64encode(self.hashes.astype(_STORED, copy=False).tobytes()).decode("ascii")

    @classmethod
    def from_base64(cls, stored: str) -> Self:
        """Inverse of `to_base64`. Raises ValueError for what it did not write."""
        try:
            raw = base64.b64decode(stored, validate=True)
        except binascii.Error as error:
            raise ValueError("token hashes are not base64") from error
        if len(raw) % _STORED.itemsize:
            raise ValueError("token hashes are not whole 64-bit words")
        return cls(np.frombuffer(raw, dtype=_STORED))

    def __len__(self) -> int:
        return len(self.hashes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokens) and np.array_equal(self.hashes, other.hashes)

    def __hash__(self) -> int:
        return hash(self.hashes.tobytes())

    def __repr__(self) -> str:
        return f"Tokens({len(self)})"


def tokenize(text: str) -> Tokens:
    """The token hashes of a text (its body: titles are not part of the copy test)."""
    encoded = _encoded_words(text)
    return Tokens(np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), dtype=np.uint64, count=len(encoded)))


def words(text: str) -> list[str]:
    """The tokens themselves, one for each hash of `tokenize` and in the same order, for showing a match.

    NFKC, then case folding, then runs of letters and digits: apostrophes, full stops, underscores and the
    zero-width non-joiner separate. Runs of scripts written without spaces are split into characters.
    """
    folded = _folded(text)
    if not _BEYOND_GREEK_AND_CYRILLIC.search(folded):
        return _WORD.findall(folded)
    return _words_beyond(folded)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _encoded_words(text: str) -> list[bytes]:
    """The words of a text in UTF-8. Where no script asks for more, without regular expressions: what stands
    between words becomes a space, and bytes are split at spaces, in a third of the time."""
    folded = _folded(text)
    if _BEYOND_GREEK_AND_CYRILLIC.search(folded):
        found = _words_beyond(folded)
        return "\n".join(found).encode().split(b"\n") if found else []
    if not folded.isascii():
        for character in set(folded):
            if character > "\x7f" and not character.isalnum():
                folded = folded.replace(character, " ")
    return folded.encode().translate(_SPACED).split()


def _words_beyond(folded: str) -> list[str]:
    folded = _OPTIONAL_MARKS.sub("", folded)
    for typed, meant in _KEYBOARD_VARIANTS:
        folded = folded.replace(typed, meant)
    runs = (_WORD_WITH_SIGNS if _INDIC.search(folded) else _WORD).findall(folded)
    if not _UNSPACED.search(folded):
        return runs
    return [word for run in runs for word in (run if _UNSPACED.search(run) else (run,))]


_WORD = re.compile(r"[^\W_]+")

_SPACED = bytes(byte if byte > 0x7F or chr(byte).isalnum() else 0x20 for byte in range(256))
"""Every byte of ASCII that is no letter or digit becomes a space."""

# Texts that end below this range take none of the steps after it.
_BEYOND_GREEK_AND_CYRILLIC = re.compile("[\u0590-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Python's \w leaves out combining signs, so it would break Indic words at every vowel sign; in these blocks
# everything but the two full stops (danda) belongs to a word.
_INDIC = re.compile("[\u0900-\u0dff]")
_WORD_WITH_SIGNS = re.compile("(?:[^\\W_]|[\u0900-\u0963\u0966-\u0dff])+")

# Hebrew points, Arabic vowel signs and the Arabic stretching stroke: one outlet sets them, the next does not.
_OPTIONAL_MARKS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8]"
)

# The same Persian or Urdu letter, typed on an Arabic keyboard: kaf, yeh and final yeh.
_KEYBOARD_VARIANTS = (("\u0643", "\u06a9"), ("\u064a", "\u06cc"), ("\u0649", "\u06cc"))

# Kana, Han and Hangul (which agencies space differently), Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
