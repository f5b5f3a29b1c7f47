"""A fast web server of many hosts on one port: `python -m bench.fetch.server PAGES` prints the port."""

from __future__ import annotations

import asyncio
import sys

PARAGRAPH = (
    "<p>The council said on Tuesday that it would repair the old bridge over the river before winter.</p>"
)


def page(host: str, number: str) -> bytes:
    """A page of about 30 KB, its own for every host and number."""
    return f"<html><head><title>{host} {number}</title></head><body>{PARAGRAPH * 300}</body></html>".encode()


def feed(host: str, pages: int) -> bytes:
    items = "".join(
        f"<item><title>{host} {number}</title><link>http://{host}/{number}</link></item>"
        for number in range(pages)
    )
    return f"<rss version='2.0'><channel><title>{host}</title>{items}</channel></rss>".encode()


def answer(host: str, path: str, pages: int) -> tuple[int, bytes, str]:
    if path == "/robots.txt":
        return 404, b"", "text/plain"
    if path == "/feed":
        return 200, feed(host, pages), "application/rss+xml"
    return 200, page(host, path.strip("/")), "text/html; charset=utf-8"


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pages: int) -> None:
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            host = head.split("Host: ", 1)[1].split("\r\n", 1)[0]
            status, body, kind = answer(host, head.split(" ", 2)[1], pages)
            length = len(body)
            lines = (f"HTTP/1.1 {status} OK", f"Content-Type: {kind}", f"Content-Length: {length}", "", "")
            writer.write("\r\n".join(lines).encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(pages: int) -> None:
    server = await asyncio.start_server(lambda reader, writer: handle(reader, writer, pages), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
