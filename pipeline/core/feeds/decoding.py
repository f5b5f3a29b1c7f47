"""From the bytes of a response to UTF-8: gzip by its magic number, and which charset to believe."""

from __future__ import annotations

import codecs
import re
import zlib

import webencodings

from pipeline.core.feeds.model import NotAFeed

LARGEST = 50 * 1024 * 1024
"""Bytes of one uncompressed document: the sitemap protocol's limit, above that of any feed."""


def unpacked(body: bytes) -> bytes:
    """The document inside a gzip file, or `body` itself. Raises NotAFeed when broken or too large."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    whole = bytearray()
    while body.startswith(b"\x1f\x8b"):
        member = zlib.decompressobj(wbits=31)
        try:
            whole += member.decompress(body, LARGEST + 1 - len(whole))
        except zlib.error as error:
            raise NotAFeed("gzip", "the gzip file is broken") from error
        if len(whole) > LARGEST:
            raise NotAFeed("too-large", "the gzip file holds more than 50 MiB")
        if not member.eof:
            raise NotAFeed("gzip", "the gzip file is cut short")
        body = member.unused_data
    return bytes(whole)


def utf8(body: bytes, content_type: str | None) -> bytes:
    """The document in UTF-8 without byte order mark; what is in no charset it claims is windows-1252.

    In order: byte order mark, HTTP header, XML declaration, UTF-8, windows-1252; the first that decodes
    without error wins. Text that is valid UTF-8 beyond ASCII is UTF-8 whatever single-byte label it bears:
    such labels decode anything, and nothing else is valid UTF-8 by chance.
    """
    marked = _by_mark(body)
    if marked is not None:
        return marked
    body = body.removeprefix(codecs.BOM_UTF8)
    labels = [label for label in (_http_label(content_type), _xml_label(body)) if label]
    if _is_utf8(body) and (body.isascii() or all(_is_single_byte(label) for label in labels)):
        return body
    for label in (*labels, "utf-8"):
        text = _decoded(body, label)
        if text is not None:
            return text.encode("utf-8", "replace")
    return body.decode("cp1252", "replace").encode()


_MARKS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
_PATTERNS = (
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00<\x00", "utf-16-be"),
    (b"<\x00", "utf-16-le"),
)
"""How "<" begins in the wide encodings when the mark is missing (XML 1.0, appendix F)."""


_WIDE_STARTS = (b"\x00", b"\xfe", b"\xff")


def _by_mark(body: bytes) -> bytes | None:
    if body[:1] not in _WIDE_STARTS and body[1:2] != b"\x00":
        return None
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace").encode()
    for pattern, codec in _PATTERNS:
        if body.startswith(pattern):
            return body.decode(codec, "replace").encode()
    return None


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _http_label(content_type: str | None) -> str | None:
    found = re.search(r"charset\s*=\s*[\"']?([^\s\"';,]+)", content_type or "", re.IGNORECASE)
    return found[1] if found else None


def _xml_label(body: bytes) -> str | None:
    found = re.match(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"'>]+)[\"']", body[:1000])
    return found[1].decode("ascii", "replace").strip() if found else None


def _is_single_byte(label: str) -> bool:
    encoding = webencodings.lookup(label)
    return encoding is None or encoding.name in _UNSURE or encoding.name.startswith(("windows-", "iso-8859-"))


_UNSURE = frozenset({"utf-8", "macintosh", "koi8-r", "koi8-u", "ibm866", "utf-16le", "utf-16be"})
"""Labels that cannot stand against valid UTF-8; a wide one is wrong where no mark or pattern was seen."""


def _decoded(body: bytes, label: str) -> str | None:
    encoding = webencodings.lookup(label)
    codec = encoding.codec_info if encoding and encoding.name != "replacement" else _python_codec(label)
    if codec is None:
        return None
    try:
        return codec.decode(body, "strict")[0]
    except (UnicodeError, ValueError):
        return None


def _python_codec(label: str) -> codecs.CodecInfo | None:
    """For labels outside the web's list, such as utf-32 or cp037; only codecs that yield text."""
    try:
        codec = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return codec if getattr(codec, "_is_text_encoding", False) else None
