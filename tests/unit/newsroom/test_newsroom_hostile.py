"""The hostile cases bite as the table says, and everything beside the bite is well-behaved."""

import gzip
import http.client
import json
import socket
import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from itertools import islice

import feedparser
import pytest

from newsroom import Hostile, Room, serve
from newsroom.hostile import CASES
from newsroom.teeth import feeds, names, redirects, sitemaps, streams

BY_NAME = {case.name: case for case in CASES}
QUICK = [
    case for case in CASES if case.name not in {"drip", "silence", "endless", "gzip-bomb", "huge-sitemap"}
]


@pytest.fixture
def hostile() -> Hostile:
    return Hostile()


@pytest.fixture
def room(hostile: Hostile) -> Iterator[Room]:
    with serve(demo=False, annexes=(hostile,)) as running:
        yield running


@pytest.fixture
def bite(ask):
    return lambda name, path="/bad", **headers: ask(f"http://{BY_NAME[name].host}{path}", **headers)


def raw(room: Room, name: str, path: str = "/bad") -> socket.socket:
    """A connection on which the request has been sent and nothing read."""
    connection = socket.create_connection((room.host, room.port), timeout=30)
    request = f"GET {path} HTTP/1.1\r\nHost: {BY_NAME[name].host}\r\nConnection: close\r\n\r\n"
    connection.sendall(request.encode())
    return connection


def test_case_names_are_unique_and_every_issue_case_is_there():
    assert len(BY_NAME) == len(CASES)
    assert BY_NAME.keys() >= {
        "429-seconds", "429-date", "503", "lying-etag", "redirect-loop", "redirect-chain", "redirect-private",
        "redirect-rebinding", "drip", "endless", "gzip-bomb", "length-short", "length-long", "reset",
        "html-as-feed", "empty-feed",
        "huge-sitemap", "entity-bomb", "robots-403", "robots-500", "robots-huge", "mixed-charsets",
        "cookie-wall", "duplicates", "linkless", "relative", "odd-dates",
    }  # fmt: skip


@pytest.mark.parametrize(
    "case", [case for case in QUICK if case.about == "article"], ids=lambda case: case.name
)
def test_good_article_beside_a_bad_one_is_announced_and_served(ask, case):
    announced = {entry.link for entry in feedparser.parse(ask(case.source_url).body).entries}

    assert announced == {*case.bad_urls, f"http://{case.host}/good"}
    assert ask(f"http://{case.host}/good").status == 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_switched_off_host_behaves(case):
    hostile = Hostile([case.name])
    hostile.switch(case.name, on=False)
    with serve(demo=False, annexes=(hostile,)) as room:
        statuses = [status(room, case.host, path) for path in ("/robots.txt", "/feed.xml", "/bad")]

    assert statuses == [200, 200, 200]


