"""A running newsroom and a minimal client of it: any outlet's address over the room's one port."""

import http.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from newsroom import Room, serve

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


Ask = Callable[..., Reply]


@pytest.fixture
def room() -> Iterator[Room]:
    with serve(now=NOW) as running:
        yield running


@pytest.fixture
def ask(room: Room) -> Ask:
    def request(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        return ask_room(room, url, method, body, **headers)

    return request


def ask_room(room: Room, url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
    """Underscores in header names given as keywords stand for hyphens."""
    parts = urlsplit(url)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    sent = {"Host": parts.netloc, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = http.client.HTTPConnection(room.host, room.port, timeout=20)
    try:
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()
