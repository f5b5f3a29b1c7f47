"""The contract files agree with one another and with the dataclasses they describe."""

import ast
import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import pipeline
import schemas
from pipeline.core.dead_letters import DeadLetterReason
from pipeline.core.evidence import SourceBody
from pipeline.core.hosts import HostState
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import (
    Change,
    CleanArticle,
    Content,
    Edit,
    EditKind,
    RawArticle,
    RelationKind,
    Revision,
    Story,
    StoryStatus,
)
from pipeline.core.reports import RunReport, Stage
from pipeline.core.sources import SourceState
from tests.schemas import reading

FACETS = {
    "article_count",
    "source_count",
    "source_ids",
    "countries",
    "agencies",
    "revision_count",
    "correction_count",
    "revised",
}
"""What the codec derives from the members of a story."""


def paths_of(kind: Any, path: reading.Path = ()) -> set[reading.Path]:
    """Every field of a dataclass, through optional ones and tuples; free mappings have none."""
    hints = get_type_hints(kind)
    found = set()
    for field in fields(kind):
        inner = [part for part in (hints[field.name], *get_args(hints[field.name])) if is_dataclass(part)]
        found |= {(*path, field.name)}
        found |= {below for part in inner for below in paths_of(part, (*path, field.name))}
    return found


def story_paths() -> set[reading.Path]:
    own = {path for path in paths_of(Story) if path[0] != "content"}
    return own | paths_of(Content) | {(facet,) for facet in FACETS}


def raw_paths() -> set[reading.Path]:
    return paths_of(RawArticle) - {("body",)} | {("body_base64",)}


MESSAGES = {
    "raw_article": raw_paths(),
    "clean_article": paths_of(CleanArticle),
    "edit": paths_of(Edit),
    "story": story_paths(),
}
DOCUMENTS = {
    "news-stories": story_paths(),
    "news-revisions": {path for path in paths_of(Revision) if path[0] != "article" or len(path) == 1},
    "news-articles": paths_of(LedgerEntry),
    "news-sources": paths_of(SourceState),
    "news-hosts": paths_of(HostState),
    "news-sources-bodies": paths_of(SourceBody),
    "news-runs": paths_of(RunReport),
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_schema_has_exactly_the_fields_of_the_dataclass(kind: str) -> None:
    assert MESSAGES[kind] == set(reading.declared(schemas.message_schema(kind)))


@pytest.mark.parametrize("index", schemas.indices())
def test_mapping_has_exactly_the_fields_of_the_dataclass(index: str) -> None:
    mapped = set(reading.fields(schemas.indices()[index].mappings))
    if index == "news-stories":
        mapped = {path for path in mapped if not search_only(path)}
    assert DOCUMENTS[index] == mapped


def search_only(path: reading.Path) -> bool:
    stem, _, language = path[0].partition("_")
    return path == ("suggest",) or (stem in ("title", "text") and language != "")


@pytest.mark.parametrize("index", schemas.indices())
def test_mapping_takes_no_field_it_does_not_know(index: str) -> None:
    contract = schemas.indices()[index]
    assert contract.mappings["dynamic"] == "strict"
    assert index in contract.aliases


@pytest.mark.parametrize(
    ("kind", "path", "words"),
    [
        ("edit", ("kind",), EditKind),
        ("story", ("status",), StoryStatus),
        ("story", ("change",), Change),
        ("story", ("members", "edits"), EditKind),
        ("story", ("relations", "kind"), RelationKind),
        ("dead_letter", ("dl_reason",), DeadLetterReason),
        ("dead_letter", ("dl_stage",), Stage),
    ],
)
def test_enumeration_has_exactly_the_words_of_the_code(kind: str, path: reading.Path, words: Any) -> None:
    assert set(get_args(words)) == set(dict(reading.enumerations(schemas.message_schema(kind)))[path])


def test_every_kind_travels_in_exactly_one_topic() -> None:
    carried = [kind for topic in schemas.topics().values() for kind in topic.kinds]
    assert sorted(schemas.kinds()) == sorted(carried)


@pytest.mark.parametrize("kind", list(schemas.kinds()))
def test_the_major_version_is_the_same_everywhere(kind: str) -> None:
    contract = schemas.kinds()[kind]
    major = contract.topic.rsplit(".", 1)[1]
    assert contract.type.endswith(f".{major}")
    assert f"/{major}/" in contract.schema_id
    assert contract.schema_id.endswith(f"/{kind}.schema.json")


def test_a_dead_letter_has_room_for_any_record() -> None:
    topics = schemas.topics()
    largest = max(
        int(topic.config["max.message.bytes"]) for name, topic in topics.items() if "dead" not in name
    )
    assert topics["news.dead-letters.v1"].max_value_bytes >= largest


def test_no_keyword_of_a_valid_story_can_exceed_what_elasticsearch_takes() -> None:
    """A keyword may have 32,766 bytes; a character up to four, and folding makes of one up to 18 letters."""
    properties = schemas.message_schema("story")["properties"]
    for name, field in schemas.indices()["news-stories"].mappings["properties"].items():
        indexed = field.get("index", True) or field.get("doc_values", True)
        schema = properties.get(name, {})
        limit = schema.get("items", schema).get("maxLength")
        if field.get("type") == "keyword" and indexed and limit is not None:
            assert limit * (18 * 4 if "normalizer" in field else 4) <= 32_766, name


def test_every_reason_in_the_code_is_a_dead_letter_reason() -> None:
    used = {
        node.args[0].value
        for file in Path(pipeline.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "InvalidRecord"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert {"schema", "not-json"} <= used
    assert set() == used - set(get_args(DeadLetterReason))


def test_every_file_is_json_and_ends_with_a_line_feed() -> None:
    for file in Path(schemas.__file__).parent.rglob("*.json"):
        text = file.read_text(encoding="utf-8")
        json.loads(text)
        assert text.endswith("}\n"), file
