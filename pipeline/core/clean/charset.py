"""Bytes to characters in the order browsers use, with wrong labels recovered.

    byte order mark  >  HTTP charset  >  <meta> prescan  >  detection  >  windows-1252
                            │                │
                            └── a label the bytes contradict is passed over ──►

Labels and their meaning are the WHATWG Encoding Standard's (`latin1` is windows-1252, and so on). A label
is contradicted when it names a legacy encoding and the bytes are valid UTF-8 with several multi-byte
characters (no real legacy text is), or when it names UTF-8 and the bytes are full of invalid sequences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import webencodings

from pipeline.core.clean.detection import detect

CharsetSource = Literal["bom", "http", "meta", "detected", "default"]
PRESCAN_BYTES = 4096
"""The standard asks for 1024; pages with long comments or preloads before their <meta> need more."""
MIN_MULTIBYTE = 5
"""So many multi-byte characters, and no invalid byte, prove UTF-8 against any legacy label."""
MAX_INVALID_SHARE = 0.05
"""Up to this share of damaged characters a page labelled UTF-8 is that: cut inside one, or pasted bytes."""
MAX_INVALID_IN_PROOF = 0.01

_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_CHARSET = re.compile(r"charset\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;\"']+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The page's characters, the encoding used (WHATWG name) and what decided it."""

    text: str
    encoding: str
    source: CharsetSource


def decode(body: bytes, content_type: str | None = None) -> Decoded:
    """The characters of a page. Never fails: what no encoding explains becomes U+FFFD."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return Decoded(_decoded(body[len(mark) :], name), name, "bom")
    labels = _labels(body, content_type)
    for source, label in labels:
        if label == "utf-8" and (text := _strict_utf8(body)) is not None:
            return Decoded(text, label, source)
        if not _contradicted(body, label):
            return Decoded(_decoded(body, label), label, source)
    found = detect(body)
    if found is not None:
        return Decoded(_decoded(body, found), found, "detected")
    fallback = labels[0][1] if labels else "windows-1252"
    return Decoded(_decoded(body, fallback), fallback, "default")


def _labels(body: bytes, content_type: str | None) -> list[tuple[CharsetSource, str]]:
    by_http, by_meta = http_charset(content_type), meta_charset(body[:PRESCAN_BYTES])
    found: list[tuple[CharsetSource, str]] = [("http", by_http)] if by_http else []
    return [*found, ("meta", by_meta)] if by_meta else found


def http_charset(content_type: str | None) -> str | None:
    """The encoding a Content-Type names, as its WHATWG name; None without a known label."""
    match = _CHARSET.search(content_type or "")
    return _known(next(group for group in match.groups() if group is not None)) if match else None


def meta_charset(head: bytes) -> str | None:
    """The encoding the first `<meta>` names (WHATWG prescan); UTF-16 there can only mean UTF-8."""
    for attributes in _meta_tags(head):
        label = attributes.get("charset")
        if label is None and attributes.get("http-equiv", "").lower() == "content-type":
            match = _CHARSET.search(attributes.get("content", ""))
            label = next(group for group in match.groups() if group is not None) if match else None
        name = _known(label) if label else None
        if name in ("utf-16be", "utf-16le"):
            return "utf-8"
        if name == "x-user-defined":
            return "windows-1252"
        if name is not None:
            return name
    return None


_SKIPPED = re.compile(rb"<!--.*?(?:-->|\Z)|<[!/?][^>]*>?", re.DOTALL)
_TAG = re.compile(rb"<([A-Za-z][^\s/>]*)((?:\"[^\"]*\"|'[^']*'|[^'\">])*)>?")
_ATTRIBUTE = re.compile(rb"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")


def _meta_tags(head: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    at = head.find(b"<")
    while at >= 0:
        skipped = _SKIPPED.match(head, at)
        tag = None if skipped else _TAG.match(head, at)
        if tag and tag[1].lower() == b"meta":
            found.append(_attributes(tag[2]))
        end = skipped.end() if skipped else tag.end() if tag else at + 1
        at = head.find(b"<", end)
    return found


def _attributes(inside: bytes) -> dict[str, str]:
    attributes: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(inside):
        value = next((value for value in values if value), b"")
        attributes.setdefault(name.lower().decode("latin-1"), value.decode("latin-1"))
    return attributes


def _known(label: str) -> str | None:
    encoding = webencodings.lookup(label.strip())
    return encoding.name if encoding else None


def _contradicted(body: bytes, name: str) -> bool:
    if name == "utf-8":
        return not _mostly_utf8(body)
    if name.startswith("utf-16"):
        return body.count(b"\x00", 0, 512) < min(len(body), 512) // 8
    return proves_utf8(body)


def proves_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 beyond doubt, whatever a label says (a legacy text never looks like it)."""
    if body.isascii():
        return False
    valid, invalid = _utf8_characters(body)
    return valid >= MIN_MULTIBYTE and invalid <= MAX_INVALID_IN_PROOF * valid


def _strict_utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mostly_utf8(body: bytes) -> bool:
    valid, invalid = _utf8_characters(body)
    return invalid <= MAX_INVALID_SHARE * valid


def _utf8_characters(body: bytes) -> tuple[int, int]:
    """How many multi-byte characters the bytes hold when read as UTF-8, and how many invalid sequences."""
    invalid = body.decode("utf-8", errors="replace").count("\ufffd")
    return len(_MULTIBYTE.findall(body)), invalid


def _decoded(body: bytes, name: str) -> str:
    encoding = webencodings.lookup("gb18030" if name == "gbk" else name)  # the standard decodes both alike
    assert encoding is not None, name
    return str(encoding.codec_info.decode(body, "replace")[0])
