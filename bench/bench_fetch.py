"""How fast fetch is: feeds per CPU-second beside feedparser, planning, and pages to acknowledged records.

    python -m bench.bench_fetch [--hosts 200] [--pages 20] [--seconds 90] [--servers] [--only PART]

Pages run over loopback with no pace, against a server process of its own; `--servers` publishes to a real
Kafka and keeps the ledger in a real Elasticsearch, started for the purpose, else both are in memory.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.fetch.documents import shapes
from pipeline.adapters.http import HttpFetcher
from pipeline.adapters.memory import MemoryWorld
from pipeline.core import catalogue, feeds
from pipeline.core.sources import Source, SourceState
from pipeline.ports import Write
from pipeline.stages import fetch
from pipeline.stages.fetch_ports import FetchPorts, Options
from pipeline.stages.runs import reported

ROUNDS = 5


def best(work: Callable[[], object], times: int) -> float:
    """CPU seconds of one call: the best of some rounds, since the machine is shared."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times)
    return min(rounds)


def bench_feeds() -> None:
    """Both readers on the same documents, feedparser as it comes."""
    import feedparser

    print(f"{'feeds':<18}{'KiB':>6}{'ours ms':>9}{'feedparser ms':>15}{'ratio':>7}")
    total = [0.0, 0.0]
    for name, body in shapes():
        ours = best(lambda body=body: feeds.parse(body, None, "https://desk.example/feed"), 20)
        theirs = best(lambda body=body: feedparser.parse(body), 2)
        total = [total[0] + ours, total[1] + theirs]
        _print_row(name, len(body) / 1024, ours, theirs)
    _print_row("all", sum(len(body) for _, body in shapes()) / 1024, *total)
    print(f"feeds per CPU-second: {len(list(shapes())) / total[0]:.0f}")


def _print_row(name: str, kib: float, ours: float, theirs: float) -> None:
    print(f"{name:<18}{kib:>6.0f}{ours * 1000:>9.2f}{theirs * 1000:>15.1f}{theirs / ours:>7.1f}")


def bench_planning(number: int = 10_000) -> None:
    """Reading a catalogue of so many rows, and deciding what is due and in which shards."""
    rows = "".join(
        f"- {{id: s{at}, name: Source {at}, kind: feed, url: 'https://host{at}.example/feed'}}\n"
        for at in range(number)
    )
    began = time.perf_counter()
    sources = catalogue.read(f"version: 1\nsources:\n{rows}")
    read = time.perf_counter() - began
    world = MemoryWorld()
    now = datetime.now(UTC)
    world.sources.put(
        [
            Write(
                id=source.id,
                value=SourceState(
                    source_id=source.id, url=source.url, due_at=now - timedelta(minutes=at % 2)
                ),
            )
            for at, source in enumerate(sources)
        ]
    )
    with ThreadPoolExecutor(1) as threads:
        ports = _ports(world, HttpFetcher("bench"), threads)
        began = time.perf_counter()
        found, shards = fetch.plan(ports, sources, Options(agent="bench", owner="bench"), 12)
        planned = time.perf_counter() - began
    due = f"{len(found.sources)} due, {len(shards)} shards"
    print(f"planning {number} sources: {planned:.2f} s ({due}); reading the catalogue: {read:.2f} s")


def bench_pages(hosts: int, pages: int, seconds: float, *, servers: bool) -> None:
    """From a due feed to acknowledged records, all hosts at once and without pace, for so long at most."""
    sources = [
        Source(
            id=f"s{at}", name=f"Source {at}", kind="feed", url=f"http://h{at}.example/feed", pace_seconds=0.0
        )
        for at in range(hosts)
    ]
    with _web(pages) as port, _world(servers) as world, ThreadPoolExecutor(8) as threads:
        fetcher = HttpFetcher("Copydesk-Bench/0.1", [("*.example", f"127.0.0.1:{port}")])
        ports = _ports(world, fetcher, threads)
        options = Options(
            agent="bench", owner="bench", pace_seconds=0.0, host_seconds=seconds, seconds=seconds
        )
        with reported("fetch", world.runs, ports.ledger, ports.clock) as run:
            began, cpu = time.perf_counter(), time.process_time()
            fetch.run(ports, sources, options, run)
            wall, cpu = time.perf_counter() - began, time.process_time() - cpu
        fetched = run.tally.outcomes["fetched"]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    where = "real Kafka and Elasticsearch" if servers else "memory"
    speed = f"{fetched / wall:.0f} pages/s, {fetched / cpu:.0f} per CPU-second"
    print(f"{fetched} pages of {hosts} hosts into {where}: {speed}, peak {peak:.0f} MiB")


def _ports(world: Any, fetcher: HttpFetcher, threads: ThreadPoolExecutor) -> FetchPorts:
    return FetchPorts(
        fetcher=fetcher,
        publisher=world.publisher() if isinstance(world, MemoryWorld) else world.publisher,
        ledger=world.articles if isinstance(world, MemoryWorld) else world.ledger,
        sources=world.sources,
        hosts=world.hosts,
        clock=lambda: datetime.now(UTC),
        threads=threads,
    )


@contextmanager
def _web(pages: int) -> Iterator[int]:
    command = [sys.executable, "-m", "bench.fetch.server", str(pages)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


@contextmanager
def _world(servers: bool) -> Iterator[Any]:
    if not servers:
        yield MemoryWorld()
        return
    from infra.local.throwaway import throwaway_instance
    from pipeline import settings
    from pipeline.adapters.apply_index import apply_indices
    from pipeline.adapters.apply_topics import apply_topics
    from pipeline.world import World

    with throwaway_instance(("kafka", "elasticsearch")) as instance:
        configured = settings.load(instance.environment())
        apply_indices(configured)
        apply_topics(configured)
        world = World(configured)
        try:
            yield world
        finally:
            world.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=90.0, help="bound on fetching pages")
    parser.add_argument("--servers", action="store_true")
    parser.add_argument("--only", choices=["feeds", "planning", "pages"])
    given = parser.parse_args()
    if given.only in (None, "feeds"):
        bench_feeds()
    if given.only in (None, "planning"):
        bench_planning()
    if given.only in (None, "pages"):
        bench_pages(given.hosts, given.pages, given.seconds, servers=given.servers)


if __name__ == "__main__":
    main()
