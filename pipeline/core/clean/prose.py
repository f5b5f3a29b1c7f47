"""What reads like prose: lines weighed by how much of an article they can be."""

from __future__ import annotations

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
UNSPACED = 2.5
"""A character of Chinese, Japanese, Korean or Thai says as much as so many letters."""

_LONG = 1000
_SHORT = 40
_UNSENTENCED = 0.3
_ITEM = 0.4
_ENDS = tuple('.!?…”"»。！？」』؟۔।:’)“;')
_CONSENT = ("cookie", "gdpr", "куки", "کوکی", "クッキー")


def weigh(text: str, tag: str, linked: int) -> float:
    """How much prose a line is: its length, less for links, lists, and lines that do not end like sentences.

    Zero for headings, captions, what is mostly links, what is too short to tell, and talk of cookies: a
    consent notice is often the longest prose of a short page, and no article needs that one sentence.
    """
    size = len(text)
    if tag in HEADINGS or tag == "figcaption" or linked > 0.5 * size:
        return 0.0
    if is_unspaced(text):
        size = int(size * UNSPACED)
    if size < _SHORT or _is_consent(text):
        return 0.0
    w = min(size, _LONG) * (1 - linked / len(text))
    if not ends_like_a_sentence(text):
        w *= _UNSENTENCED
    return w * _ITEM if tag in ("li", "tr", "dd") else w


def ends_like_a_sentence(text: str) -> bool:
    """Whether a line ends with the punctuation that ends sentences, in any script."""
    return text.endswith(_ENDS)


def is_unspaced(text: str) -> bool:
    """Whether the text is in a script that writes few or no spaces between words."""
    if text.isascii():
        return False
    sample = text[:40]
    return sum(1 for c in sample if c >= "\u0e00" and not "\u1e00" <= c <= "\u2fff") > len(sample) // 3


def _is_consent(text: str) -> bool:
    folded = text.lower()
    return any(word in folded for word in _CONSENT)
