"""How fast the codec is: `python -m bench.codec` prints one JSON object a line, rates per CPU-second.

The article is invented, twelve paragraphs of German, 8 kB; the page has 4 MiB, the story 1,000 members.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import schemas
from pipeline.core.codec import Value, from_record, to_document, to_message
from pipeline.core.model import CleanArticle, RawArticle, Story
from pipeline.core.records import Message, Record
from pipeline.core.story_form import story_of

PARAGRAPH = "Die Stadt erhöht die Zölle auf Fährgut, sagte ein Sprecher des Hafens am Montag. " * 7
SECONDS = 2.0


def main() -> None:
    """Measure and print."""
    values: dict[str, Value] = {
        "clean article": article(),
        "page of 4 MiB": page(),
        "story of 1,000": story(),
    }
    for name, value in values.items():
        message = to_message(value, source="/stages/bench")
        rates = {
            "encode": rate(partial(to_message, value, source="/stages/bench")),
            "decode": rate(partial(from_record, lying(message))),
            "document": rate(partial(to_document, value)),
        }
        print(json.dumps({"value": name, "bytes": len(message.value or b""), **rates}))


def rate(action: Callable[[], object]) -> int:
    """How often a CPU-second holds `action`."""
    action()
    done, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        action()
        done += 1
    return round(done / spent)


def article() -> CleanArticle:
    """A clean article of usual length."""
    value = read("clean_article", "wire-copy-dated-to-the-day")
    assert isinstance(value, CleanArticle)
    return replace(value, text="\n\n".join([PARAGRAPH] * 12))


def page() -> RawArticle:
    """The largest page there may be."""
    value = read("raw_article", "from-a-feed")
    assert isinstance(value, RawArticle)
    return replace(value, body=b"<p>Hafen " * (4 * 2**20 // 9))


def story() -> Story:
    """The largest story whose members are listed in full."""
    value = story_of(schemas.examples("story")["one-article"])
    return replace(value, members=value.members * 1000)


def read(kind: str, case: str) -> Value | None:
    """An example of the contracts as a value."""
    example = schemas.examples(kind)[case]
    return from_record(_record(kind, example["article_id"], json.dumps(example).encode()))


def _record(kind: str, key: str, value: bytes) -> Record:
    """The record that carries `value`."""
    contract = schemas.kinds()[kind]
    return lying(Message(topic=contract.topic, key=key, value=value, headers={"ce_type": contract.type}))


def lying(message: Message) -> Record:
    """The record a message becomes."""
    return Record(
        topic=message.topic,
        partition=0,
        offset=0,
        key=message.key,
        value=message.value,
        headers=message.headers,
        timestamp=datetime(2026, 11, 24, tzinfo=UTC),
    )


if __name__ == "__main__":
    main()
