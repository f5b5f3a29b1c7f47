"""One HTTP request and its end, as values; and every way a request can fail, by what follows from it.

The words here are the closed list of reasons that fetch counts, stores and shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MIB = 1024 * 1024

FailureClass = Literal["temporary", "soft", "hard", "throttled", "refused", "policy"]

CLASSES: Mapping[str, FailureClass] = {
    # our side: short retry, and no evidence against the source
    "dns-temporary": "temporary",
    "network-down": "temporary",
    # their side, likely to pass: exponential backoff
    "timeout": "soft",
    "too-slow": "soft",
    "connection-refused": "soft",
    "connection-lost": "soft",
    "tls": "soft",
    "unknown-host": "soft",
    "truncated": "soft",
    "protocol": "soft",
    "server-error": "soft",
    "unexpected-status": "soft",
    "unavailable": "soft",
    "redirect-loop": "soft",
    "too-many-redirects": "soft",
    "redirect-without-target": "soft",
    "bad-encoding": "soft",
    # unlikely to pass: long backoff
    "not-found": "hard",
    "gone": "hard",
    "client-error": "hard",
    "not-html": "hard",
    "not-a-feed": "hard",
    "empty-body": "hard",
    "invalid-url": "hard",
    # asked to slow down: no failure of the source
    "throttled": "throttled",
    "held": "throttled",
    "host-busy": "throttled",
    "budget": "throttled",
    # told no
    "unauthorized": "refused",
    "payment-required": "refused",
    "forbidden": "refused",
    "legal": "refused",
    "robots": "refused",
    "robots-unreachable": "soft",
    # our own rules
    "address": "policy",
    "port": "policy",
    "scheme": "policy",
    "url-too-long": "policy",
    "too-large": "policy",
    "headers-too-large": "policy",
    "decompression": "policy",
    "off-site": "policy",
}
"""Every reason why a request brought nothing, by class."""

UNANSWERED = frozenset(
    {"dns-temporary", "network-down", "unknown-host", "connection-refused", "connection-lost", "timeout"}
    | {"tls", "address", "port", "scheme", "invalid-url", "url-too-long"}
)
"""Reasons by which no server said anything: they hold for every URL of the host, robots.txt or article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps of one request: bytes after decompression, seconds in all, and how far gzip may blow up.

    With `cut` a body over its cap is cut there instead of failing, which is only right for robots.txt.
    """

    body: int
    seconds: float = 30.0
    ratio: int = 100
    cut: bool = False


PAGE = Limits(body=4 * MIB)
FEED = Limits(body=15 * MIB, seconds=60.0)
SITEMAP = Limits(body=50 * MIB, seconds=90.0)
ROBOTS = Limits(body=500 * 1024 + 1, seconds=20.0, cut=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, one hop: redirects are answers. `ports` are those beyond 80 and 443 that may be asked."""

    url: str
    limits: Limits
    accept: str = "*/*"
    etag: str | None = None
    last_modified: str | None = None
    ports: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer; header names in lower case, the body decompressed."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def content_type(self) -> str | None:
        """The `Content-Type` header as sent."""
        return self.headers.get("content-type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """No usable answer; `reason` is a key of `CLASSES`, `status` that of an answer, if there was one."""

    reason: str
    detail: str = ""
    status: int | None = None
    retry_after: str | None = None

    @property
    def kind(self) -> FailureClass:
        """What follows from it."""
        return CLASSES[self.reason]


_BY_STATUS = {
    401: "unauthorized",
    402: "payment-required",
    403: "forbidden",
    404: "not-found",
    410: "gone",
    429: "throttled",
    451: "legal",
    503: "unavailable",
}


def failure_of(response: Response) -> Failure | None:
    """What a status other than 2xx and 304 means; None for those two. Redirects must be followed before."""
    status = response.status
    if 200 <= status < 300 or status == 304:
        return None
    reason = _BY_STATUS.get(status)
    if reason is None:
        reason = (
            "client-error"
            if 400 <= status < 500
            else "server-error"
            if status >= 500
            else "unexpected-status"
        )
    return Failure(reason=reason, status=status, retry_after=response.headers.get("retry-after"))


def redirect_of(response: Response) -> str | None:
    """The `Location` of a redirect ("" if it has none), or None for any other answer."""
    return response.headers.get("location", "") if response.status in (301, 302, 303, 307, 308) else None
