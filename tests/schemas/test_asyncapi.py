"""The AsyncAPI document says what the contracts say."""

from typing import Any

import jsonschema_rs
import pytest
import yaml

import schemas
from pipeline.core.codec import to_message
from pipeline.core.story_form import story_of
from schemas import asyncapi

DOCUMENT: dict[str, Any] = yaml.safe_load(asyncapi.text())
MESSAGES: dict[str, Any] = DOCUMENT["components"]["messages"]


def test_committed_document_is_current() -> None:
    assert asyncapi.text() == asyncapi.DOCUMENT.read_text(encoding="utf-8"), (
        "run `python -m schemas.asyncapi`"
    )


def references(value: Any) -> set[str]:
    if isinstance(value, list):
        return {found for item in value for found in references(item)}
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own | {found for item in value.values() for found in references(item)}
    return set()


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        place = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def test_every_topic_is_a_channel_with_its_settings() -> None:
    channels = {channel["address"]: channel for channel in DOCUMENT["channels"].values()}
    assert set(schemas.topics()) == set(channels)
    for name, topic in schemas.topics().items():
        assert channels[name]["bindings"]["kafka"]["partitions"] == topic.partitions
        assert list(channels[name]["messages"]) == list(topic.kinds)


@pytest.mark.parametrize("kind", [kind for kind in schemas.kinds() if kind != "dead_letter"])
def test_payload_refuses_what_the_schema_refuses(kind: str) -> None:
    payload = jsonschema_rs.Draft7Validator(MESSAGES[kind]["payload"], validate_formats=True)
    assert all(payload.is_valid(example) for example in schemas.examples(kind).values())
    for case, example in schemas.examples(f"invalid/{kind}").items():
        if "value" in example and not schemas.validator(kind).is_valid(example["value"]):
            assert not payload.is_valid(example["value"]), case


def test_headers_are_those_we_write() -> None:
    message = to_message(story_of(schemas.examples("story")["one-article"]), source="/stages/index")
    headers = MESSAGES["story"]["headers"]
    assert set(headers["properties"]) == set(message.headers)
    assert jsonschema_rs.Draft7Validator(headers).is_valid(dict(message.headers))
