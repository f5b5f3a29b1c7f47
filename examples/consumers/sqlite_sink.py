"""Keep a table of stories in SQLite, exactly one row a story, whatever is delivered twice or killed midway.

    python examples/consumers/sqlite_sink.py stories.db [--kafka 127.0.0.1:9092] [--once]

Two rules make it so. A row changes only for a higher `version`, which makes repeating harmless. And the
offset is committed to Kafka after the rows are committed to SQLite, which makes losing impossible.
Stories that are removed or gone lose their text at once; `merged_into` keeps old links working.
"""

from __future__ import annotations

import argparse
import sqlite3
from contextlib import closing

from kafka import KafkaConsumer

from pipeline.messages import Story, read

TABLE = """
CREATE TABLE IF NOT EXISTS stories (
    story_id TEXT PRIMARY KEY, version INTEGER NOT NULL, status TEXT NOT NULL, merged_into TEXT,
    event_at TEXT NOT NULL, copies INTEGER NOT NULL, language TEXT, url TEXT, title TEXT, text TEXT
)
"""
UPSERT = """
INSERT INTO stories VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (story_id) DO UPDATE SET
    version = excluded.version, status = excluded.status, merged_into = excluded.merged_into,
    event_at = excluded.event_at, copies = excluded.copies, language = excluded.language,
    url = excluded.url, title = excluded.title, text = excluded.text
WHERE excluded.version > stories.version
"""


def main() -> None:
    arguments = parse()
    with (
        closing(sqlite3.connect(arguments.database)) as database,
        closing(consumer(arguments.kafka)) as stories,
    ):
        database.execute("PRAGMA secure_delete = ON")  # removed text leaves the file too
        database.execute(TABLE)
        while True:
            batch = stories.poll(timeout_ms=5000, max_records=500)
            if not batch and arguments.once and stories.assignment():
                break
            found = [read(record) for records in batch.values() for record in records]
            with database:
                database.executemany(UPSERT, [row(story) for story in found if isinstance(story, Story)])
            stories.commit()


def consumer(kafka: str) -> KafkaConsumer:
    return KafkaConsumer(
        "news.stories.v1",
        bootstrap_servers=kafka,
        group_id="example-sqlite-sink",
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )


def row(story: Story) -> tuple[object, ...]:
    shown = story.content
    return (
        story.story_id,
        story.version,
        story.status,
        story.merged_into,
        story.event_at.isoformat(),
        len(story.members) + len(story.more_member_ids),
        *((shown.language, shown.url, shown.title, shown.text) if shown else (None, None, None, None)),
    )


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--kafka", default="127.0.0.1:9092")
    parser.add_argument("--once", action="store_true", help="stop when nothing new has come for 5 seconds")
    return parser.parse_args()


if __name__ == "__main__":
    main()
