"""Answers whose trouble is the status line and its headers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from newsroom.answer import Answer, Played, html, text
from newsroom.teeth.visit import Page, Visit

RETRY_SECONDS = 2


def in_seconds() -> str:
    """`Retry-After` as a number of seconds."""
    return str(RETRY_SECONDS)


def as_date() -> str:
    """`Retry-After` as an HTTP-date."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=RETRY_SECONDS), usegmt=True)


def absurdly() -> str:
    """A `Retry-After` that is no number to obey."""
    return "-86400"


def throttled(then: Page, retry_after: Callable[[], str], code: int = 429) -> Page:
    """This status with a `Retry-After` at the first visit, then what `then` says."""

    def page(visit: Visit) -> Answer | Played:
        if visit.nth > 1:
            return then(visit)
        return Answer(b"Slow down", "text/plain", code, {"Retry-After": retry_after()})

    return page


def status(code: int) -> Page:
    """Always this status with a line of text."""
    return lambda _: text(f"Status {code}", code)


def challenge(_: Visit) -> Answer:
    """A bot check: 403 and a page that wants a browser."""
    return html(
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
        "<body><h1>Checking your browser</h1>"
        "<p>Please enable JavaScript and cookies to continue.</p><script>challenge()</script></body></html>",
        403,
    )


def unasked_not_modified(_: Visit) -> Answer:
    """304 to a request that had no validators."""
    return Answer(b"", "text/plain", 304)


def lying_validators(document: Callable[[Visit], Answer]) -> Page:
    """One ETag and one Last-Modified for ever, although the document changes with every full answer."""
    headers = {"ETag": '"same-as-ever"', "Last-Modified": "Mon, 04 Nov 2024 08:00:00 GMT"}

    def page(visit: Visit) -> Answer:
        if "If-None-Match" in visit.headers or "If-Modified-Since" in visit.headers:
            return Answer(b"", "application/rss+xml", 304, headers)
        return replace(document(visit), headers=headers)

    return page


def huge_header(_: Visit) -> Answer:
    """A response header of one mebibyte."""
    return Answer(b"small body", "text/html", 200, {"X-Padding": "x" * 1024 * 1024})


def header_flood(_: Visit) -> Answer:
    """Ten thousand headers, none of them long."""
    return Answer(b"small body", "text/html", 200, {f"X-Flood-{n}": "x" * 80 for n in range(10_000)})


def unknown_coding(_: Visit) -> Answer:
    """A content coding that nobody asked for."""
    return Answer(b"\x0b\x02\x80brotli\x03", "text/html", 200, {"Content-Encoding": "br"})


def nothing(_: Visit) -> Answer:
    """A page without a byte."""
    return html("")


def cookie_wall(visit: Visit) -> Answer:
    """Sends everybody without the cookie to a consent page."""
    if "consent=yes" in visit.headers.get("Cookie", ""):
        return html("<html><body><p>Only people with biscuits read this.</p></body></html>")
    return Answer(b"", "text/html", 302, {"Location": f"/consent?back={visit.path}"})


def consent(_: Visit) -> Answer:
    """The consent page behind a cookie wall: 200, and no article."""
    return html(
        "<!DOCTYPE html><html><head><title>Before you continue</title></head>"
        "<body><h1>Before you continue</h1>"
        "<p>We and our 812 partners store cookies on your device. To read this site you must accept them.</p>"
        '<form method="post"><button>Accept all</button><button>Manage preferences</button></form>'
        "</body></html>"
    )
