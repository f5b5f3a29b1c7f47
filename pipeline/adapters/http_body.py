"""The body of a response: counted and unpacked while it streams, so that no cap is noticed too late."""

from __future__ import annotations

import zlib
from typing import Protocol

from aiohttp import ClientResponse

from pipeline.core.http import MIB, Limits

CHUNK = 64 * 1024


class BodyRefused(Exception):
    """The body exceeds a cap or cannot be unpacked; `reason` is a word of `core.http.CLASSES`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


async def read_body(answer: ClientResponse, limits: Limits) -> bytes:
    """The whole body, unpacked. Raises BodyRefused; what is over a cap is never handed on cut short."""
    declared = answer.content_length
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    if declared is not None and declared > limits.body and not limits.cut:
        raise BodyRefused("too-large", f"{declared} bytes announced, {limits.body} allowed")
    unpacker = _unpacker(coding)
    body = bytearray()
    received = 0
    async for chunk in answer.content.iter_chunked(CHUNK):
        received += len(chunk)
        body += unpacker.feed(chunk, limits.body + 1 - len(body))
        if len(body) > limits.body:
            if limits.cut:
                return bytes(body[: limits.body])
            raise BodyRefused("too-large", f"more than {limits.body} bytes")
        if len(body) > MIB and len(body) > limits.ratio * received:
            raise BodyRefused("decompression", f"{received} bytes became {len(body)}")
    if not unpacker.complete():
        raise BodyRefused("truncated", f"the {coding} data ends too early")
    return bytes(body)


class _Unpacker(Protocol):
    def feed(self, chunk: bytes, room: int) -> bytes:
        """What the chunk adds, at most `room` bytes; the rest is dropped, since the caller then stops."""

    def complete(self) -> bool:
        """Whether the data may end here."""


def _unpacker(coding: str) -> _Unpacker:
    if coding in ("", "identity"):
        return _Plain()
    if coding in ("gzip", "x-gzip"):
        return _Gzip()
    if coding == "deflate":
        return _Deflate()
    raise BodyRefused("bad-encoding", f"content coding {coding[:50]!r}")


class _Plain:
    def feed(self, chunk: bytes, room: int) -> bytes:
        return chunk[:room]

    def complete(self) -> bool:
        return True


class _Gzip:
    """Gzip, of one member or several; padding after the last is ignored, as browsers do."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(wbits=31)
        self._started = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        out = bytearray()
        while chunk and len(out) < room:
            if self._member.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    break
                self._member = zlib.decompressobj(wbits=31)
            self._started = True
            out += _inflated(self._member, chunk, room - len(out))
            chunk = self._member.unused_data
        return bytes(out)

    def complete(self) -> bool:
        return self._member.eof or not self._started


class _Deflate:
    """`deflate` is zlib's format by the standard and raw deflate by widespread practice."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None

    def feed(self, chunk: bytes, room: int) -> bytes:
        if self._stream is None:
            zlib_header = len(chunk) > 1 and chunk[0] & 0x0F == 8 and (chunk[0] << 8 | chunk[1]) % 31 == 0
            self._stream = zlib.decompressobj(wbits=15 if zlib_header else -15)
        return _inflated(self._stream, chunk, room)

    def complete(self) -> bool:
        return self._stream is None or self._stream.eof


def _inflated(stream: zlib._Decompress, chunk: bytes, room: int) -> bytes:
    try:
        return stream.decompress(chunk, room)
    except zlib.error as error:
        raise BodyRefused("bad-encoding", f"broken compression: {error}") from error
