"""An index filled as fast as the machine can: stories in several streams, each as the index stage writes.

process 1 ──► generated.stories ──► ElasticStories.put ──► bulk
process 2 ──► …                                             │  nothing is made findable before the end,
                                                            ▼  and the translog is not synchronised
                                                       news-stories
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from itertools import islice
from multiprocessing import get_context
from typing import Any

import schemas
from bench.search import generated
from pipeline.adapters.elastic_stories import ALIAS
from pipeline.core.codec import to_message
from pipeline.core.model import Story
from pipeline.settings import Settings
from pipeline.world import World

CHUNK = 500
WORDS_FROM = 2_000
"""Stories whose words are asked for."""
MERGE_SECONDS = 300.0
"""How long merges may go on after the last story."""
_FILLING = {"refresh_interval": "-1", "translog.durability": "async"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was stored: `told` are some of the stories, for their words."""

    count: int
    seconds: float
    server_cpu_seconds: float
    told: list[Story]


def fill(world: World, now: datetime, count: int, *, publish: bool, streams: int = 2) -> Filled:
    """Store `count` stories, and publish them too if asked. Returns when merges have ended."""
    ranges = [(first, min(CHUNK, count - first)) for first in range(0, count, CHUNK)]
    store = partial(_store, settings=world.settings, now=now, publish=publish)
    began, used = time.perf_counter(), cpu_seconds(world)
    with _without_refresh(world), ProcessPoolExecutor(streams, get_context("spawn")) as pool:
        for _ in pool.map(store, ranges):
            pass
    taken = time.perf_counter() - began
    _wait_for_merges(world)
    return Filled(
        count=count,
        seconds=taken,
        server_cpu_seconds=cpu_seconds(world) - used,
        told=_told(ranges, now),
    )


def cpu_seconds(world: World) -> float:
    """What Elasticsearch's process has used so far."""
    nodes = client(world).nodes.stats(metric="process").body["nodes"]
    used: int = sum(node["process"]["cpu"]["total_in_millis"] for node in nodes.values())
    return used / 1000


def client(world: World) -> Any:
    """The world's own client of Elasticsearch."""
    return world.next_index._client


def _told(ranges: Sequence[tuple[int, int]], now: datetime) -> list[Story]:
    """Evenly from all chunks, made again, since the same numbers give the same stories."""
    every = max(1, len(ranges) * CHUNK // WORDS_FROM // 10)
    some = ranges[::every]
    each = WORDS_FROM // len(some) + 1
    return [
        story for first, size in some for story in islice(generated.stories(size, now, first=first), each)
    ]


@cache
def _world(settings: Settings) -> World:
    """The stream's own: clients do not survive a fork."""
    return World(settings)


def _store(range_: tuple[int, int], *, settings: Settings, now: datetime, publish: bool) -> None:
    first, size = range_
    world = _world(settings)
    stories = list(generated.stories(size, now, first=first))
    world.stories.put(stories)
    if publish:
        world.publisher.publish([to_message(story, source="/stages/index") for story in stories])


@contextmanager
def _without_refresh(world: World) -> Iterator[None]:
    served = schemas.indices()["news-stories"].settings
    asked = client(world).indices
    asked.put_settings(index=ALIAS, settings=_FILLING)
    try:
        yield
    finally:
        asked.put_settings(index=ALIAS, settings={name: served.get(name) for name in _FILLING})
        asked.refresh(index=ALIAS)


def _wait_for_merges(world: World) -> None:
    end = time.perf_counter() + MERGE_SECONDS
    while time.perf_counter() < end:
        merges = client(world).indices.stats(index=ALIAS, metric="merge").body["_all"]["primaries"]["merges"]
        if not merges["current"]:
            return
        time.sleep(1)
