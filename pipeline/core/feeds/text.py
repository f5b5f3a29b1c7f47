"""Plain text out of what feeds put into titles and summaries: escaped markup, entities, white space."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 1_000
LONGEST_BEGINNING = 500
"""Characters kept of a title, of a summary, and of a whole text that stands in for one: all three are hints,
the article itself comes from its page."""

_MARKUP_SHARE = 3
"""Characters of markup looked at for each character kept. Half of them are tried first and usually do, if
they give more than was asked for by what an entity cut in two at their end can be."""

_LONGEST_REFERENCE = 40

Markup = bool | None


def plain(text: str | None, *, markup: Markup = None, limit: int = LONGEST_TITLE) -> str | None:
    """`text` on one line, without control characters; None when nothing is left.

    `markup` says whether it is HTML; None means that the format does not say, so only what is plainly
    HTML is taken for it: "AT&amp;T", "<b>", but not "a < b" and not "<generics>".
    """
    if not text:
        return None
    if len(text) > limit * _MARKUP_SHARE // 2:
        line = _line(_beginning(text, limit * _MARKUP_SHARE // 2), markup, limit)
        if len(line) >= limit + _LONGEST_REFERENCE:
            return line[:limit]
    return _line(text[: limit * _MARKUP_SHARE], markup, limit)[:limit] or None


def _beginning(text: str, most: int) -> str:
    """At most so much of the text, and no tag cut in two."""
    tag = text.rfind("<", 0, most)
    return text[:most] if tag < 0 or text.find(">", tag, most) > 0 else text[:tag]


def _line(text: str, markup: Markup, limit: int) -> str:
    """The text on one line, not yet cut to `limit` where it is a little longer."""
    if markup is not False:
        if "<" in text:
            text = _without_markup(text, _any_tag if markup else _known_tag)
        if "&" in text:
            text = html.unescape(text)
    line = " ".join(text[: limit + limit // 4].split())
    if not line.isprintable():
        line = " ".join(_UNPRINTABLE.sub("", _WINDOWS.sub(_as_windows, text)).split())
    return line


def _without_markup(text: str, shown: Callable[[re.Match[str]], str]) -> str:
    if "<!" in text or "<s" in text or "<S" in text:
        text = _HIDDEN.sub(" ", text)
    return _TAG.sub(shown, text)


def _any_tag(tag: re.Match[str]) -> str:
    """Tags inside a line leave nothing, those of blocks a space."""
    return "" if _SHOWN.get(tag[1]) == "" else " "


def _known_tag(tag: re.Match[str]) -> str:
    """As `_any_tag`, but what is no tag of HTML stays as the text that it is."""
    name, rest = tag.groups("")
    shown = _SHOWN.get(name)
    return tag[0] if shown is None or rest[:1] not in _ENDS else shown


def _in_both_cases(names: str) -> frozenset[str]:
    return frozenset(names.split("|")) | frozenset(names.upper().split("|"))


_INLINE = _in_both_cases(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong|"
    "sub|sup|time|tt|u|var|wbr"
)
_BLOCK = _in_both_cases(
    "address|applet|article|aside|audio|blockquote|br|center|dd|div|dl|dt|embed|figcaption|figure|footer|form|"
    "frame|frameset|h1|h2|h3|h4|h5|h6|header|hr|iframe|img|input|li|link|meta|object|ol|p|param|picture|pre|"
    "section|source|table|tbody|td|tfoot|th|thead|tr|ul|video"
)
_SHOWN = dict.fromkeys(_INLINE, "") | dict.fromkeys(_BLOCK, " ")
_ENDS = frozenset(("", " ", "/", "\n", "\t", "\r"))
# One literal in front of all alternatives, so that the search leaps from "<" to "<".
_TAG = re.compile(r"<(?:/?([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)|![^<>]*)>")
_HIDDEN = re.compile(r"<!--(?:.*?-->|.*\Z)|<(script|style)\b(?:.*?</\1\s*>|.*\Z)", re.IGNORECASE | re.DOTALL)
_WINDOWS = re.compile(r"[\x80-\x84\x86-\x9f]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def _as_windows(control: re.Match[str]) -> str:
    """`&#146;` and its like mean the characters of windows-1252, as browsers read them."""
    return control[0].encode("latin-1").decode("cp1252", "ignore")
