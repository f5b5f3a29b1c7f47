"""What of a host outlives its worker: whatever it did last, the next one is no closer than the pace."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pipeline.core.http import PAGE, Failure, Request, Response
from pipeline.stages.fetch_hosts import Hosts
from tests.stages.fetching import Desk, source

HOST = "herald.example"
URL = f"https://{HOST}/a"
PATIENCE = 60.0


def asking(url: str = URL) -> Request:
    return Request(url=url, limits=PAGE)


class Stalling:
    """A web that never answers, until the request is cut off."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def get(self, request: Request) -> Response | Failure:
        if request.url.endswith("/robots.txt"):
            return Response(url=request.url, status=404)
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("never answers")

    async def close(self) -> None:
        """Nothing to close."""


def test_request_that_was_cut_off_counts_when_the_host_is_given_back():
    """A run whose Kafka is gone stops its workers in the middle of their requests."""
    desk = Desk()
    ports, stalling = desk.ports(), Stalling()

    async def visit() -> None:
        gates = Hosts(desk.ports_with(stalling, ports), desk.options())
        task = asyncio.create_task(gates.ask(asking(), pace=5.0, patience=PATIENCE))
        await stalling.asked.wait()
        desk.later(seconds=7)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await gates.close_all()

    asyncio.run(visit())
    ports.threads.shutdown()
    held = desk.world.hosts.all()[HOST]
    assert held.lease_owner is None
    assert held.next_request_at == desk.clock.now() + timedelta(seconds=5)


def test_host_that_asks_for_quiet_gets_it_also_when_the_worker_dies_at_once():
    desk = Desk()
    desk.web.page(URL, status=429, retry_after="600")
    ports = desk.ports()
    asyncio.run(_ask_once(Hosts(ports, desk.options())))
    ports.threads.shutdown()
    held = desk.world.hosts.all()[HOST]
    assert held.lease_owner == "worker-1", "nobody gave it back"
    assert held.held_until == desk.clock.now() + timedelta(seconds=600)


async def _ask_once(gates: Hosts) -> None:
    await gates.ask(asking(), pace=5.0, patience=PATIENCE)


def test_worker_with_a_longer_pace_waits_it_out_after_one_with_a_shorter():
    desk = Desk()
    ports = desk.ports()

    async def visits() -> None:
        for owner, pace in (("hasty", 1.0), ("patient", 20.0)):
            gates = Hosts(ports, desk.options(owner=owner))
            await gates.ask(asking(), pace=pace, patience=PATIENCE)
            await gates.close_all()

    asyncio.run(visits())
    ports.threads.shutdown()
    first, second = (asked.at for asked in desk.web.log if asked.url == URL)
    assert second - first >= timedelta(seconds=20)


def test_clock_that_lags_behind_the_timer_does_not_shorten_the_pace():
    desk = Desk()
    ports = desk.ports()

    async def half(seconds: float) -> None:
        """A timer that rings when the shared clock is only half there, as far as it can tell."""
        await desk.clock.sleep(seconds / 2 if seconds > 0.01 else seconds)

    async def visits() -> None:
        gates = Hosts(desk.ports_with(desk.web, ports, sleep=half), desk.options())
        for _ in range(2):
            await gates.ask(asking(), pace=5.0, patience=PATIENCE)
        await gates.close_all()

    asyncio.run(visits())
    ports.threads.shutdown()
    first, second = (asked.at for asked in desk.web.log if asked.url == URL)
    assert second - first >= timedelta(seconds=5)


def test_plan_for_chosen_sources_has_no_shard_for_what_it_will_not_ask():
    other = "https://other.example/feed"
    desk = Desk(source(), source("other", other))
    desk.feed(URL)
    desk.feed("https://other.example/x", url=other)
    desk.web.page("https://other.example/x", status=503)
    desk.run()
    desk.later(hours=12)
    assert [["herald.example"], ["other.example"]] == sorted(desk.planned(4, force=True))
    assert [["herald.example"]] == desk.planned(4, force=True, only=frozenset({"herald"}))


def test_plan_has_no_shard_for_removed_articles():
    desk = Desk()
    desk.feed(URL)
    desk.run()
    desk.remove(URL)
    desk.later(hours=2)
    paused = Desk(source(paused=True))
    paused.world, paused.clock = desk.world, desk.clock
    assert [] == paused.planned(4)
