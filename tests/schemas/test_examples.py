"""Every example is what its schema and the codec say it is, and together they show everything."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

import schemas
from pipeline.core.codec import Value, from_record, read_dead_letter, to_message
from pipeline.core.records import Record
from pipeline.errors import InvalidRecord
from tests.schemas.reading import declared, enumerations, shown, values_at

VALUES = [kind for kind in schemas.kinds() if kind != "dead_letter"]
VALID = [(kind, case) for kind in VALUES for case in schemas.examples(kind)]
INVALID = [(kind, case) for kind in VALUES for case in schemas.examples(f"invalid/{kind}")]

NEVER_SHOWN = {
    ("story", ("members", "edits")): {"park", "furniture"},
    ("story", ("access",)): {"metered", "paywalled", "unknown"},
    ("dead_letter", ("dl_reason",)): {
        "key", "decode", "extraction-failed", "extraction-crashed", "document-rejected", "record-rejected",
    },
    ("dead_letter", ("dl_stage",)): {"fetch"},
}  # fmt: skip
"""Words without an example of their own: they look like their neighbours, or concern no member."""


def record(kind: str, value: bytes, key: str | None = None) -> Record:
    contract = schemas.kinds()[kind]
    return Record(
        topic=contract.topic,
        partition=0,
        offset=7,
        key=key,
        value=value,
        headers={"ce_type": contract.type},
        timestamp=datetime(2026, 11, 24, tzinfo=UTC),
    )


def read(kind: str, written: dict[str, Any]) -> Value:
    key = written.get("story_id") or written.get("article_id") or "furniture"
    value = from_record(record(kind, json.dumps(written).encode(), key))
    assert value is not None
    return value


@pytest.mark.parametrize(("kind", "case"), VALID)
def test_example_survives_reading_and_writing(kind: str, case: str) -> None:
    value = read(kind, schemas.examples(kind)[case])
    message = to_message(value, source="/stages/test")
    assert value == from_record(record(kind, message.value or b"", message.key))


@pytest.mark.parametrize(("kind", "case"), VALID)
def test_what_we_write_repeats_every_known_word_of_the_example(kind: str, case: str) -> None:
    example = schemas.examples(kind)[case]
    ours = json.loads(to_message(read(kind, example), source="/stages/test").value or b"")
    for path in declared(schemas.message_schema(kind)):
        if path[-1] != "at" and not path[-1].endswith("_at"):  # written again with six digits
            assert words(example, path) == words(ours, path)[: len(words(example, path))], path


def words(message: dict[str, Any], path: tuple[str, ...]) -> list[Any]:
    return [word for word in values_at(message, path) if word is not None and not isinstance(word, dict)]


@pytest.mark.parametrize(("kind", "case"), INVALID)
def test_invalid_example_is_refused_for_its_reason(kind: str, case: str) -> None:
    example = schemas.examples(f"invalid/{kind}")[case]
    value = example["text"] if "text" in example else json.dumps(example["value"])
    with pytest.raises(InvalidRecord) as refused:
        from_record(record(kind, value.encode()))
    assert example["reason"] == refused.value.reason
    assert example["error"] in refused.value.message


@pytest.mark.parametrize("case", schemas.examples("dead_letter"))
def test_dead_letter_example_is_read(case: str) -> None:
    headers = schemas.examples("dead_letter")[case]
    letter = read_dead_letter(replace(record("dead_letter", b"{}"), headers=headers))
    assert headers["dl_reason"] == letter.reason
    assert int(headers["dl_attempts"]) == letter.attempts


@pytest.mark.parametrize("case", schemas.examples("invalid/dead_letter"))
def test_invalid_dead_letter_example_is_refused_for_its_reason(case: str) -> None:
    example = schemas.examples("invalid/dead_letter")[case]
    with pytest.raises(InvalidRecord) as refused:
        read_dead_letter(replace(record("dead_letter", b"{}"), headers=example["value"]))
    assert example["reason"] == refused.value.reason
    assert example["error"] in refused.value.message


@pytest.mark.parametrize("kind", list(schemas.kinds()))
def test_examples_show_every_field(kind: str) -> None:
    used = {path for example in schemas.examples(kind).values() for path in shown(example)}
    assert set() == set(declared(schemas.message_schema(kind))) - used


@pytest.mark.parametrize("kind", list(schemas.kinds()))
def test_examples_show_every_word_of_every_enumeration(kind: str) -> None:
    for path, words in enumerations(schemas.message_schema(kind)):
        used = {value for example in schemas.examples(kind).values() for value in values_at(example, path)}
        assert NEVER_SHOWN.get((kind, path), set()) == set(words) - used, path
