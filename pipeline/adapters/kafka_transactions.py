"""The one transactional writer: offsets and messages commit together."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from kafka import TopicPartition, errors
from kafka.structs import OffsetAndMetadata

from pipeline.adapters.kafka_clients import DELIVERY_SECONDS, producer, translated
from pipeline.adapters.kafka_consumer import KafkaConsumer
from pipeline.adapters.kafka_publisher import attempt, close, refusal
from pipeline.core.records import Message
from pipeline.errors import Fenced
from pipeline.settings import Settings

T = TypeVar("T")

CALL_SECONDS = DELIVERY_SECONDS
"""The client's transaction calls wait for ever; past this the broker is as good as gone."""


class KafkaTransactions:
    """Transactions of `transactional_id`, bound to the consumer whose offsets they commit and closed with it.

    One that was fenced stays fenced, whatever is called.
    """

    def __init__(self, settings: Settings, consumer: KafkaConsumer, transactional_id: str) -> None:
        self._settings, self._consumer, self._id = settings, consumer, transactional_id
        self._client: Any = None
        self._fenced = False
        self._spoilt = False
        consumer.on_close(self.close)

    def initialise(self) -> None:
        self.close()
        self._fenced = self._spoilt = False
        self._client = producer(self._settings, transactional_id=self._id)
        self._call("the transactions cannot be initialised", "init_transactions")

    def begin(self, positions: Mapping[int, int], metadata: str) -> None:
        offsets = {
            TopicPartition(self._consumer.topic, partition): OffsetAndMetadata(position, metadata, -1)
            for partition, position in positions.items()
        }
        membership = self._consumer.membership(positions.keys())
        self._call("the transaction cannot begin", "begin_transaction")
        self._call("the offsets cannot be sent", "send_offsets_to_transaction", offsets, membership)

    def publish(self, messages: Sequence[Message]) -> None:
        with self._noting():
            results = attempt(self._producer(), dict(enumerate(messages)))
            failed = {index: error for index, error in results.items() if isinstance(error, Exception)}
            if failed:
                self._spoilt = True
                index = min(failed, key=lambda index: (_is_collateral(failed[index]), index))
                raise refusal(failed[index], messages[index], index)

    def commit(self) -> None:
        self._call("the transaction cannot be committed", "commit_transaction")

    def abort(self) -> None:
        """Also quiet when fenced: then the newer writer has aborted for us.

        After a refused record the client's sequence numbers are ahead of the broker's for good, so the
        producer is replaced.
        """
        with contextlib.suppress(Fenced):
            self._call("the transaction cannot be aborted", "abort_transaction")
            if self._spoilt:
                self.initialise()

    def close(self) -> None:
        if self._client is not None:
            close(self._client)
            self._client = None

    def _producer(self) -> Any:
        if self._client is None:
            raise RuntimeError("initialise the transactions first")
        return self._client

    def _call(self, doing: str, name: str, *arguments: Any) -> None:
        with self._noting(), translated(doing, transactional_id=self._id):
            bounded(CALL_SECONDS, getattr(self._producer(), name), *arguments)

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        """Remember to be fenced, as the client shows it clearly only once."""
        if self._fenced:
            raise Fenced("a newer writer exists", transactional_id=self._id)
        try:
            yield
        except Fenced:
            self._fenced = True
            raise


def bounded(seconds: float, function: Callable[..., T], *arguments: Any) -> T:
    """Call and return the answer. Raises KafkaTimeoutError when there is none in time; the call goes on in
    a daemon thread and its client must not be used again.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(function(*arguments))
        except Exception as error:
            answer.set_exception(error)  # raised in the caller's thread

    threading.Thread(target=run, daemon=True, name="copydesk-transaction").start()
    try:
        return answer.result(timeout=seconds)
    except TimeoutError as error:
        raise errors.KafkaTimeoutError(f"no answer in {seconds:.0f} s") from error


def _is_collateral(error: Exception) -> bool:
    """A plain KafkaError only says that another message of the batch was refused."""
    return type(error) is errors.KafkaError
