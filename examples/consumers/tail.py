"""Print every story as it changes: the shortest useful reader.

    python examples/consumers/tail.py [--kafka 127.0.0.1:9092] [--once]

It has no group and keeps nothing: it starts at the first story each time.
"""

from __future__ import annotations

import argparse

from kafka import KafkaConsumer

from pipeline.messages import Story, read


def main() -> None:
    arguments = parse()
    consumer = KafkaConsumer(
        "news.stories.v1",
        bootstrap_servers=arguments.kafka,
        group_id=None,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        consumer_timeout_ms=5000 if arguments.once else float("inf"),
    )
    for record in consumer:
        match read(record):
            case Story(content=content) as story if content is not None:
                copies = f" (+{len(story.members) - 1})" if len(story.members) > 1 else ""
                print(f"{story.changed_at:%H:%M} {story.change:8} {content.title}{copies}", flush=True)
            case Story() as story:
                print(f"{story.changed_at:%H:%M} {story.status:8} {story.story_id}", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kafka", default="127.0.0.1:9092")
    parser.add_argument("--once", action="store_true", help="stop when nothing new has come for 5 seconds")
    return parser.parse_args()


if __name__ == "__main__":
    main()
