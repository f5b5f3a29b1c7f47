"""The real HTTP client against a server that does its worst: every end has a name, every size a bound."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.adapters import http, http_guard
from pipeline.adapters.http import HttpFetcher
from pipeline.core.http import MIB, PAGE, ROBOTS, Failure, Limits, Request, Response

Handler = Callable[[asyncio.StreamWriter], Awaitable[None]]
AGENT = "Copydesk/0.1 (+https://copydesk.example/bot)"


@dataclass
class Server:
    """Writes raw bytes by path; `requests` are the heads as received."""

    port: int = 0
    handlers: dict[str, Handler] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def raw(self, path: str, *pieces: bytes) -> None:
        async def write(writer: asyncio.StreamWriter) -> None:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()

        self.handlers[path] = write

    def answer(self, path: str, body: bytes = b"", *headers: str, status: str = "200 OK") -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close", "", ""]
        self.raw(path, "\r\n".join(lines).encode(), body)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(head)
            await self.handlers[head.split()[1]](writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    hostile = Server()
    async with await asyncio.start_server(hostile.handle, "127.0.0.1", 0) as listening:
        hostile.port = listening.sockets[0].getsockname()[1]
        yield hostile


@pytest.fixture
async def fetcher(server: Server) -> AsyncIterator[HttpFetcher]:
    client = HttpFetcher(AGENT, [("*.example", f"127.0.0.1:{server.port}")])
    yield client
    await client.close()


def asking(path: str = "/", limits: Limits = PAGE, host: str = "desk.example", **fields: str) -> Request:
    return Request(url=f"http://{host}{path}", limits=limits, **fields)


def reason(answer: Response | Failure) -> str:
    assert isinstance(answer, Failure), answer
    return answer.reason


async def test_answer_is_complete_and_says_who_asked(server, fetcher):
    server.answer(
        "/a?b=%20", b"text", "Content-Type: text/html; charset=utf-8", 'ETag: W/"1"', "X-A: 1", "X-A: 2"
    )
    answer = await fetcher.get(
        asking("/a?b=%20", etag='"old"', last_modified="Fri, 20 Nov 2026 12:00:00 GMT")
    )
    assert isinstance(answer, Response)
    assert (answer.status, answer.body, answer.content_type) == (200, b"text", "text/html; charset=utf-8")
    assert (answer.headers["etag"], answer.headers["x-a"]) == ('W/"1"', "1, 2")
    (head,) = server.requests
    assert "Host: desk.example\r\n" in head
    assert f"User-Agent: {AGENT}\r\n" in head
    assert 'If-None-Match: "old"' in head
    assert "If-Modified-Since: Fri, 20 Nov 2026 12:00:00 GMT" in head


async def test_request_whose_kept_connection_ends_unanswered_is_not_sent_again_behind_our_back():
    """To ask again at once would be closer than any pace."""
    asked: list[str] = []

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b""):
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split()[1])
            writer.write(answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(once, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        client = HttpFetcher(AGENT, [("*.example", f"127.0.0.1:{port}")])
        try:
            assert isinstance(await client.get(asking("/first")), Response)
            assert reason(await client.get(asking("/second"))) == "connection-lost"
        finally:
            await client.close()
    assert asked == ["/first", "/second"]


async def test_redirect_is_an_answer_and_is_not_followed(server, fetcher):
    server.answer("/", b"gone elsewhere", "Location: /b", status="301 Moved Permanently")
    answer = await fetcher.get(asking())
    assert isinstance(answer, Response)
    assert (answer.status, answer.headers["location"], answer.body) == (301, "/b", b"")
    assert len(server.requests) == 1


async def test_no_cookie_is_kept_and_no_credential_of_a_url_is_sent(server, fetcher):
    server.answer("/", b"x", "Set-Cookie: consent=yes; Path=/")
    first = await fetcher.get(Request(url="http://me:secret@desk.example/", limits=PAGE))
    await fetcher.get(asking())
    assert isinstance(first, Response)
    assert "set-cookie" not in first.headers
    assert all(
        "cookie" not in head.lower() and "authorization" not in head.lower() for head in server.requests
    )


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"text " * 100)),
        ("gzip", gzip.compress(b"text " * 50) + gzip.compress(b"text " * 50)),
        ("deflate", zlib.compress(b"text " * 100)),
        ("deflate", zlib.compress(b"text " * 100)[2:-4]),
        ("identity", b"text " * 100),
    ],
    ids=["gzip", "gzip of two members", "deflate", "raw deflate", "identity"],
)
async def test_body_is_unpacked(server, fetcher, coding, packed):
    server.answer("/", packed, f"Content-Encoding: {coding}")
    answer = await fetcher.get(asking())
    assert isinstance(answer, Response)
    assert answer.body == b"text " * 100


BOMB = gzip.compress(b"\0" * (30 * MIB))


@pytest.mark.parametrize(
    ("body", "headers", "limits", "expected"),
    [
        (b"x" * (5 * MIB), [], PAGE, "too-large"),
        (BOMB, ["Content-Encoding: gzip"], PAGE, "too-large"),
        (BOMB, ["Content-Encoding: gzip"], Limits(body=50 * MIB), "decompression"),
        (gzip.compress(b"text" * 1000)[:-20], ["Content-Encoding: gzip"], PAGE, "truncated"),
        (b"not gzip at all", ["Content-Encoding: gzip"], PAGE, "bad-encoding"),
        (b"x", ["Content-Encoding: br"], PAGE, "bad-encoding"),
        (gzip.compress(gzip.compress(b"x")), ["Content-Encoding: gzip, gzip"], PAGE, "bad-encoding"),
        (b"x", ["X-Long: " + "y" * 20_000], PAGE, "headers-too-large"),
        (b"x", [f"X-{n}: y" for n in range(10_000)], PAGE, "headers-too-large"),
    ],
    ids=[
        "large",
        "bomb",
        "ratio",
        "cut gzip",
        "no gzip",
        "brotli",
        "two codings",
        "long header",
        "many headers",
    ],
)
async def test_body_beyond_its_bounds_is_refused_by_name(server, fetcher, body, headers, limits, expected):
    server.answer("/", body, *headers)
    assert reason(await fetcher.get(asking(limits=limits))) == expected


async def test_body_without_length_and_without_end_stops_at_the_cap(server, fetcher):
    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    server.handlers["/"] = endless
    assert reason(await fetcher.get(asking())) == "too-large"


async def test_robots_beyond_its_cap_is_cut_and_not_refused(server, fetcher):
    server.answer("/robots.txt", b"#" * (2 * MIB))
    answer = await fetcher.get(asking("/robots.txt", ROBOTS))
    assert isinstance(answer, Response)
    assert len(answer.body) == ROBOTS.body


async def test_slow_drip_ends_at_the_deadline_of_the_whole(server, fetcher):
    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    server.handlers["/"] = drip
    began = time.monotonic()
    assert reason(await fetcher.get(asking(limits=Limits(body=MIB, seconds=0.5)))) == "too-slow"
    assert time.monotonic() - began < 30  # the whole drip takes 50


async def test_server_that_never_answers_is_told_apart_from_one_that_never_ends(server, fetcher):
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)

    server.handlers["/"] = silent
    assert reason(await fetcher.get(asking(limits=Limits(body=MIB, seconds=0.5)))) == "timeout"


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"], ids=["nothing", "half"]
)
async def test_server_that_stops_sending_is_a_timeout_long_before_the_deadline(
    server, fetcher, monkeypatch, said
):
    async def stalling(writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(5)

    monkeypatch.setattr(http, "READ_SECONDS", 0.3)
    server.handlers["/"] = stalling
    assert reason(await fetcher.get(asking())) == "timeout"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"half"], "truncated"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"], "truncated"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n"], "protocol"),
        ([b"SSH-2.0-OpenSSH_9.2\r\n\r\n"], "protocol"),
        ([], "connection-lost"),
    ],
    ids=["short of its length", "no last chunk", "no chunk", "not HTTP", "nothing at all"],
)
async def test_answer_that_breaks_off_is_no_answer(server, fetcher, pieces, expected):
    server.raw("/", *pieces)
    assert reason(await fetcher.get(asking())) == expected


async def test_server_that_is_not_there(fetcher):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    client = HttpFetcher(AGENT, [("*.example", f"127.0.0.1:{port}")])
    assert reason(await client.get(asking())) == "connection-refused"
    await client.close()


async def test_certificate_that_nobody_vouches_for_is_refused(server, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed("desk.example", tmp_path))
    async with await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=context) as listening:
        port = listening.sockets[0].getsockname()[1]
        client = HttpFetcher(AGENT, [("*.example", f"127.0.0.1:{port}")])
        answer = await client.get(Request(url="https://desk.example/", limits=PAGE))
        await client.close()
    assert reason(answer) == "tls"
    assert server.requests == []


def _self_signed(host: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(secret + certificate.public_bytes(encoding))
    return file


PRIVATE = [
    "127.0.0.1", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "0.0.0.0", "10.0.0.1", "172.16.0.1",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "[::1]", "[::]",
    "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1]", "[fd00::1]",
    "[ff02::1]", "[fec0::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
async def test_no_spelling_of_a_private_address_is_connected_to(server, fetcher, connections, host):
    ports = frozenset({server.port})
    answer = await fetcher.get(Request(url=f"http://{host}:{server.port}/", limits=PAGE, ports=ports))
    assert reason(answer) == "address"
    assert (server.requests, connections) == ([], [])


@pytest.fixture
def connections(monkeypatch) -> list[tuple]:
    """Every address the guard let a socket be made for."""
    made: list[tuple] = []
    original = http_guard.Guard.socket

    def recording(self, info):
        sock = original(self, info)
        made.append(info[4])
        return sock

    monkeypatch.setattr(http_guard.Guard, "socket", recording)
    return made


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["169.254.169.254"]])
async def test_name_that_leads_to_a_private_address_is_refused(fetcher, connections, resolving, addresses):
    resolving(addresses)
    assert reason(await fetcher.get(asking(host="rebound.test"))) == "address"
    assert connections == []


async def test_address_is_judged_again_where_the_socket_is_made(server, connections):
    guard = http_guard.Guard([("*.example", f"127.0.0.1:{server.port}")])
    with pytest.raises(http_guard.AddressRefused):
        guard.socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)))
    guard.socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))).close()
    assert connections == [("127.0.0.1", server.port)]
    await guard.close()


async def test_table_serves_its_hosts_only(server, fetcher, resolving):
    server.answer("/", b"x")
    assert isinstance(await fetcher.get(asking(host="any.example")), Response)
    resolving(["127.0.0.1"])
    elsewhere = Request(url=f"http://any.test:{server.port}/", limits=PAGE, ports=frozenset({server.port}))
    assert reason(await fetcher.get(elsewhere)) == "address"


async def test_port_nobody_declared_is_refused(fetcher):
    assert reason(await fetcher.get(Request(url="http://desk.test:22/", limits=PAGE))) == "port"


async def test_unknown_and_unreachable_names_are_told_apart(fetcher, monkeypatch):
    for number, expected in ((socket.EAI_NONAME, "unknown-host"), (socket.EAI_AGAIN, "dns-temporary")):

        def fail(*_args, number=number, **_kwargs):
            raise socket.gaierror(number, "no")

        monkeypatch.setattr(http_guard.socket, "getaddrinfo", fail)
        assert reason(await fetcher.get(asking(host=f"{expected}.test"))) == expected


async def test_proxies_of_the_environment_are_not_used(server, fetcher, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.answer("/", b"direct")
    answer = await fetcher.get(asking())
    assert isinstance(answer, Response)


@pytest.fixture
def resolving(monkeypatch) -> Callable[[list[str]], None]:
    """Lets every name resolve to given addresses."""

    def to(addresses: list[str]) -> None:
        def found(_host, port, **_kwargs):
            families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
            return [
                (family, 1, 6, "", (address, port))
                for family, address in zip(families, addresses, strict=True)
            ]

        monkeypatch.setattr(http_guard.socket, "getaddrinfo", found)

    return to
