"""What the extraction pool and its workers say to one another: length-prefixed MessagePack."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from pipeline.core.clean import Extracted
from pipeline.core.model import RawArticle

_LENGTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One page's end: exactly one of the first three is set. `broken` asks for a new worker afterwards.

    `seconds` of CPU time were spent on it.
    """

    extracted: Extracted | None = None
    discard: str | None = None
    invalid: str | None = None
    message: str = ""
    broken: bool = False
    seconds: float = 0.0


_replies = msgspec.msgpack.Decoder(Reply)
_pages = msgspec.msgpack.Decoder(RawArticle)


def encode_page(raw: RawArticle) -> bytes:
    """A page on its way to a worker."""
    return _framed(msgspec.msgpack.encode(raw))


def encode(reply: Reply) -> bytes:
    """A worker's reply on its way back."""
    return _framed(msgspec.msgpack.encode(reply))


def decode_page(data: bytes) -> RawArticle:
    """The page in a frame's content."""
    return _pages.decode(data)


def length_of(prefix: bytes | bytearray) -> int:
    """How long the content after a prefix is."""
    return int.from_bytes(prefix, "big")


@dataclass(slots=True)
class Frames:
    """Replies put together from the pieces a pipe delivers."""

    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Reply | None:
        """The reply that is complete with this piece; a worker never sends a second one unasked."""
        self._buffer += data
        if len(self._buffer) < _LENGTH:
            return None
        end = _LENGTH + length_of(self._buffer[:_LENGTH])
        if len(self._buffer) < end:
            return None
        reply = _replies.decode(bytes(self._buffer[_LENGTH:end]))
        del self._buffer[:end]
        return reply


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content
