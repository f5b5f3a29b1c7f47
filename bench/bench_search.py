"""How fast readers are answered while stories are indexed, and how large the index is.

    python -m bench.bench_search [--stories 200000] [--seconds 6] [--clients 1 8 32] [--rate 20] [--rebuild]

Generated stories (`bench/search/generated.py`) in a real Elasticsearch started for the purpose, or the one
that `--url` names, which must be empty. Times are a client's own, threads of one process beside the server;
the server's CPU time of a search includes what indexing takes meanwhile. `--rebuild` also fills a new version
of the index from the topic, while a reader searches.
"""

from __future__ import annotations

import argparse
import os
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice

import numpy as np

import schemas
from bench.search import generated
from bench.search.filling import Filled, client, cpu_seconds, fill
from infra.local.throwaway import throwaway_instance
from pipeline import settings as settings_module
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.bootstrap import run_reindex
from pipeline.core.model import Story
from pipeline.core.reindex import compared
from pipeline.core.search import Query
from pipeline.search import Search
from pipeline.settings import Settings
from pipeline.world import World

HEAP = "1g"
"""Elasticsearch's memory, as `make run` gives it, unless `COPYDESK_ELASTICSEARCH_HEAP` says otherwise."""
EXPORTED = 40_000
WARM_SECONDS = 4.0
GOALS = {"plain": 150, "filtered": 150, "phrase": 150, "faceted": 400}
"""Milliseconds at eight clients on two cores, p95."""

Asked = Callable[[random.Random, Sequence[Story]], Query]


def main() -> None:
    options = _options()
    with _servers(options.url, topics=options.rebuild) as settings:
        world = World(settings)
        try:
            filled = fill(world, datetime.now(UTC), options.stories, publish=options.rebuild)
            report_filling(filled)
            report_size(world, options.stories)
            warm_up(world, filled.told)
            for clients in options.clients:
                for kind, asked in KINDS.items():
                    measure(world, filled.told, kind, asked, clients, options.seconds, options.rate)
            measure_export(world)
            if options.rebuild:
                measure_rebuild(world)
        finally:
            world.close()


def report_filling(filled: Filled) -> None:
    """How fast, and the server's CPU time with merges."""
    rate, cpu = filled.count / filled.seconds, filled.server_cpu_seconds / filled.count * 1000
    print(
        f"filled: {filled.count:,} stories in {filled.seconds:.0f} s, {rate:,.0f} a second with making them;"
        f" {cpu:.1f} ms of the server's CPU a story",
        flush=True,
    )


def report_size(world: World, count: int) -> None:
    """Bytes of the index, all segments as they are."""
    indices = client(world).indices
    indices.flush(index="news-stories")
    held = indices.stats(index="news-stories", metric="store,segments").body["_all"]["primaries"]
    size, segments = held["store"]["size_in_bytes"], held["segments"]["count"]
    print(f"index: {size / count / 1024:.1f} KiB a story, {segments} segments", flush=True)


def plain(rng: random.Random, told: Sequence[Story]) -> Query:
    story = rng.choice(told)
    assert story.content is not None
    return Query(text=" ".join(rng.sample(_words(story), 2)))


def faceted(rng: random.Random, told: Sequence[Story]) -> Query:
    asked = plain(rng, told)
    return Query(text=asked.text.split()[0], facets=True)


def phrase(rng: random.Random, told: Sequence[Story]) -> Query:
    words = _words(rng.choice(told))
    at = rng.randrange(len(words) - 1)
    return Query(text=f'"{words[at]} {words[at + 1]}"')


def filtered(rng: random.Random, told: Sequence[Story]) -> Query:
    story = rng.choice(told)
    assert story.content is not None
    return Query(
        text=rng.choice(_words(story)),
        filters={"language": [story.content.language], "access": ["free"]},
        since=datetime.now(UTC) - timedelta(days=30),
    )


def deep(rng: random.Random, _told: Sequence[Story]) -> Query:
    return Query(sort="newest", offset=rng.randrange(5_000, 9_000))


KINDS: dict[str, Asked] = {
    "plain": plain,
    "filtered": filtered,
    "phrase": phrase,
    "faceted": faceted,
    "deep": deep,
}


def warm_up(world: World, told: Sequence[Story]) -> None:
    """Every kind for a while, unmeasured: a server that has just started compiles its code first."""
    with ThreadPoolExecutor(4) as pool:
        for asked in KINDS.values():
            runs = [pool.submit(ask, world, told, asked, number, WARM_SECONDS) for number in range(4)]
            for run in runs:
                run.result()


