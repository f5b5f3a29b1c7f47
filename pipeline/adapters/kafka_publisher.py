"""Sending outside transactions.

One rejected record spoils an idempotent producer of this client: whatever it sends afterwards fails with
the same error, on other topics too. So after a rejection the producer is replaced and everything
unacknowledged is sent again, one by one, to find the culprit.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from kafka import errors

from pipeline.adapters.kafka_clients import DELIVERY_SECONDS, producer, translation
from pipeline.adapters.kafka_records import as_placed, send
from pipeline.core.records import Message, Placed
from pipeline.errors import InvalidRecord
from pipeline.settings import Settings

CLOSE_SECONDS = 5.0
FLUSH_SECONDS = DELIVERY_SECONDS + 10.0
"""Every future has an answer by then."""

_REFUSALS = (
    errors.InvalidRecordError,
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidTimestampError,
    errors.PolicyViolationError,
)
"""What the broker, or the client before it, holds against a message itself."""
_HOPELESS = (errors.RetriableError, errors.AuthorizationError)
"""What sending again at once does not help: the client has tried, or may not."""


class KafkaPublisher:
    """Publisher over an idempotent producer, acknowledged by all replicas."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: Any = producer(settings)

    def publish(self, messages: Sequence[Message]) -> list[Placed]:
        """See the port. The other messages of the call are acknowledged before a refusal is raised, which
        names its message by the facts `index` and `key`."""
        results = attempt(self._client, dict(enumerate(messages)))
        refusals: list[InvalidRecord] = []
        for index in [index for index, result in results.items() if isinstance(result, Exception)]:
            self._replace()
            results |= attempt(self._client, {index: messages[index]})
            if isinstance(error := results[index], Exception):
                refusals.append(refusal(error, messages[index], index))
        if refusals:
            self._replace()
            raise refusals[0]
        return [result for result in results.values() if isinstance(result, Placed)]

    def close(self) -> None:
        close(self._client)

    def _replace(self) -> None:
        close(self._client)
        self._client = producer(self._settings)


def attempt(client: Any, messages: Mapping[int, Message]) -> dict[int, Placed | Exception]:
    """Send all, wait for every answer and return it per message, in order.

    Raises BrokerUnavailable or ConfigError for an answer that is about the broker and not the message.
    """
    begun = {index: _begin(client, message) for index, message in messages.items()}
    with contextlib.suppress(errors.KafkaTimeoutError):  # each future says so itself
        client.flush(timeout=FLUSH_SECONDS)
    results = {index: _result(future) for index, future in begun.items()}
    for index, result in results.items():
        if isinstance(result, _HOPELESS):
            raise translation(result, "a message was not acknowledged", topic=messages[index].topic)
    return results


def refusal(error: Exception, message: Message, index: int) -> InvalidRecord:
    """The InvalidRecord for a message that was refused; raises what else the error means."""
    facts = {"topic": message.topic, "key": message.key, "index": index}
    if not isinstance(error, _REFUSALS):
        raise translation(error, "a message was not acknowledged", **facts) from error
    large = isinstance(error, (errors.MessageSizeTooLargeError, errors.RecordListTooLargeError))
    refused = InvalidRecord("too-large" if large else "record-rejected", str(error), **facts)
    refused.__cause__ = error
    return refused


def close(client: Any) -> None:
    """Close a producer; one that cannot reach its broker any more is left to its daemon thread."""
    with contextlib.suppress(errors.KafkaError):
        client.close(timeout=CLOSE_SECONDS)


def _begin(client: Any, message: Message) -> Any:
    """The client's future, or the error it shows at once for this message."""
    if message.key is None and message.value is None:
        return errors.InvalidRecordError("neither key nor value")
    try:
        return send(client, message)
    except errors.MessageSizeTooLargeError as error:
        return error
    except errors.KafkaError as error:
        raise translation(error, "a message cannot be sent", topic=message.topic) from error


def _result(begun: Any) -> Placed | Exception:
    if isinstance(begun, Exception):
        return begun
    try:
        return as_placed(begun.get(timeout=0))
    except errors.KafkaError as error:
        return cast("Exception", error)
