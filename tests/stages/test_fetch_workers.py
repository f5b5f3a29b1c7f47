"""Several workers at once: together they are as polite as one, and nothing is fetched twice or forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from itertools import pairwise

from pipeline.core import urls
from pipeline.core.http import PAGE, Failure, Request
from pipeline.stages import fetch
from pipeline.stages.fetch import _Fetch
from pipeline.stages.fetch_hosts import Hosts
from pipeline.stages.runs import reported
from tests.stages.fetching import Desk, source

HOSTS, PAGES, PACE = 30, 4, 5.0


def many() -> Desk:
    desk = Desk(*(source(f"s{at}", f"https://h{at}.example/feed") for at in range(HOSTS)), pace=PACE)
    for at in range(HOSTS):
        # Every feed also announces an article of its neighbour's, so that workers meet at hosts.
        neighbour = f"https://h{(at + 1) % HOSTS}.example/from-{at}"
        own = [f"https://h{at}.example/{page}" for page in range(PAGES - 1)]
        desk.feed(*own, neighbour, url=f"https://h{at}.example/feed")
    desk.web.taking = 0.7
    return desk


def run_together(desk: Desk, workers: int, *, planned: bool) -> None:
    """`workers` runs in one loop, over shards of a plan or each over everything."""
    ports = desk.ports()
    shards = fetch.plan(ports, desk.catalogue, desk.options(), workers)[1] if planned else [None] * workers

    async def one(number: int) -> None:
        with reported("fetch", desk.world.runs, desk.world.articles, desk.clock.now) as run:
            options = desk.options(owner=f"worker-{number}", seconds=900.0, host_seconds=600.0)
            await _Fetch(ports, desk.catalogue, options, run).run(shards[number])

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(len(shards))))

    asyncio.run(all_of_them())
    ports.threads.shutdown()


def assert_polite(desk: Desk) -> None:
    assert desk.web.most_at_once == 1
    times = defaultdict(list)
    for asked in desk.web.log:
        times[urls.host(asked.url)].append(asked.at)
    gaps = [(later - earlier).total_seconds() for at in times.values() for earlier, later in pairwise(at)]
    assert min(gaps) >= PACE


def test_shards_of_one_plan_are_polite_and_complete():
    desk = many()
    run_together(desk, 3, planned=True)
    assert_polite(desk)
    _finish(desk)


def test_workers_without_a_plan_are_as_polite_and_complete():
    desk = many()
    run_together(desk, 3, planned=False)
    assert_polite(desk)
    _finish(desk)


def _finish(desk: Desk) -> None:
    """What met a busy host is due in the next run; after it everything was fetched once."""
    for _ in range(3):
        desk.later(minutes=3)
        desk.run()
    assert_polite(desk)
    assert Counter(raw.url for raw in desk.raws()) == Counter(dict.fromkeys(_announced(), 1))
    discovered = sum(report.discovered for report in desk.world.runs.all().values())
    assert discovered == len(desk.world.articles.all()) == HOSTS * PAGES


def _announced() -> list[str]:
    own = [f"https://h{at}.example/{page}" for at in range(HOSTS) for page in range(PAGES - 1)]
    return own + [f"https://h{(at + 1) % HOSTS}.example/from-{at}" for at in range(HOSTS)]


def test_host_given_up_while_a_redirect_waited_for_its_turn_keeps_its_pace():
    """The worker of the host finishes between the two looks that a request from elsewhere takes at it."""
    desk = many()
    ports = desk.ports()
    first, second = (Request(url=f"https://h0.example/{page}", limits=PAGE) for page in range(2))

    async def visit() -> None:
        gates = Hosts(ports, desk.options())
        assert await gates.open("h0.example")
        await gates.ask(first, pace=PACE, patience=60.0)
        await gates.close("h0.example")
        await gates._request(gates._gate(second.url, PACE), second, 60.0)
        await gates.close_all()

    asyncio.run(visit())
    ports.threads.shutdown()
    assert [asked.url for asked in desk.web.log][-2:] == [first.url, second.url]
    assert_polite(desk)


def test_no_host_is_in_two_shards_and_no_due_host_in_none():
    desk = many()
    ports = desk.ports()
    found, shards = fetch.plan(ports, desk.catalogue, desk.options(), 4)
    ports.threads.shutdown()
    listed = [host for shard in shards for host in shard]
    assert sorted(listed) == sorted({one.host for one in found.sources})
    assert len(shards) == 4
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def test_article_that_another_worker_visited_while_we_waited_for_its_host_is_not_visited_again():
    """Both planned the same articles; who gets the host later finds them done."""
    desk = Desk()
    pages = [f"https://herald.example/{number}" for number in range(PAGES)]
    desk.feed(*pages)
    answers = {url: desk.web.pages[url] for url in pages}
    desk.web.pages |= {url: Failure(reason="timeout") for url in pages}
    desk.run()
    desk.web.pages |= answers
    desk.web.taking = 0.7
    desk.later(minutes=12)
    asked = len(desk.web.log)
    run_together(desk, 2, planned=False)
    assert_polite(desk)
    assert sorted(pages) == sorted(request.url for request in desk.web.log[asked:])
    assert sorted(pages) == sorted(raw.url for raw in desk.raws())
