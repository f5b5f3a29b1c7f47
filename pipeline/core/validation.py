"""What is wrong with a message, in words that help and never quote the message itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemas

SHOWN = 5
"""Faults that are named; a record of another kind altogether has dozens."""


def fault(kind: str, written: Mapping[str, Any]) -> str | None:
    """Why `written` is no message of `kind`, with the path of each fault; None when it is one."""
    validator = schemas.validator(kind)
    try:
        if validator.is_valid(written):
            return None
        found = [_path(error.instance_path) + error.message for error in validator.iter_errors(written)]
    except UnicodeEncodeError as error:  # half a surrogate pair where the validator had to look closely
        return f"text that is not Unicode: {error.reason}"
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return "; ".join(found[:SHOWN] + more)


def _path(path: list[str | int]) -> str:
    """`members.3.url: ` for the message; nothing for the top."""
    return ".".join(map(str, path)) + ": " if path else ""
