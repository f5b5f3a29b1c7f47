"""How long news takes: from the newsroom's desk to the raw topic, and from there to a search that finds it.

    python -m bench.bench_latency [--mode follow|dags] [--fetch follow|dag] [--seconds 120] [--json]

Real Kafka and Elasticsearch with data of their own, and with `--mode dags` a whole Airflow as `make run`
starts it. The demo newsroom publishes an article a second after its first edition is through. By default
everything is done by `--follow` workers, or by the DAGs on their own schedules; `--mode dags --fetch follow`
leaves only clean and index to the DAGs, so that raw records come evenly.

    published ──discovery──► raw record ──clean──► record of the log ──index──► found by a search

`published` is the newsroom's clock, on the same machine. The times of records are those that Kafka keeps,
given by the producer as it sends, so the wait for the acknowledgement counts as the next stage's. A search
asks four times a second; the index's refresh is part of the wait. Exits with 1 when an article was not found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

import newsroom
from bench.latency.figures import Timing, lines, waits
from bench.latency.watch import Watch
from bench.latency.workers import following
from infra.local.instance import Instance
from infra.local.throwaway import throwaway_instance
from newsroom import Room
from pipeline import settings as settings_module
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.core import urls
from pipeline.settings import Settings
from pipeline.world import World

RAW, LOG = "news.articles.raw.v1", "news.articles.clean.v1"
GOALS = {"follow": 10.0, "dags": 60.0}
"""Seconds at p95 from the raw record to a search that finds it."""
PATIENCE = 600.0
"""Seconds for the first edition, and after the last article: the DAGs look for news every five minutes."""

Check = Callable[[], None]


def main() -> None:
    """Start everything, publish for a while, report."""
    options = _options()
    with _folder() as folder, newsroom.serve() as room, throwaway_instance() as instance:
        told = _told(room, folder, options.poll_every)
        settings = settings_module.load({**instance.environment(), **told})
        apply_topics(settings)
        apply_indices(settings)
        with _working(options, instance, told, folder) as check, Watch(settings) as watch:
            watch.expect(_ids(room))
            _wait(watch, check, "the first edition")
            load = os.getloadavg()
            published = publish(room, watch, options.seconds, options.rate, check)
            missing = _wait(watch, check, None)
        timings = _timings(settings, published, watch.seen)
    report(options, load, timings, missing)
    sys.exit(1 if missing else 0)


def publish(room: Room, watch: Watch, seconds: float, rate: float, check: Check) -> dict[str, datetime]:
    """Publish so many articles a second for a while; article id → the newsroom's time of publication."""
    published: dict[str, datetime] = {}
    began = time.monotonic()
    for number in range(round(seconds * rate)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        article = room.publish()
        name = _article_id(room.desk.outlets[article.outlet_id].listed_url(article.path))
        published[name] = article.published_at
        watch.expect([name])
        check()
    return published


def report(
    options: argparse.Namespace, load: tuple[float, ...], timings: list[Timing], missing: set[str]
) -> None:
    """Print the waits, and whether the goal was met."""
    found = waits(timings)
    goal = GOALS[options.mode]
    if options.json:
        facts = {"mode": options.mode, "fetch": options.fetch, "rate": options.rate, "goal": goal}
        counts = {"articles": len(timings) + len(missing), "missing": len(missing)}
        machine = {"cores": os.cpu_count(), "load": [round(value, 1) for value in load]}
        print(json.dumps({**facts, **counts, **machine, "seconds": found}))
        return
    print(
        f"{options.mode}, fetch by {options.fetch}: {len(timings)} articles at {options.rate:g} a second, "
        f"{len(missing)} not found; sources asked every {options.poll_every:g} s; "
        f"{os.cpu_count()} cores, load {load[0]:.1f}"
    )
    for line in lines(found):
        print(line)
    if found:
        reached = found["raw to searchable"]["p95"]
        print(f"goal: raw to searchable p95 below {goal:g} s, {'met' if reached < goal else 'MISSED'}")


@contextmanager
def _working(
    options: argparse.Namespace, instance: Instance, told: Mapping[str, str], folder: Path
) -> Iterator[Check]:
    """Workers, and Airflow where the DAGs are to work."""
    by_dags = options.mode == "dags"
    followed = [] if by_dags else ["clean", "index"]
    if options.fetch == "follow":
        followed.insert(0, "fetch")
    if by_dags:
        # A catalogue without sources keeps news_scrape from the work that the worker is to do.
        empty = folder / "empty.yaml"
        empty.write_text("version: 1\nsources: []\n", encoding="utf-8")
        sources = {} if options.fetch == "dag" else {"COPYDESK_SOURCES": str(empty)}
        instance.up(("airflow",), environment={**told, **sources})
    with following(followed, {**instance.environment(), **told}, folder) as check:
        yield check


def _told(room: Room, folder: Path, poll_every: float) -> dict[str, str]:
    """The settings that make the newsroom's hosts known, with sources asked at the given pace."""
    rows: list[dict[str, Any]] = [{**row, "interval_minutes": poll_every / 60} for row in room.sources]
    catalogue = folder / "sources.yaml"
    catalogue.write_text(yaml.safe_dump({"version": 1, "sources": rows}), encoding="utf-8")
    return {
        "COPYDESK_SOURCES": str(catalogue),
        "COPYDESK_HOST_TABLE": f"*.example={room.host}:{room.port}",
    }


def _ids(room: Room) -> set[str]:
    return {_article_id(url) for url in room.truth.articles}


def _article_id(url: str) -> str:
    return urls.article_id(urls.canonical(url))


def _wait(watch: Watch, check: Check, needed: str | None) -> set[str]:
    """Wait for all that is expected; what did not come. Raises SystemExit when it was `needed`."""
    deadline = time.monotonic() + PATIENCE
    while (missing := watch.wait(5.0)) and time.monotonic() < deadline:
        check()
    if missing and needed:
        raise SystemExit(f"{needed} is not through after {PATIENCE:.0f} s: {len(missing)} articles missing")
    return missing


def _timings(
    settings: Settings, published: Mapping[str, datetime], seen: Mapping[str, datetime]
) -> list[Timing]:
    world = World(settings)
    try:
        raw, log = _first_records(world, RAW), _first_records(world, LOG)
    finally:
        world.close()
    return [
        Timing(published=at, raw=raw[name], log=log[name], searchable=seen[name])
        for name, at in published.items()
        if name in seen
    ]


def _first_records(world: World, topic: str) -> dict[str, datetime]:
    """Key → time of its first record."""
    ends = {partition: end for partition, (_, end) in world.reader.ends(topic).items()}
    found: dict[str, datetime] = {}
    for record in world.reader.read(topic, {}, ends):
        if record.key is not None:
            found.setdefault(record.key, record.timestamp)
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the servers' account may read."""
    folder = Path(tempfile.mkdtemp(prefix="copydesk-latency-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mode", choices=["follow", "dags"], default="follow", help="who cleans and indexes")
    parser.add_argument("--fetch", choices=["follow", "dag"], help="who fetches; default: the same")
    parser.add_argument("--seconds", type=float, default=120.0, help="how long the newsroom publishes")
    parser.add_argument("--rate", type=float, default=1.0, help="articles a second")
    parser.add_argument("--poll-every", type=float, default=30.0, help="seconds between polls of a source")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.fetch is None:
        options.fetch = "dag" if options.mode == "dags" else "follow"
    if options.mode == "follow" and options.fetch == "dag":
        parser.error("--fetch dag needs --mode dags")
    return options


if __name__ == "__main__":
    main()
