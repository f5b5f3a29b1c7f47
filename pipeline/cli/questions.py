"""Input of the commands that need no server: a file or standard input, and questions as lines of JSON.

A line that is no question is answered too, by an `error`, so that answers stay in step with questions.
"""

from __future__ import annotations

import binascii
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

Q = TypeVar("Q", bound=msgspec.Struct)


def content(file: str, option: str) -> bytes:
    """The bytes of a file, or of standard input for `-`; `option` is what an error calls it."""
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise click.BadParameter(f"{file}: {error.strerror}", param_hint=option) from error


def answered(
    lines: Iterable[bytes],
    kind: type[Q],
    answer: Callable[[Q], Mapping[str, Any]],
    nothing: Mapping[str, Any],
) -> Iterator[str]:
    """A line of JSON for each line that is not blank: the question's `id` and its answer.

    `nothing` is the answer to what cannot be answered, to which an `error` is added.
    """
    for line in lines:
        if line.strip():
            yield json.dumps(_answered(line, kind, answer, nothing))


def octets(base64: str) -> bytes:
    """What a field in base64 holds. Raises ValueError for anything else."""
    return binascii.a2b_base64(base64.encode("ascii"), strict_mode=True)


def _answered(
    line: bytes, kind: type[Q], answer: Callable[[Q], Mapping[str, Any]], nothing: Mapping[str, Any]
) -> dict[str, Any]:
    given: Any = None
    try:
        given = msgspec.json.decode(line)
        question = msgspec.convert(given, kind)
        return {"id": given["id"], **answer(question)}
    except (ValueError, RecursionError) as error:
        name = given.get("id") if isinstance(given, dict) else None
        return {"id": name, **nothing, "error": f"not a question: {error}"}
