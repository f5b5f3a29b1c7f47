"""`copydesk url`: what the pipeline makes of a URL."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import BinaryIO

import click

from pipeline.core import urls


@click.group()
def url() -> None:
    """What the pipeline makes of a URL."""


@url.command()
def canonical() -> None:
    """Read one URL a line, print its canonical form and article id a line, in the same order.

    A line ends at a line feed only; any other character, white space included, belongs to the URL. What is
    no URL gives an `error` instead. Every scheme has a canonical form, also those that are never fetched.
    """
    out = sys.stdout
    for line in _lines(sys.stdin.buffer):
        out.write(json.dumps(_answer(_text(line))) + "\n")


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    for line in stream:
        yield line[:-1] if line.endswith(b"\n") else line


def _answer(text: str) -> dict[str, str]:
    try:
        form = urls.canonical(text)
    except urls.InvalidUrl as error:
        return {"url": text, "error": error.message}
    return {"url": text, "canonical_url": form, "article_id": urls.article_id(form)}


def _text(line: bytes) -> str:
    """Decoded as WHATWG says: what is not UTF-8, an encoded surrogate included, becomes U+FFFD."""
    return _SURROGATE.sub(b"\xef\xbf\xbd", line).decode("utf-8", "replace")


_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
