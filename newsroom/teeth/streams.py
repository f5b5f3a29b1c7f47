"""Bodies that never end, come too slowly, lie about their length, explode, or break off."""

import asyncio
import socket
import struct
import zlib
from collections.abc import AsyncIterator
from functools import cache

from aiohttp import web

from newsroom.answer import Answer, Played
from newsroom.teeth.visit import Visit

START = b"<!DOCTYPE html><html><head><title>Endless</title></head><body><article><h1>Endless</h1>\n"
LINE = b"<p>And then the tide came in again, as it had the day before and the day before that.</p>\n"
BOMB_BYTES = 512 * 1024 * 1024
PIECE = 1024 * 1024
# Longer than any fetcher should wait, shorter than for ever, so that a forgotten connection ends by itself.
PATIENCE_SECONDS = 300


def drip(_: Visit) -> Played:
    """One byte every half second: each read succeeds, the whole never does."""
    return _streamed(_dripping())


def silence(_: Visit) -> Played:
    """The request is taken and nothing is said."""

    async def play(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(PATIENCE_SECONDS)
        return await _headed(request, {})

    return Played(play)


def endless(_: Visit) -> Played:
    """Paragraphs without end."""
    return _streamed(_repeating())


def bomb(_: Visit) -> Answer:
    """Half a gibibyte of spaces in half a mebibyte of gzip."""
    return Answer(_bomb(), "text/html; charset=utf-8", 200, {"Content-Encoding": "gzip"})


def too_short(_: Visit) -> Played:
    """Content-Length promises ten times what comes before the connection is closed."""
    return _declared(length=len(START + LINE) * 10, end="close")


def too_long(_: Visit) -> Played:
    """Content-Length promises half of what is sent."""
    return _declared(length=len(START + LINE) // 2, end="close")


def reset(_: Visit) -> Played:
    """The connection is reset in the middle of the body."""
    return _declared(length=len(START + LINE) * 10, end="reset")


def _streamed(pieces: AsyncIterator[bytes]) -> Played:
    async def play(request: web.Request) -> web.StreamResponse:
        response = await _headed(request, {})
        async for piece in pieces:
            await response.write(piece)
        await response.write_eof()
        return response

    return Played(play)


def _declared(*, length: int, end: str) -> Played:
    """Bytes as they are: the web server would not let the length be wrong."""

    async def play(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        if transport is None:
            raise ConnectionResetError("the client has gone")
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n"
        transport.write(head.encode() + b"Connection: close\r\n\r\n" + START + LINE)
        await asyncio.sleep(0.05)
        if end == "reset":
            _reset_on_close(transport)
            transport.abort()
        else:
            transport.close()
        raise ConnectionResetError("broken off on purpose")

    return Played(play)


def _reset_on_close(transport: asyncio.Transport) -> None:
    """Zero linger makes the kernel send RST instead of FIN."""
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _headed(request: web.Request, headers: dict[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8", **headers})
    await response.prepare(request)
    return response


async def _dripping() -> AsyncIterator[bytes]:
    for byte in (START + LINE * 1000)[: PATIENCE_SECONDS * 2]:
        yield bytes((byte,))
        await asyncio.sleep(0.5)


async def _repeating() -> AsyncIterator[bytes]:
    yield START
    while True:
        yield LINE * 700
        await asyncio.sleep(0)


@cache
def _bomb() -> bytes:
    """Every piece is flushed alike, so one compressed piece can be repeated."""
    spaces = b" " * PIECE
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = packer.compress(spaces) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = 0
    for _ in range(BOMB_BYTES // PIECE):
        checksum = zlib.crc32(spaces, checksum)
    trailer = struct.pack("<II", checksum, BOMB_BYTES & 0xFFFFFFFF)
    return (
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + piece * (BOMB_BYTES // PIECE) + packer.flush() + trailer
    )
