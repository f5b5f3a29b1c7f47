"""HTTP for the fetch stage, by aiohttp: one request, one hop, bounded in every direction.

    URL ─► own parser (ada-url) ─► port? literal address? ─► resolve ─► every address public?
        ─► socket: this very address public?  ─► request ─► headers ─► body, counted while it streams

No cookies, no proxies from the environment, no redirects of its own, TLS verified. Every failure is a value
with a reason; only a bug raises.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from collections.abc import Mapping

import aiohttp
from yarl import URL

from pipeline.adapters.http_body import BodyRefused, read_body
from pipeline.adapters.http_guard import AddressRefused, Guard, HostTable
from pipeline.core import urls
from pipeline.core.http import Failure, Request, Response

CONNECT_SECONDS = 10.0
READ_SECONDS = 15.0
"""Longest wait for a connection, and for the next bytes; the whole request has its own deadline."""

KEPT_SECONDS = 4.0
"""How long an idle connection is kept. Many servers drop theirs after five seconds, just when the usual pace
sends the next request, which would then be lost on the way."""

LARGEST_HEADER = 16 * 1024
DEFAULT_PORTS = frozenset({80, 443})


class HttpFetcher:
    """The real `Fetcher`. `host_table` maps hosts to fixed addresses, the only private ones reached."""

    def __init__(self, user_agent: str, host_table: HostTable = (), *, concurrency: int = 32) -> None:
        self._user_agent = user_agent
        self._guard = Guard(host_table)
        self._concurrency = concurrency
        self._session: aiohttp.ClientSession | None = None

    async def get(self, request: Request) -> Response | Failure:
        refusal = urls.refusal(request.url)
        if refusal:
            return Failure(reason=refusal, detail=request.url[:200])
        url = URL(urls.without_userinfo(request.url), encoded=True)
        if url.port not in DEFAULT_PORTS | request.ports and not self._guard.is_fixed(url.host or ""):
            return Failure(reason="port", detail=f"port {url.port}")
        if self._guard.is_forbidden_literal(url.host or ""):
            return Failure(reason="address", detail=url.host or "")
        answering = asyncio.Event()
        try:
            async with asyncio.timeout(request.limits.seconds):
                return await self._exchange(url, request, answering)
        except aiohttp.ServerTimeoutError as error:
            return _translated(error)
        except TimeoutError:
            return _late(request.limits.seconds, answering=answering.is_set())
        except BodyRefused as error:
            return Failure(reason=error.reason, detail=str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _translated(error)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        await self._guard.close()

    async def _exchange(self, url: URL, request: Request, answering: asyncio.Event) -> Response:
        """Sets `answering` as soon as status and headers are complete."""
        headers = {"Accept": request.accept}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        async with self._opened().get(url, headers=headers, allow_redirects=False) as answer:
            answering.set()
            body = b"" if answer.status in _WITHOUT_BODY else await read_body(answer, request.limits)
            return Response(
                url=request.url, status=answer.status, headers=_lowered(answer.headers), body=body
            )

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made at first use because it belongs to the running loop."""
        if self._session is None:
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._guard,
                    socket_factory=self._guard.socket,
                    limit=self._concurrency,
                    ttl_dns_cache=60,
                    keepalive_timeout=KEPT_SECONDS,
                ),
                headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate"},
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(
                    total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS
                ),
                auto_decompress=False,
                trust_env=False,
                max_line_size=LARGEST_HEADER,
                max_field_size=LARGEST_HEADER,
            )
            # By itself it sends a request again, at once, when a kept connection ends without an answer.
            session._retry_connection = False
            self._session = session
        return self._session


_WITHOUT_BODY = (204, 301, 302, 303, 304, 307, 308)
"""Answers whose body nobody reads; the connection is dropped rather than drained."""


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Names in lower case, repeated fields joined as HTTP allows; cookies are never kept."""
    joined: dict[str, str] = {}
    for name, value in headers.items():
        key = name.lower()
        if key != "set-cookie":
            joined[key] = f"{joined[key]}, {value}" if key in joined else value
    return joined


def _late(seconds: float, *, answering: bool) -> Failure:
    """The deadline of the whole: a server that said nothing is told apart from one that never ends."""
    if answering:
        return Failure(reason="too-slow", detail=f"not complete after {seconds:.0f} s")
    return Failure(reason="timeout", detail=f"no answer after {seconds:.0f} s")


def _translated(error: Exception) -> Failure:
    return Failure(reason=_reason(error), detail=f"{type(error).__name__}: {error}"[:300])


def _reason(error: BaseException) -> str:
    """The reason behind an exception of aiohttp or the socket; the order is from special to general."""
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, AddressRefused):
        return "address"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns-temporary" if _is_temporary(cause) else "unknown-host"
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "tls"
    if isinstance(error, (aiohttp.ServerTimeoutError, TimeoutError)):
        return "timeout"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "truncated"
    if isinstance(error, aiohttp.ClientResponseError):
        return "headers-too-large" if _TOO_LARGE.search(str(error)) else "protocol"
    if isinstance(error, aiohttp.InvalidURL):
        return "invalid-url"
    return _reason_of_socket(cause)


# aiohttp has no type for these: headers that are too long, or too many of them.
_TOO_LARGE = re.compile(r"too long|more than|too many headers", re.IGNORECASE)


def _reason_of_socket(error: BaseException) -> str:
    number = getattr(error, "errno", None)
    if isinstance(error, ConnectionRefusedError):
        return "connection-refused"
    if number in _NETWORK_DOWN:
        return "network-down"
    return "connection-lost" if isinstance(error, (OSError, aiohttp.ClientError)) else "protocol"


def _is_temporary(error: BaseException) -> bool:
    return getattr(error, "errno", None) in (socket.EAI_AGAIN, socket.EAI_FAIL)


_NETWORK_DOWN = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EADDRNOTAVAIL})
