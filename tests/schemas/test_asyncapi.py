"""The AsyncAPI document says what the contracts say."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

import schemas
from pipeline.core.codec import to_message
from pipeline.core.story_form import story_of
from schemas import asyncapi
from tests.schemas.asyncapi_shape import DOCUMENT as SHAPED

DOCUMENT: dict[str, Any] = yaml.safe_load(asyncapi.text())
SHAPE = jsonschema_rs.Draft202012Validator(SHAPED)
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


def test_the_document_has_the_form_of_one() -> None:
    assert [] == [f"{error.instance_path}: {error.message}" for error in SHAPE.iter_errors(DOCUMENT)]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["asyncapi"], "2.6.0"),
        (["info", "version"], None),
        (["channels", "news_stories_v1", "publish"], {}),
        (["channels", "news_stories_v1", "messages", "story"], {"$ref": "#/messages/story"}),
        (["channels", "news_stories_v1", "bindings", "kafka", "partitions"], 0),
        (["operations", "send_news_stories_v1", "action"], "publish"),
        (["operations", "send_news_stories_v1", "channel"], "news_stories_v1"),
        (["components", "messages", "story", "payload"], None),
        (["components", "messages", "story", "headers", "type"], "array"),
        (["components", "messages", "story", "examples"], [{}]),
    ],
    ids=[
        "version 2",
        "no version of its own",
        "an operation within a channel",
        "a message from elsewhere",
        "no partition",
        "an action of version 2",
        "a channel by name",
        "no payload",
        "headers in a list",
        "an example of nothing",
    ],
)
def test_a_document_of_another_form_is_found(path: list[str], value: Any) -> None:
    changed = yaml.safe_load(asyncapi.text())
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    assert not SHAPE.is_valid(changed)


@pytest.mark.skipif("ASYNCAPI_SCHEMA" not in os.environ, reason="ASYNCAPI_SCHEMA names no official schema")
def test_the_official_schema_finds_nothing_wrong() -> None:
    official = json.loads(Path(os.environ["ASYNCAPI_SCHEMA"]).read_text(encoding="utf-8"))
    found = jsonschema_rs.Draft7Validator(official).iter_errors(DOCUMENT)
    assert [] == [f"{error.instance_path}: {error.message}" for error in found]


def test_whoever_writes_or_reads_a_topic_has_an_operation_on_its_channel() -> None:
    done = {
        (DOCUMENT["channels"][at.removeprefix("#/channels/")]["address"], operation["action"])
        for operation in DOCUMENT["operations"].values()
        for at in [operation["channel"]["$ref"]]
    }
    reads = {(name, "receive") for name, topic in schemas.topics().items() if topic.groups}
    assert {(name, "send") for name in schemas.topics()} | reads == done


def test_every_message_travels_somewhere_and_shows_an_example_that_fits() -> None:
    travelling = {name for channel in DOCUMENT["channels"].values() for name in channel["messages"]}
    assert MESSAGES.keys() == travelling
    for name, message in MESSAGES.items():
        for example in message["examples"]:
            for part in ("headers", "payload"):
                if part in example:
                    fits = jsonschema_rs.Draft7Validator(message[part], validate_formats=True)
                    assert fits.is_valid(example[part]), (name, part)


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
