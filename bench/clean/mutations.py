"""Ways in which pages break: bytes, markup, structure and size."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

MOST_BYTES = 300_000
"""A mutated page is cut here, so that thousands of them run in minutes; size has tests of its own."""

SPLICED = 0.2

Mutation = Callable[[bytes, random.Random], bytes]
_TAG = re.compile(rb"<[^>]*>")
_TAGS = (
    b"div",
    b"p",
    b"a",
    b"table",
    b"b",
    b"form",
    b"article",
    b"h1",
    b"svg",
    b"template",
    b"select",
    b"li",
)


def mutated(body: bytes, others: list[bytes], source: random.Random) -> bytes:
    """The page after one to four mutations, now and then with the rest of another page behind its half."""
    if source.random() < SPLICED:
        other = source.choice(others)
        body = body[: source.randint(0, len(body))] + other[source.randint(0, len(other)) :]
    for mutation in source.choices(MUTATIONS, k=source.randint(1, 4)):
        body = mutation(body[:MOST_BYTES], source)
    return body[:MOST_BYTES]


def _flip_bytes(body: bytes, source: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(source.randint(1, 1 + len(changed) // 200) if changed else 0):
        changed[source.randrange(len(changed))] = source.randrange(256)
    return bytes(changed)


def _cut(body: bytes, source: random.Random) -> bytes:
    return body[: source.randint(0, len(body))]


def _drop_slice(body: bytes, source: random.Random) -> bytes:
    start = source.randint(0, len(body))
    return body[:start] + body[start + source.randint(0, 5000) :]


def _repeat_slice(body: bytes, source: random.Random) -> bytes:
    start = source.randint(0, len(body))
    piece = body[start : start + source.randint(1, 400)]
    return body[:start] + piece * source.randint(2, 200) + body[start:]


def _drop_tags(body: bytes, source: random.Random) -> bytes:
    share = source.random()
    return _TAG.sub(lambda match: b"" if source.random() < share else match[0], body)


def _shuffle_tags(body: bytes, source: random.Random) -> bytes:
    tags = _TAG.findall(body)
    source.shuffle(tags)
    return _TAG.sub(lambda _: tags.pop() if tags else b"", body)


def _nest(body: bytes, source: random.Random) -> bytes:
    start = source.randint(0, len(body))
    return body[:start] + b"<%s>" % source.choice(_TAGS) * source.randint(50, 3000) + body[start:]


def _long_attribute(body: bytes, source: random.Random) -> bytes:
    start = source.randint(0, len(body))
    value = source.choice((b"share ", b"a", b"&amp;", b"'", b"<")) * source.randint(100, 20_000)
    return body[:start] + b'<div class="' + value + b'">' + body[start:]


def _relabel(body: bytes, source: random.Random) -> bytes:
    label = source.choice(
        (b"utf-16", b"gb18030", b"iso-2022-jp", b"x-user-defined", b"koi8-r", b"replacement")
    )
    return b"<meta charset=" + label + b">" + body


def _transcode(body: bytes, source: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(source.choice(("utf-16", "cp1251", "shift_jis", "latin-1")), "replace")


def _break_json(body: bytes, source: random.Random) -> bytes:
    broken = source.choice(
        (b'{"@type":"NewsArticle","author":[[[[{"name":', b'{"@graph":[' * 300, b"[" * 5000)
    )
    return body.replace(b"{", broken, source.randint(1, 3))


def _odd_characters(body: bytes, source: random.Random) -> bytes:
    piece = source.choice(
        ("\u202e", "&#0;", "&#xD800;", "\ufffe", "\u0301" * 500, "&nbsp;" * 500, "\U000e0041")
    )
    start = source.randint(0, len(body))
    return body[:start] + piece.encode() + body[start:]


MUTATIONS: tuple[Mutation, ...] = (
    _flip_bytes,
    _cut,
    _drop_slice,
    _repeat_slice,
    _drop_tags,
    _shuffle_tags,
    _nest,
    _long_attribute,
    _relabel,
    _transcode,
    _break_json,
    _odd_characters,
)
