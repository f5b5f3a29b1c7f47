"""Say so when a story answers a saved search: the topic says what changed, the index whether it fits.

    python examples/consumers/alert.py '"rail strike" -football' [--language en] [--memory alerts.db] [--once]

A story stands in the index before its record is in the topic, and is searchable once the index refreshes.
Each story is announced once: what was announced is remembered in `--memory`, committed before the offset.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing

from kafka import KafkaConsumer

from pipeline.messages import Story, read
from pipeline.search import MAX_HITS, Hit, Query, Search

REFRESH_SECONDS = 2.5
"""A little more than the refresh interval of `news-stories`."""


def main() -> None:
    arguments = parse()
    with (
        closing(sqlite3.connect(arguments.memory)) as memory,
        closing(consumer(arguments)) as stories,
        Search(url=arguments.elasticsearch) as search,
    ):
        memory.execute("CREATE TABLE IF NOT EXISTS announced (story_id TEXT PRIMARY KEY)")
        while True:
            batch = stories.poll(timeout_ms=5000, max_records=MAX_HITS)
            if not batch and arguments.once and stories.assignment():
                break
            found = [read(record) for records in batch.values() for record in records]
            changed = {s.story_id for s in found if isinstance(s, Story) and s.status == "active"}
            if changed:
                time.sleep(REFRESH_SECONDS)
                announce(memory, matching(search, arguments, changed))
            stories.commit()


def matching(search: Search, arguments: argparse.Namespace, changed: set[str]) -> Iterable[Hit]:
    """The changed stories among all that answer the search."""
    filters = {"language": arguments.language} if arguments.language else {}
    return [
        hit for hit in search.all(Query(text=arguments.search, filters=filters)) if hit.story_id in changed
    ]


def announce(memory: sqlite3.Connection, hits: Iterable[Hit]) -> None:
    with memory:
        for hit in hits:
            new = memory.execute("INSERT OR IGNORE INTO announced VALUES (?)", (hit.story_id,)).rowcount
            if new:
                print(f"{hit.title}\n    {hit.url}", flush=True)


def consumer(arguments: argparse.Namespace) -> KafkaConsumer:
    return KafkaConsumer(
        "news.stories.v1",
        bootstrap_servers=arguments.kafka,
        group_id=arguments.group,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("search")
    parser.add_argument("--language", action="append", default=[])
    parser.add_argument("--memory", default="alerts.db")
    parser.add_argument("--group", default="example-alert", help="one for each saved search")
    parser.add_argument("--kafka", default="127.0.0.1:9092")
    parser.add_argument("--elasticsearch", default="http://127.0.0.1:9200")
    parser.add_argument("--once", action="store_true", help="stop when nothing new has come for 5 seconds")
    return parser.parse_args()


if __name__ == "__main__":
    main()