def status(room: Room, host: str, path: str) -> int:
    connection = http.client.HTTPConnection(room.host, room.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    finally:
        connection.close()


def test_only_the_named_cases_are_served():
    hostile = Hostile(["503", "reset"])

    assert set(hostile.hosts) == {"hostile-503.example", "hostile-reset.example"}
    with pytest.raises(KeyError):
        Hostile(["no-such-case"])


@pytest.mark.parametrize(("name", "code"), [("429-seconds", 429), ("429-date", 429), ("503-retry", 503)])
def test_retry_after_is_given_once(bite, name, code):
    first, second = bite(name), bite(name)

    assert (first.status, second.status) == (code, 200)
    wait = first.headers["Retry-After"]
    if not wait.isdecimal():
        assert parsedate_to_datetime(wait).tzinfo is not None


def test_lying_validators_hide_what_changed(bite):
    first = bite("lying-etag", "/feed.xml")
    hidden = bite("lying-etag", "/feed.xml", If_None_Match=first.headers["ETag"])
    full = bite("lying-etag", "/feed.xml")

    assert hidden.status == 304
    assert full.headers["ETag"] == first.headers["ETag"]
    assert len(feedparser.parse(full.body).entries) > len(feedparser.parse(first.body).entries)


@pytest.mark.parametrize(("name", "hops", "end"), [("redirect-chain", 6, 200), ("redirect-five", 5, 200)])
def test_redirect_chain_has_its_length(bite, name, hops, end):
    path, seen = "/bad", 0
    while (reply := bite(name, path)).status == 302:
        path, seen = reply.headers["Location"], seen + 1

    assert (seen, reply.status) == (hops, end)


def test_redirect_loop_returns_to_itself(bite):
    assert bite("redirect-loop").headers["Location"] == "/bad"


def test_every_private_spelling_is_a_target(bite):
    targets = [
        bite("redirect-private", f"/bad{n}").headers["Location"]
        for n in range(len(redirects.PRIVATE_TARGETS))
    ]

    assert targets == list(redirects.PRIVATE_TARGETS)


def test_rebinding_name_is_public_once_and_inside_ever_after():
    service = names.Names(inside="127.0.0.1")
    addresses = [service.getaddrinfo(names.REBINDING, 80)[0][4][0] for _ in range(3)]

    assert addresses == [names.PUBLIC_ADDRESS, "127.0.0.1", "127.0.0.1"]
    with pytest.raises(socket.gaierror):
        service.getaddrinfo("anything.else", 80)


def test_drip_keeps_sending_too_little(room):
    with raw(room, "drip") as connection:
        start, received = time.monotonic(), b""
        while received.count(b"\r\n1\r\n") < 3:
            received += connection.recv(4096)
        spent = time.monotonic() - start

    assert len(received.partition(b"\r\n\r\n")[2]) < 100
    assert spent > 0.9  # the third byte comes a second after the first, and later on a busy machine


def test_silence_says_nothing(room):
    with raw(room, "silence") as connection:
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_endless_body_passes_any_cap(room):
    with raw(room, "endless") as connection:
        received = sum(len(piece) for piece in islice(iter(lambda: connection.recv(1 << 20), b""), 200))

    assert received > 5 * 1024 * 1024


def test_gzip_bomb_is_small_to_send_and_huge_to_open(bite):
    packed = bite("gzip-bomb").body
    opener, opened = zlib.decompressobj(31), 0
    for start in range(0, len(packed), 4096):
        opened += len(opener.decompress(packed[start : start + 4096]))

    assert len(packed) < 1024 * 1024
    assert (opened, opener.eof) == (streams.BOMB_BYTES, True)


def test_short_body_ends_before_its_promised_length(bite):
    with pytest.raises(http.client.IncompleteRead):
        bite("length-short")


def test_long_body_goes_past_its_promised_length(room):
    with raw(room, "length-long") as connection:
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = received.partition(b"\r\n\r\n")

    promised = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    assert len(body) > promised


def test_reset_is_a_reset(bite):
    with pytest.raises(ConnectionResetError):
        bite("reset")


def test_broken_connections_are_marked_in_the_log(room, bite):
    with pytest.raises(ConnectionResetError):
        bite("reset")
    deadline = time.monotonic() + 30
    while room.log[-1].finished is None and time.monotonic() < deadline:
        time.sleep(0.01)

    assert room.log[-1].broken


def test_huge_header_exceeds_common_limits(bite):
    with pytest.raises(http.client.HTTPException):
        bite("huge-header")


def test_cookie_wall_opens_only_for_the_cookie(bite):
    wall = bite("cookie-wall")

    assert (wall.status, bite("cookie-wall", wall.headers["Location"]).status) == (302, 200)
    assert bite("cookie-wall", Cookie="consent=yes").status == 200


def test_odd_dates_mean_what_the_table_says(bite):
    entries = feedparser.parse(bite("odd-dates", "/feed.xml").body).entries

    assert [entry.link.rpartition("/")[2] for entry in entries] == [str(n) for n in range(12)]
    assert sum(zone is not None for _, zone in feeds.ODD_DATES) == 7


def test_huge_sitemap_is_at_the_protocol_limit(bite):
    body = bite("huge-sitemap", "/sitemap.xml").body

    assert body.count(b"<url>") == sitemaps.ENTRIES == 50_000
    assert len(body) < 50 * 1024 * 1024


def test_entity_bomb_is_small_on_the_wire(bite):
    body = bite("entity-bomb", "/feed.xml").body

    assert len(body) < 2048
    assert body.count(b"<!ENTITY") == 10


def test_huge_robots_has_its_rule_within_the_part_that_must_be_read(bite):
    body = bite("robots-huge", "/robots.txt").body

    assert body.index(b"Disallow: /bad") < 500 * 1024 < body.index(b"Disallow: /other")


def test_zipped_feed_does_not_say_so(bite):
    reply = bite("zipped", "/feed.xml")

    assert "Content-Encoding" not in reply.headers
    assert len(feedparser.parse(gzip.decompress(reply.body)).entries) == 1


def test_sources_name_every_case(room):
    assert json.loads(json.dumps(room.sources)) == room.sources
    assert {row["id"] for row in room.sources} == {f"hostile-{case.name}" for case in CASES}
