"""What subscribers build on: the typed messages, tolerant of everything optional, and the examples."""

from __future__ import annotations

import json
import re
import shutil
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
from pipeline.adapters.kafka_clients import producer
from pipeline.core.codec import key_of
from pipeline.core.model import Story
from pipeline.core.story_form import story_of
from pipeline.core.validation import fault
from pipeline.messages import CleanArticle, InvalidRecord, RawArticle, read
from pipeline.settings import Settings
from tests.contract.test_consumer_docs import publish, read_as_shown

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "consumers"
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


def sparse() -> list[tuple[dict[str, Any], Consumed]]:
    """Every example of a story without anything optional, and no header but its type."""
    stories = [bare("story", copied(written)) for written in schemas.examples("story").values()]
    return [(story, consumed("story", story)) for story in stories]


@pytest.mark.servers
def test_examples_read_messages_without_any_optional_field(
    empty: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The contract may only add to what these messages hold, so whoever reads them reads all to come."""
    written, kafka = dict[str, dict[str, Any]](), ("--kafka", empty.kafka_bootstrap)
    with closing(producer(empty)) as sender:
        for story, record in sparse():
            before = written.get(story["story_id"])
            if before is None or before["version"] < story["version"]:
                written[story["story_id"]] = story
            sender.send(record.topic, record.value, key=record.key, headers=record.headers).get(30)
    active = {name for name, story in written.items() if story["status"] == "active"}
    with closing(elastic_clients.client(empty)) as client:
        ElasticStories(client, "news-stories-write").put([story_of(written[name]) for name in sorted(active)])

    told = list(ran("tail.py", *kafka))
    assert len(sparse()) == len(told)
    assert all(
        any(story["story_id"] in line or story.get("title", "…") in line for line in told)
        for story, _ in sparse()
    )

    database = tmp_path / "stories.db"
    list(ran("sqlite_sink.py", str(database), *kafka))
    with closing(sqlite3.connect(database)) as held:
        rows = dict(held.execute("SELECT story_id, status FROM stories").fetchall())
    assert {name: story["status"] for name, story in written.items()} == rows

    options = ("--memory", str(tmp_path / "alerts.db"), "--elasticsearch", empty.elasticsearch_url)
    said = list(ran("alert.py", "", *options, *kafka))
    assert sorted(written[name]["title"] for name in active) == sorted(said[::2])

    read_as_shown(empty)
    shown = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert {(story["status"], name) for name, story in written.items()} == {(a, b) for a, b in shown}


LINES = {
    document: line
    for document in ("docs/consumers.md", "examples/consumers/README.md")
    for line in (ROOT / document).read_text(encoding="utf-8").splitlines()
    if line.strip().startswith("kcat ")
}


@pytest.mark.parametrize("document", LINES)
def test_a_line_of_kcat_reads_committed_records_and_only_fields_there_are(document: str) -> None:
    kcat, jq = LINES[document].split(" | ", 1)
    assert "-t news.stories.v1 " in kcat
    assert " -C " in kcat  # or it writes when nobody sits at the terminal
    assert "-X isolation.level=read_committed" in kcat
    known = schemas.message_schema("story")["properties"]
    assert set() == set(re.findall(r"(?<![\w\])])\.([a-z_]+)", jq)) - known.keys()


@pytest.mark.servers
@pytest.mark.skipif(not (shutil.which("kcat") and shutil.which("jq")), reason="kcat and jq are not installed")
@pytest.mark.parametrize("document", LINES)
def test_a_line_of_kcat_tells_the_stories(empty: Settings, document: str) -> None:
    publish(empty, one_article(), removed(one_article()))
    line = LINES[document].replace("127.0.0.1:9092", empty.kafka_bootstrap).replace("kcat ", "kcat -e -q ", 1)
    done = subprocess.run(["bash", "-c", line], check=True, capture_output=True, text=True, timeout=60)
    first, *rest = done.stdout.splitlines()
    assert first.endswith("Winter ferry timetable begins Monday")
    assert all(one_article().story_id in line for line in rest)
