"""HTTP answers as values: what a page or feed says before it is written to a socket."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers. With `modified_at` the answer takes part in conditional requests."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    modified_at: datetime | None = None
    compress: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.blake2b(self.body, digest_size=8).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Played:
    """An answer that has to be acted out on the socket: slowly, endlessly, or broken off."""

    play: Callable[[web.Request], Awaitable[web.StreamResponse]]
    status: int = 200


def text(message: str, status: int = 200) -> Answer:
    """A plain text answer, for errors and notes."""
    return Answer(message.encode(), "text/plain; charset=utf-8", status)


def html(markup: str, status: int = 200) -> Answer:
    """A UTF-8 page."""
    return Answer(markup.encode(), "text/html; charset=utf-8", status)


def conditional(answer: Answer, request: Mapping[str, str]) -> Answer:
    """The answer with its validators, or 304 without a body when the request's validators still hold.

    RFC 9110 §13.2.2: If-None-Match decides when present, If-Modified-Since only without it.
    """
    if answer.modified_at is None or answer.status != 200:
        return answer
    stamped = answer.modified_at.astimezone(UTC).replace(microsecond=0)
    headers = {**answer.headers, "ETag": answer.etag, "Last-Modified": format_datetime(stamped, usegmt=True)}
    fresh = replace(answer, headers=headers)
    return replace(fresh, status=304, body=b"") if _holds(fresh, stamped, request) else fresh


def _holds(answer: Answer, stamped: datetime, request: Mapping[str, str]) -> bool:
    given = request.get("If-None-Match")
    if given is not None:
        tags = [tag.strip().removeprefix("W/") for tag in given.split(",")]
        return "*" in tags or answer.headers["ETag"] in tags
    since = request.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return stamped <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # an unreadable date, or one without a zone: the header is ignored
        return False
