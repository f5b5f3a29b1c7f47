"""Three hundred small hosts whose feeds and redirects lead to one another, so that workers meet everywhere.

    python -m tests.e2e.village PORT ORIGIN NUMBER

is one worker of three: real stage, real client, leases in the real Elasticsearch. It begins with a third of
the hosts and then works wherever something is due, one run after the other until SIGTERM. Its time, begun
at ORIGIN (seconds since the epoch), runs `SPEED` times as fast: pace, leases and deadlines keep their
production values and their proportions.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from newsroom import plain
from newsroom.answer import Answer, Played, html, text
from newsroom.room import Host
from pipeline import log, settings
from pipeline.adapters.http import HttpFetcher
from pipeline.bootstrap import World, stopping
from pipeline.core.http import Failure, Request, Response
from pipeline.core.sources import Source
from pipeline.stages import fetch
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.runs import reported

HOSTS, WORKERS = 300, 3
SPEED = 5
PACE = 5.0
"""Seconds of the workers' time, as in production."""

PATIENCE = 200.0
"""Seconds of the workers' time for a host: enough on a busy machine, so that nothing is put off."""

HOLD = 15
"""Seconds of quiet that some hosts ask for by a 429."""


def name(number: int) -> str:
    return f"v{number % HOSTS:03d}.example"


class Village:
    """An annex of the newsroom."""

    def __init__(self) -> None:
        self.hosts: Mapping[str, Host] = {name(number): House(number) for number in range(HOSTS)}
        self.sources: list[dict[str, Any]] = []

    @property
    def pages(self) -> set[tuple[str, str]]:
        """Host and path of every page that all workers together must bring home."""
        return {(name(number), path) for number in range(HOSTS) for path in House(number).pages}


class House:
    """One host: a page of its own, and by its number one announced next door, or one that has moved there,
    a robots.txt that lies elsewhere, a page at which the server hangs up, or a call for quiet."""

    def __init__(self, number: int) -> None:
        home, last = f"http://{name(number)}", number % 10
        announced = [f"{home}/own"]
        self.pages = {"/own"}
        self._answers: dict[str, Answer | Played] = {
            "/robots.txt": text("User-agent: *\nAllow: /\n"),
            "/rules.txt": text("User-agent: *\nDisallow: /private\n"),
        }
        if number % 3 == 0:
            announced.append(f"http://{name(number + 1)}/from-neighbour")
            announced.append(f"{home}/moved")
            self._answers["/moved"] = _moved(f"http://{name(number + 2)}/arrived")
        elif number % 3 == 1:
            self.pages.add("/from-neighbour")
        else:
            self.pages.add("/arrived")
        if last == 3:
            announced.insert(0, f"{home}/cut")
            self._answers["/cut"] = Played(_hang_up)
        if last == 5:
            self._answers["/robots.txt"] = _moved(f"http://{name(number + WORKERS)}/rules.txt")
        if last == 7:
            announced.insert(0, f"{home}/busy")
            self._answers["/busy"] = Answer(b"", "text/plain", 429, headers=(("Retry-After", str(HOLD)),))
        self._answers |= {path: html(f"<p>{path} of {name(number)}") for path in self.pages}
        self._answers["/feed.xml"] = Answer(_feed(number, announced).encode(), "application/rss+xml")

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer | Played:
        return self._answers.get(path, text("Not found", 404))


def _moved(target: str) -> Answer:
    return Answer(b"", "text/plain", 302, headers=(("Location", target),))


async def _hang_up(request: web.Request) -> web.StreamResponse:
    """The connection ends without a word, as when a server has just given up an idle one."""
    if request.transport is not None:
        request.transport.close()
    raise ConnectionResetError("hung up on purpose")


def _feed(number: int, links: list[str]) -> str:
    now = datetime.now(UTC)
    home = f"http://{name(number)}"
    return plain.feed(name(number), home, [(link, f"News at {link}", now) for link in links])


def catalogue() -> list[Source]:
    return [
        Source(id=f"v{number}", name=name(number), kind="feed", url=f"http://{name(number)}/feed.xml")
        for number in range(HOSTS)
    ]


class _Hasty:
    """The real client in the workers' time."""

    def __init__(self, fetcher: HttpFetcher) -> None:
        self._fetcher = fetcher

    async def get(self, request: Request) -> Response | Failure:
        limits = replace(request.limits, seconds=request.limits.seconds / SPEED)
        return await self._fetcher.get(replace(request, limits=limits))

    async def close(self) -> None:
        await self._fetcher.close()


def main(port: str, origin: str, number: str) -> None:
    log.configure("WARNING")
    began = datetime.fromtimestamp(float(origin), UTC)
    own = [name(each) for each in range(HOSTS) if each % WORKERS == int(number)]
    world = World(settings.load())

    def clock() -> datetime:
        return began + SPEED * (datetime.now(UTC) - began)

    def sleep(seconds: float) -> Any:
        return asyncio.sleep(seconds / SPEED)

    with stopping() as stop, ThreadPoolExecutor(8) as threads:
        options = Options(
            agent="Copydesk-Test/0.1",
            owner=f"worker-{number}",
            pace_seconds=PACE,
            host_seconds=PATIENCE,
            stop=stop,
        )
        hosts: list[str] | None = own
        while not stop():
            fetcher = HttpFetcher("Copydesk-Test/0.1", [("*.example", f"127.0.0.1:{port}")])
            ports = FetchPorts(
                fetcher=_Hasty(fetcher),
                publisher=world.publisher,
                ledger=world.ledger,
                sources=world.sources,
                hosts=world.hosts,
                clock=clock,
                sleep=sleep,
                threads=threads,
            )
            with reported("fetch", world.runs, world.ledger, clock) as run:
                fetch.run(ports, catalogue(), options, run, hosts)
            hosts = None
            time.sleep(0.5)
    world.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
