"""Plain text out of what feeds put into titles and summaries: escaped markup, entities, white space."""

from __future__ import annotations

import html
import re

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 2_000
"""Characters kept; a summary is a hint for later stages, the article's text comes from its page."""

_LONGEST_MARKUP = 10_000
"""Characters of markup looked at for a text of at most that many."""

Markup = bool | None


def plain(text: str | None, *, markup: Markup = None, limit: int = LONGEST_TITLE) -> str | None:
    """`text` on one line, without control characters; None when nothing is left.

    `markup` says whether it is HTML; None means that the format does not say, so only what is plainly
    HTML is taken for it: "AT&amp;T", "<b>", but not "a < b" and not "<generics>".
    """
    if not text:
        return None
    text = text[:_LONGEST_MARKUP]
    if markup is not False and ("<" in text or "&" in text):
        text = _without_markup(text, _ANY_TAG if markup else _KNOWN_TAG)
    line = " ".join(text.split())
    if line.isprintable():
        return line[:limit] or None
    line = " ".join(_UNPRINTABLE.sub("", _WINDOWS.sub(_as_windows, text)).split())
    return line[:limit] or None


def _without_markup(text: str, tags: re.Pattern[str]) -> str:
    if "<" in text:
        if "<!" in text or "<s" in text or "<S" in text:
            text = _HIDDEN.sub(" ", text)
        text = tags.sub(_replacement, text)
    return html.unescape(text) if "&" in text else text


def _replacement(tag: re.Match[str]) -> str:
    return "" if (tag[1] or "").lower() in _INLINE else " "


_INLINES = (
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|"
    "sub|sup|time|tt|u|var|wbr"
)
_INLINE = frozenset(_INLINES.split("|"))
_BLOCK = (
    "address|applet|article|aside|audio|blockquote|br|center|dd|div|dl|dt|embed|figcaption|figure|footer|form|"
    "frame|frameset|h[1-6]|header|hr|iframe|img|input|li|link|meta|object|ol|p|param|picture|pre|section|"
    "source|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
_ANY_TAG = re.compile(r"<(?:/?([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*|![^<>]*)>")
_KNOWN_TAG = re.compile(rf"</?({_INLINES}|{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--(?:.*?-->|.*\Z)|<(script|style)\b(?:.*?</\1\s*>|.*\Z)", re.IGNORECASE | re.DOTALL)
_WINDOWS = re.compile(r"[\x80-\x84\x86-\x9f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def _as_windows(control: re.Match[str]) -> str:
    """`&#146;` and its like mean the characters of windows-1252, as browsers read them."""
    return control[0].encode("latin-1").decode("cp1252", "ignore")
