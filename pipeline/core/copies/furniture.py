"""The furniture list: shingles that stand in many texts and say nothing about copying.

Newsletter pitches, rights lines, link blocks, robot templates. Copies chain into stories, so a single shared
piece of furniture would merge whole stories. A list is immutable and comes into force by an edit in the
log that carries it; its position there is its version.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.copies.shingles import member
from pipeline.core.copies.tokens import Hashes

MAX_ENCODED: Final = 4 * 2**20
"""Characters an encoded list may have: it travels in one record of the log."""

_FORMAT: Final = 1
_STORED: Final = np.dtype("<u8")
_NONE: Final = np.empty(0, dtype=np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Furniture:
    """The shingles to leave out, everywhere and in texts of one source; each array ascending, no repeats.

    `position` is that of the edit that brought the list; 0 stands for the empty list of a fresh start.
    """

    position: int = 0
    everywhere: Hashes = field(default_factory=lambda: _NONE)
    by_source: Mapping[str, Hashes] = field(default_factory=dict)

    def stops(self, source_id: str) -> Hashes:
        """Every shingle left out of the texts of a source, ascending."""
        own = self.by_source.get(source_id)
        return self.everywhere if own is None else np.union1d(self.everywhere, own)

    def stopped(self, source_id: str, shingles: Hashes) -> NDArray[np.bool_]:
        """For each shingle of a text of this source, whether it is furniture."""
        found = member(shingles, self.everywhere)
        own = self.by_source.get(source_id)
        return found if own is None else found | member(shingles, own)

    def at(self, position: int) -> Furniture:
        """The same list, in force from `position` on."""
        return Furniture(position, self.everywhere, self.by_source)

    @property
    def size(self) -> int:
        """How many hashes the list holds."""
        return len(self.everywhere) + sum(map(len, self.by_source.values()))


def encode(furniture: Furniture) -> str:
    """The list as the text an edit carries. Raises ValueError above `MAX_ENCODED`; learning stays below."""
    sources = {source: _pack(stops) for source, stops in sorted(furniture.by_source.items()) if len(stops)}
    content = {"format": _FORMAT, "everywhere": _pack(furniture.everywhere), "sources": sources}
    encoded = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    if len(encoded) > MAX_ENCODED:
        raise ValueError(f"the furniture list takes {len(encoded)} characters, {MAX_ENCODED} are allowed")
    return encoded


def decode(encoded: str, position: int) -> Furniture:
    """The list an edit at `position` carries. Raises ValueError for anything `encode` does not write."""
    if len(encoded) > MAX_ENCODED:
        raise ValueError("the furniture list is longer than an edit may carry")
    content = json.loads(encoded)
    match content:
        case {"format": 1, "everywhere": str(everywhere), "sources": dict(sources)}:
            by_source = {str(source): _unpack(stops) for source, stops in sources.items()}
            return Furniture(position, _unpack(everywhere), by_source)
    raise ValueError("not a furniture list of a known format")


def _pack(hashes: Hashes) -> str:
    return base64.b64encode(hashes.astype(_STORED, copy=False).tobytes()).decode("ascii")


def _unpack(packed: object) -> Hashes:
    if not isinstance(packed, str):
        raise ValueError("a furniture list holds something other than packed hashes")  # noqa: TRY004  one error type
    try:
        raw = base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise ValueError("a furniture list holds hashes that are not base64") from error
    if len(raw) % _STORED.itemsize:
        raise ValueError("a furniture list holds a broken hash")
    hashes = np.frombuffer(raw, dtype=_STORED)
    if len(hashes) > 1 and not bool(np.all(hashes[1:] > hashes[:-1])):
        raise ValueError("a furniture list is not in ascending order")
    return hashes
