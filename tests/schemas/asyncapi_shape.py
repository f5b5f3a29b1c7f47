"""What AsyncAPI 3.0 allows, as far as our document goes: every object with its own words and no others.

Written after https://www.asyncapi.com/docs/reference/specification/v3.0.0. The official schema is many times
this size; `ASYNCAPI_SCHEMA` may name a copy of it, and a test then asks it too.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string", "minLength": 1}


def obj(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    """An object with these members, and extensions of our own beginning with `x-`."""
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        "patternProperties": {"^x-": True},
        "additionalProperties": False,
    }


def named(value: Any) -> dict[str, Any]:
    return {"type": "object", "minProperties": 1, "additionalProperties": value}


def reference(place: str) -> dict[str, Any]:
    return obj({"$ref": {"type": "string", "pattern": f"^#/{place}/[A-Za-z0-9_-]+$"}})


KAFKA_CHANNEL = obj(
    {"bindingVersion": {"const": "0.5.0"}},
    topic=TEXT,
    partitions={"type": "integer", "exclusiveMinimum": 0},
    replicas={"type": "integer", "exclusiveMinimum": 0},
    topicConfiguration={
        "type": "object",
        "properties": {
            "cleanup.policy": {"type": "array", "items": {"enum": ["compact", "delete"]}},
            "retention.ms": {"type": "integer", "minimum": -1},
            "retention.bytes": {"type": "integer", "minimum": -1},
            "delete.retention.ms": {"type": "integer", "minimum": 0},
            "max.message.bytes": {"type": "integer", "minimum": 0},
        },
        "additionalProperties": False,
    },
)
CHANNEL = obj(
    {"address": TEXT, "messages": named(reference("components/messages"))},
    title=TEXT,
    summary=TEXT,
    description=TEXT,
    bindings=obj({"kafka": KAFKA_CHANNEL}),
)
KAFKA_OPERATION = obj(
    {"bindingVersion": {"const": "0.5.0"}}, groupId={"type": "object"}, clientId={"type": "object"}
)
OPERATION = obj(
    {"action": {"enum": ["send", "receive"]}, "channel": reference("channels")},
    title=TEXT,
    summary=TEXT,
    description=TEXT,
    messages={"type": "array"},
    bindings=obj({"kafka": KAFKA_OPERATION}),
)
SCHEMA = {"type": "object"}
EXAMPLE = {**obj({}, name=TEXT, summary=TEXT, headers={"type": "object"}, payload=True), "minProperties": 1}
MESSAGE = obj(
    {
        "payload": SCHEMA,
        "headers": {"type": "object", "required": ["type"], "properties": {"type": {"const": "object"}}},
    },
    name=TEXT,
    title=TEXT,
    summary=TEXT,
    description=TEXT,
    contentType={"type": "string", "pattern": "^[a-z]+/[a-z.+-]+$"},
    bindings=obj({"kafka": obj({"bindingVersion": {"const": "0.5.0"}}, key=SCHEMA)}),
    examples={"type": "array", "items": EXAMPLE},
)
INFO = obj({"title": TEXT, "version": TEXT}, description=TEXT, license=obj({"name": TEXT}, url=TEXT))
DOCUMENT = obj(
    {
        "asyncapi": {"const": "3.0.0"},
        "info": INFO,
        "channels": named(CHANNEL),
        "operations": named(OPERATION),
        "components": obj({"messages": named(MESSAGE)}),
    },
    defaultContentType={"const": "application/json"},
)
