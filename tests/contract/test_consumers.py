"""What subscribers build on: the typed messages, tolerant of everything optional, and the examples."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

import schemas
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.core.codec import key_of
from pipeline.core.model import Story
from pipeline.core.story_form import story_of
from pipeline.core.validation import fault
from pipeline.messages import CleanArticle, InvalidRecord, RawArticle, read
from pipeline.settings import Settings
from tests.contract.test_consumer_docs import publish

EXAMPLES = Path(__file__).parents[2] / "examples" / "consumers"
KINDS = ("story", "clean_article", "raw_article", "edit")


@dataclass
class Consumed:
    """A record as kafka-python hands it out."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]] = field(default_factory=list)
    partition: int = 0
    offset: int = 7
    timestamp: int = 1_780_000_000_000


def consumed(kind: str, written: dict[str, Any]) -> Consumed:
    contract = schemas.kinds()[kind]
    name = "story_id" if kind == "story" else "article_id"
    return Consumed(
        topic=contract.topic,
        key=(written.get(name) or "furniture").encode(),
        value=json.dumps(written).encode(),
        headers=[("ce_type", contract.type.encode())],
    )


def bare(kind: str, written: Any, whole: Any | None = None) -> Any:
    """`written` without every field that may be absent, at any depth, while it still validates."""
    whole = written if whole is None else whole
    if isinstance(written, dict):
        for name in list(written):
            held = written.pop(name)
            if fault(kind, whole):
                written[name] = held
                bare(kind, held, whole)
    elif isinstance(written, list):
        for one in written:
            bare(kind, one, whole)
    return written


def copied(value: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(value))


CASES = [(kind, name) for kind in KINDS for name in schemas.examples(kind)]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{kind} {name}" for kind, name in CASES])
def test_a_message_without_any_optional_field_is_read_as_the_same_thing(kind: str, name: str) -> None:
    whole = copied(schemas.examples(kind)[name])
    less = bare(kind, copied(whole))
    assert less.keys() <= whole.keys()
    full, spare = read(consumed(kind, whole)), read(consumed(kind, less))
    assert full is not None
    assert spare is not None
    assert (type(full), key_of(full)) == (type(spare), key_of(spare))


def test_what_readers_may_rely_on_is_there_without_the_optional_fields() -> None:
    story = read(consumed("story", bare("story", copied(schemas.examples("story")["one-article"]))))
    assert isinstance(story, Story)
    assert story.content is not None
    assert (story.content.title, story.content.published_at) == ("Winter ferry timetable begins Monday", None)
    article = bare("clean_article", copied(schemas.examples("clean_article")["complete"]))
    assert isinstance(read(consumed("clean_article", article)), CleanArticle)
    page = read(consumed("raw_article", copied(schemas.examples("raw_article")["from-a-feed"])))
    assert isinstance(page, RawArticle)
    assert page.body


def test_a_kind_from_the_future_is_skipped_and_a_broken_record_says_so() -> None:
    record = consumed("story", copied(schemas.examples("story")["one-article"]))
    assert read(replace(record, headers=[("ce_type", b"news.weather.v1")])) is None
    with pytest.raises(InvalidRecord):
        read(replace(record, value=b"{}"))


def one_article(**changes: Any) -> Story:
    return replace(story_of(schemas.examples("story")["one-article"]), **changes)


def removed(story: Story) -> Story:
    hidden = story_of(schemas.examples("story")["removed-with-copies"])
    return replace(hidden, story_id=story.story_id, version=story.version + 1)


def ran(program: str, *arguments: str) -> Iterator[str]:
    done = subprocess.run(
        [sys.executable, EXAMPLES / program, *arguments, "--once"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={"PYTHONPATH": str(EXAMPLES.parents[1]), "PATH": "", "PYTHONIOENCODING": "utf-8"},
    )
    yield from done.stdout.splitlines()


@pytest.mark.servers
def test_examples_do_what_they_say(empty: Settings, tmp_path: Path) -> None:
    """One start of the broker for all: a tail, a sink killed and repeated, an alert that fires once."""
    story, kafka = one_article(), ("--kafka", empty.kafka_bootstrap)
    publish(empty, story, story)
    with closing(elastic_clients.client(empty)) as client:
        ElasticStories(client, "news-stories-write").put([story])

    told = list(ran("tail.py", *kafka))
    assert ["10:15 created  Winter ferry timetable begins Monday"] * 2 == told

    search = ("winter ferries", "--language", "en", "--memory", str(tmp_path / "alerts.db"))
    servers = (*kafka, "--elasticsearch", empty.elasticsearch_url)
    assert "Winter ferry timetable begins Monday" == next(ran("alert.py", *search, *servers))
    assert [] == list(ran("alert.py", *search, *servers, "--group", "reads-all-of-it-again"))
    other = ("rail strike", "--memory", str(tmp_path / "other.db"), "--group", "other")
    assert [] == list(ran("alert.py", *other, *servers))

    database = tmp_path / "stories.db"
    list(ran("sqlite_sink.py", str(database), *kafka))
    publish(empty, removed(story), story)
    list(ran("sqlite_sink.py", str(database), *kafka))
    with closing(sqlite3.connect(database)) as held:
        rows = held.execute("SELECT story_id, version, status, title, text FROM stories").fetchall()
    assert [(story.story_id, story.version + 1, "removed", None, None)] == rows
    assert b"crossings a day fewer" not in database.read_bytes()