def measure(
    world: World, told: Sequence[Story], kind: str, asked: Asked, clients: int, seconds: float, rate: float
) -> None:
    """Ask for a while from so many clients, and print the quantiles."""
    stop = threading.Event()
    indexing = threading.Thread(target=index_meanwhile, args=(world, rate, stop))
    indexing.start()
    used = cpu_seconds(world)
    try:
        with ThreadPoolExecutor(clients) as pool:
            runs = [pool.submit(ask, world, told, asked, number, seconds) for number in range(clients)]
            answers = [answer for run in runs for answer in run.result()]
    finally:
        stop.set()
        indexing.join()
    used = cpu_seconds(world) - used
    p50, p95, p99 = np.percentile([taken * 1000 for taken, _ in answers], [50, 95, 99])
    goal = GOALS.get(kind) if clients == 8 else None
    said = "" if goal is None else f"   goal {goal} {'met' if p95 < goal else 'MISSED'}"
    print(
        f"{kind:<9}{clients:>3} clients {len(answers) / seconds:>6.0f} a second"
        f"   p50 {p50:>6.0f}   p95 {p95:>6.0f}   p99 {p99:>6.0f} ms"
        f"   server CPU {used / len(answers) * 1000:>4.0f} ms"
        f"   found {np.median([total for _, total in answers]):>8,.0f}{said}",
        flush=True,
    )


def ask(
    world: World, told: Sequence[Story], asked: Asked, number: int, seconds: float
) -> list[tuple[float, int]]:
    """One client with a connection of its own: the next question when the last is answered. Seconds and
    how many stories were found."""
    rng, answers = random.Random(number), list[tuple[float, int]]()
    with Search(world.settings) as search:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            query = asked(rng, told)
            began = time.perf_counter()
            total = search(query).total
            answers.append((time.perf_counter() - began, total))
    return answers


def index_meanwhile(world: World, rate: float, stop: threading.Event) -> None:
    """`rate` stories a second, stored as the index stage stores them, a second's worth at once."""
    stories = ElasticStories(world.next_index._client)
    coming = generated.stories(10**9, datetime.now(UTC), seed=2, first=10**6 + int(time.time()) % 10**6 * 64)
    while not stop.is_set():
        stories.put(list(islice(coming, round(rate))))
        stop.wait(1.0)


def measure_export(world: World) -> None:
    """Page after page of everything."""
    began = time.perf_counter()
    count = sum(1 for _ in islice(world.searcher.all(Query(sort="newest")), EXPORTED))
    print(
        f"export: {count / (time.perf_counter() - began):,.0f} stories a second, {count:,} read", flush=True
    )


def measure_rebuild(world: World) -> None:
    """A new version of the index, the longest a reader waited meanwhile, and what differs afterwards."""
    stop, waits, totals = threading.Event(), list[float](), list[int]()

    def read() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            totals.append(world.searcher.search(Query(sort="newest")).total)
            waits.append(time.perf_counter() - began)
            stop.wait(0.1)

    reader = threading.Thread(target=read)
    reader.start()
    began = time.perf_counter()
    try:
        found = run_reindex(world, lambda *_: None)
    finally:
        stop.set()
        reader.join()
    taken = time.perf_counter() - began
    stories = sum(found.statuses.values())
    versions = (world.next_index._standings(name) for name in (found.served_before, found.index))
    differing = compared(*versions)
    print(
        f"rebuild: {stories / taken:,.0f} stories a second ({stories:,} in {taken:.0f} s);"
        f" {len(differing.behind)} missing or older, {len(differing.ahead)} more or newer,"
        f" {found.checked} compared in full; {len(waits)} searches meanwhile, the slowest"
        f" {max(waits) * 1000:.0f} ms, never fewer than {min(totals):,} of {max(totals):,} stories"
    )


def _words(story: Story) -> list[str]:
    """Words of the title that a reader would ask for; of Chinese, runs of characters."""
    assert story.content is not None
    if story.content.language == "zh":
        return [story.content.title[at : at + 3] for at in range(0, max(len(story.content.title) - 3, 2), 2)]
    return [word for word in story.content.title.split() if word] * 2


@contextmanager
def _servers(url: str | None, *, topics: bool) -> Iterator[Settings]:
    if url is not None:
        settings = settings_module.load({"COPYDESK_ELASTICSEARCH_URL": url})
        apply_indices(settings, contract={"news-stories": schemas.indices()["news-stories"]})
        yield settings
        return
    os.environ.setdefault("COPYDESK_ELASTICSEARCH_HEAP", HEAP)
    with throwaway_instance(("kafka", "elasticsearch") if topics else ("elasticsearch",)) as instance:
        settings = settings_module.load(instance.environment())
        apply_indices(settings)
        if topics:
            apply_topics(settings)
        yield settings


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stories", type=int, default=200_000, help="20000 for a first look")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rate", type=float, default=20.0, help="stories indexed a second meanwhile")
    parser.add_argument("--url", help="an Elasticsearch to use instead of one of its own")
    parser.add_argument("--rebuild", action="store_true", help="measure a rebuild too, with Kafka")
    return parser.parse_args()


if __name__ == "__main__":
    main()
