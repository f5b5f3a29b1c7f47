"""What a new revision changed: told from a sketch of the text before, so that no text need be kept.

A sketch is the extraction version, a hash of the title, and for every sentence a hash and its number of
words. Two texts are compared as bags of sentences. White space and Unicode's ways of writing a letter are
no difference, as in the revision id; furniture never gets into a text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator

from pipeline.core.clean.characters import count_words
from pipeline.core.model import Changed, CleanArticle

MOST_SENTENCES = 1000
"""Of a longer text only so many are compared: 7 kB of sketch, and more words than any article has."""
_HASH = 5
_COUNT = 2
_SENTENCE = re.compile(r"(?<=[.!?…؟۔।])[\"”»’)]*\s+|(?<=[。！？])[」』”]*|\n+")


def sketch_of(article: CleanArticle) -> str:
    """The sketch of an article's title and text, about nine characters a sentence."""
    packed = b"".join(
        hashed + count.to_bytes(_COUNT, "big")
        for hashed, times in _sentences(article.text).items()
        for count in [times[0]] * times[1]
    )
    title = _hash(" ".join(article.title.split()))
    return f"{article.extraction_version} {b64encode(title + packed).decode()}"


def changed_since(revision: str | None, sketch: str | None, article: CleanArticle) -> Changed | None:
    """How the article differs from the one sketched, which was `revision`.

    None when that is the same revision, when there was none, or when other rules made its text: then the
    difference may be ours.
    """
    if revision is None or sketch is None or revision == article.revision:
        return None
    version, _, _ = sketch.rpartition(" ")
    if version != article.extraction_version:
        return None
    before, now = (_unpacked(b64decode(text.rpartition(" ")[2])) for text in (sketch, sketch_of(article)))
    return Changed(since=revision, title=before[0] != now[0], text=_share(before[1], now[1]))


_Bag = Counter[tuple[bytes, int]]


def _share(before: _Bag, now: _Bag) -> float:
    """The words of both texts in sentences that only one has, of all words of both."""
    total = _words(before) + _words(now)
    apart = _words(before - now) + _words(now - before)
    return round(apart / total, 4) if total else 0.0


def _words(bag: _Bag) -> int:
    return sum(count * times for (_, count), times in bag.items())


def _unpacked(data: bytes) -> tuple[bytes, _Bag]:
    step = _HASH + _COUNT
    rows = (data[at : at + step] for at in range(_HASH, len(data), step))
    return data[:_HASH], Counter((row[:_HASH], int.from_bytes(row[_HASH:], "big")) for row in rows)


def _sentences(text: str) -> dict[bytes, tuple[int, int]]:
    """Per hash of a sentence its number of words, at least one, and how often it occurs."""
    found: dict[bytes, tuple[int, int]] = {}
    for _, sentence in zip(range(MOST_SENTENCES), _split(text), strict=False):
        words = min(max(1, count_words(sentence)), 0xFFFF)
        hashed = _hash(sentence)
        found[hashed] = (words, found.get(hashed, (words, 0))[1] + 1)
    return found


def _split(text: str) -> Iterator[str]:
    pieces = (" ".join(piece.split()) for piece in _SENTENCE.split(text))
    return (piece for piece in pieces if piece)


def _hash(text: str) -> bytes:
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).digest()[:_HASH]
