"""How fast readers are answered while stories are indexed, and how large the index is.

    python -m bench.bench_search [--stories 20000] [--seconds 3] [--clients 1 8 32] [--rate 20] [--rebuild]

Generated stories (`bench/search/generated.py`) in a real Elasticsearch started for the purpose, or the one
that `--url` names, which must be empty. Times are a client's own, threads of one process beside the server.
`--rebuild` also fills a new version of the index from the topic, while a reader searches.
"""

from __future__ import annotations

import argparse
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
from infra.local.throwaway import throwaway_instance
from pipeline import settings as settings_module
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.bootstrap import run_reindex
from pipeline.core.codec import to_message
from pipeline.core.model import Story
from pipeline.core.search import Query
from pipeline.search import Search
from pipeline.settings import Settings
from pipeline.world import World

CHUNK = 500
WORDS_FROM = 2_000
"""Stories whose words are asked for."""
WARM_SECONDS = 4.0
GOALS = {"plain": 150, "filtered": 150, "phrase": 150, "faceted": 400}
"""Milliseconds at eight clients on two cores, p95."""

Asked = Callable[[random.Random, Sequence[Story]], Query]


def main() -> None:
    options = _options()
    with _servers(options.url, topics=options.rebuild) as settings:
        world = World(settings)
        try:
            told = fill(world, options.stories, publish=options.rebuild)
            report_size(world, options.stories)
            warm_up(world, told)
            for clients in options.clients:
                for kind, asked in KINDS.items():
                    measure(world, told, kind, asked, clients, options.seconds, options.rate)
            measure_export(world)
            if options.rebuild:
                measure_rebuild(world)
        finally:
            world.close()


def fill(world: World, count: int, *, publish: bool) -> list[Story]:
    """Store `count` stories; a few of them for their words."""
    began, told = time.perf_counter(), list[Story]()
    source = generated.stories(count, datetime.now(UTC))
    while chunk := list(islice(source, CHUNK)):
        world.stories.put(chunk)
        if publish:
            world.publisher.publish([to_message(story, source="/stages/index") for story in chunk])
        told += chunk[: WORDS_FROM * CHUNK // max(count, CHUNK) + 1]
    world.stories.refresh()
    print(
        f"filled: {count:,} stories, {count / (time.perf_counter() - began):,.0f} a second with making them"
    )
    return told


def report_size(world: World, count: int) -> None:
    """Bytes of the index, all segments as they are."""
    client = world.next_index._client
    client.indices.flush(index="news-stories")
    size = client.indices.stats(index="news-stories", metric="store")["_all"]["primaries"]["store"]
    print(f"index: {size['size_in_bytes'] / count / 1024:.1f} KiB a story")


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
    try:
        with ThreadPoolExecutor(clients) as pool:
            runs = [pool.submit(ask, world, told, asked, number, seconds) for number in range(clients)]
            times = np.array([taken for run in runs for taken in run.result()]) * 1000
    finally:
        stop.set()
        indexing.join()
    p50, p95, p99 = np.percentile(times, [50, 95, 99])
    goal = GOALS.get(kind) if clients == 8 else None
    said = "" if goal is None else f"   goal {goal} {'met' if p95 < goal else 'MISSED'}"
    print(
        f"{kind:<9}{clients:>3} clients {len(times) / seconds:>7.0f} a second"
        f"   p50 {p50:>6.0f}   p95 {p95:>6.0f}   p99 {p99:>6.0f} ms{said}",
        flush=True,
    )


def ask(world: World, told: Sequence[Story], asked: Asked, number: int, seconds: float) -> list[float]:
    """One client with a connection of its own: the next question when the last is answered."""
    rng, times = random.Random(number), list[float]()
    with Search(world.settings) as search:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            query = asked(rng, told)
            began = time.perf_counter()
            search(query)
            times.append(time.perf_counter() - began)
    return times


def index_meanwhile(world: World, rate: float, stop: threading.Event) -> None:
    """`rate` stories a second, stored as the index stage stores them, a second's worth at once."""
    stories = ElasticStories(world.next_index._client)
    coming = generated.stories(10**9, datetime.now(UTC), seed=2, first=10**6 + int(time.time()) % 10**6 * 64)
    while not stop.is_set():
        stories.put(list(islice(coming, round(rate))))
        stop.wait(1.0)


def measure_export(world: World) -> None:
    """Everything, page after page."""
    began = time.perf_counter()
    count = sum(1 for _ in world.searcher.all(Query(sort="newest")))
    print(f"export: {count / (time.perf_counter() - began):,.0f} stories a second, {count:,} in all")


def measure_rebuild(world: World) -> None:
    """A new version of the index, and the longest a reader waited meanwhile."""
    stop, waits = threading.Event(), list[float]()

    def read() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            world.searcher.search(Query(sort="newest"))
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
    print(
        f"rebuild: {stories / taken:,.0f} stories a second ({stories:,} in {taken:.0f} s), 0 differences;"
        f" {len(waits)} searches meanwhile, the slowest {max(waits) * 1000:.0f} ms"
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
    with throwaway_instance(("kafka", "elasticsearch") if topics else ("elasticsearch",)) as instance:
        settings = settings_module.load(instance.environment())
        apply_indices(settings)
        if topics:
            apply_topics(settings)
        yield settings


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stories", type=int, default=20_000, help="200000 for the recorded figures")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--rate", type=float, default=20.0, help="stories indexed a second meanwhile")
    parser.add_argument("--url", help="an Elasticsearch to use instead of one of its own")
    parser.add_argument("--rebuild", action="store_true", help="measure a rebuild too, with Kafka")
    return parser.parse_args()


if __name__ == "__main__":
    main()
