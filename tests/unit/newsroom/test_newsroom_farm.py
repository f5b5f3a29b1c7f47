"""The farm is many, fast and well-behaved; the log proves how it was treated."""

import itertools
import threading

import feedparser
import pytest

from newsroom import Farm, serve, traffic
from newsroom.overlap import overlap, shingles
from newsroom.requests import Request


@pytest.fixture
def farm() -> Farm:
    return Farm(5, 4)


@pytest.fixture
def room(farm):
    with serve(demo=False, annexes=(farm,)) as running:
        yield running


def test_every_farm_host_announces_and_serves_its_articles(room, farm, ask):
    announced = {
        entry.link for row in room.sources for entry in feedparser.parse(ask(row["url"]).body).entries
    }

    assert announced == set(farm.urls)
    assert len(announced) == 20
    assert {ask(url).status for url in announced} == {200}


def test_farm_articles_share_next_to_nothing(farm):
    bodies = [
        page.body.decode()
        for host in farm.hosts.values()
        for page in [host.respond("GET", "/a/0000.html", {})]
    ]

    texts = [shingles(body.partition("<article>")[2].partition("</article>")[0]) for body in bodies]
    assert max(overlap(a, b) for a, b in itertools.combinations(texts, 2)) < 0.03


def test_share_of_copies_is_about_what_was_asked_for():
    farm = Farm(20, 10, copies=0.5)

    bodies = {
        host.respond("GET", f"/a/{n:04d}.html", {}).body.partition(b"<h1>")[2]
        for host in farm.hosts.values()
        for n in range(10)
    }
    assert 60 < len(bodies) < 140


def test_unchanged_farm_page_is_not_sent_again(farm, ask):
    first = ask(farm.urls[0])

    assert ask(farm.urls[0], If_None_Match=first.headers["ETag"]).status == 304


def test_traffic_sees_overlap_and_distance():
    log = [
        Request("a.example", "GET", "/1", {}, started=10.0, finished=10.5),
        Request("a.example", "GET", "/2", {}, started=10.25, finished=10.75),
        Request("b.example", "GET", "/1", {}, started=10.0, finished=10.5),
        Request("b.example", "GET", "/2", {}, started=11.5, finished=11.75),
    ]

    seen = traffic(log)

    assert (seen["a.example"].most_at_once, seen["a.example"].closest_rest) == (2, -0.25)
    assert (seen["b.example"].most_at_once, seen["b.example"].closest_rest) == (1, 1.0)
    assert seen["b.example"].closest_starts == 1.5


def test_requests_at_once_are_seen_in_the_log(room, farm, ask):
    threads = [threading.Thread(target=ask, args=(farm.urls[0],)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert traffic(room.log)["h000.example"].requests == 4
