"""`python -m schemas.asyncapi`: the contracts as an AsyncAPI 3.0 document, for tools that read one.

    topics.yaml   ──► channels (with their Kafka settings), operations (who sends, who receives)
    messages/     ──► components.messages: headers, payload, an example

Definitions are written out where they are used: a reference inside a payload would be looked for at the top
of the AsyncAPI document. `docs/asyncapi.yaml` is committed, and a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

import schemas

DOCUMENT = Path(__file__).parent.parent / "docs" / "asyncapi.yaml"
VERSION = "1.0.0"
_BINDING = ("cleanup.policy", "retention.ms", "delete.retention.ms", "max.message.bytes")
"""The topic settings that the Kafka binding of AsyncAPI has words for."""


def document() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Copydesk",
            "version": VERSION,
            "description": "Pages as fetched, articles as extracted, and stories as readers see them, as"
            " Kafka topics. docs/consumers.md says in plain words what readers may rely on.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {_name(topic): _channel(topic) for topic in schemas.topics().values()},
        "operations": dict(_operations()),
        "components": {"messages": {kind.name: _message(kind) for kind in schemas.kinds().values()}},
    }


def text() -> str:
    """The document as YAML, the same for the same contracts."""
    return yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=110)


def main() -> None:
    """Write the document into the repository."""
    DOCUMENT.write_text(text(), encoding="utf-8")


def _channel(topic: schemas.Topic) -> dict[str, Any]:
    others = {name: value for name, value in topic.config.items() if name not in _BINDING}
    return {
        "address": topic.name,
        "description": f"{topic.purpose}. Key: {topic.key}.",
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in topic.kinds},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    name: _setting(name, topic.config[name]) for name in _BINDING if name in topic.config
                },
                "bindingVersion": "0.5.0",
            }
        },
        "x-kafka-settings": others,
    }


def _setting(name: str, value: str) -> Any:
    return [value] if name == "cleanup.policy" else int(value)


def _operations() -> Any:
    for topic in schemas.topics().values():
        channel = {"$ref": f"#/channels/{_name(topic)}"}
        yield f"send_{_name(topic)}", {"action": "send", "channel": channel, "summary": topic.purpose}
        for group in topic.groups:
            binding = {"groupId": {"type": "string", "enum": [group]}, "bindingVersion": "0.5.0"}
            yield (
                f"receive_{_name(topic)}_{group}",
                {"action": "receive", "channel": channel, "bindings": {"kafka": binding}},
            )


def _message(kind: schemas.Kind) -> dict[str, Any]:
    case, example = next(iter(schemas.examples(kind.name).items()))
    told: dict[str, Any] = {"name": kind.type, "title": kind.name.replace("_", " "), "summary": kind.purpose}
    if kind.name == "dead_letter":
        headers = _inlined(schemas.message_schema(kind.name))
        payload: dict[str, Any] = {"description": "The original record's value, whatever it is"}
        examples = {"name": case, "headers": example}
    else:
        headers = {"type": "object", "properties": {}}
        payload = _inlined(schemas.message_schema(kind.name))
        examples = {"name": case, "payload": example}
    headers["properties"] = _cloud_event(kind) | headers["properties"]
    return told | {
        "contentType": "application/json",
        "headers": headers,
        "payload": payload,
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        "examples": [examples],
    }


def _cloud_event(kind: schemas.Kind) -> dict[str, Any]:
    """CloudEvents 1.0 in Kafka's binary mode; the names are those `pipeline.core.cloudevents` writes."""
    return {
        "content-type": {"const": "application/json"},
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "The same for the same record sent twice"},
        "ce_source": {"type": "string", "description": "/sources/<source_id> or /stages/<name>"},
        "ce_type": {"const": kind.type},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_subject": {"type": "string", "description": "The key of the record"},
        "ce_dataschema": {"const": kind.schema_id},
    }


def _inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without references and without what belongs to a file of its own."""
    definitions = schema.get("$defs", {})

    def inlined(value: Any) -> Any:
        if isinstance(value, list):
            return [inlined(item) for item in value]
        if not isinstance(value, Mapping):
            return value
        own = {name: inlined(item) for name, item in value.items() if name != "$ref"}
        if (reference := value.get("$ref")) is None:
            return own
        return inlined(definitions[reference.removeprefix("#/$defs/")]) | own

    whole: dict[str, Any] = inlined(schema)
    return {name: value for name, value in whole.items() if name not in ("$schema", "$id", "$defs")}


def _name(topic: schemas.Topic) -> str:
    return topic.name.replace(".", "_").replace("-", "_")


class _Plain(yaml.SafeDumper):
    """Writes every value out, also one that occurs twice."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - yaml's signature
        return True


if __name__ == "__main__":
    main()
