"""Kafka's clients from the settings: every option that matters, once, and its errors in our words.

Clients own an input/output thread and do not survive a fork: make them inside the task, never at import.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from pipeline.errors import BrokerUnavailable, ConfigError, Fenced, PipelineError
from pipeline.settings import Settings

REQUEST_SECONDS = 30.0
"""How long one request to the broker may take."""
DELIVERY_SECONDS = 120.0
"""How long a producer goes on trying to get a record acknowledged."""
TRANSACTION_SECONDS = 300.0
"""After this the broker aborts an open transaction (notes on the index machine)."""
MAX_REQUEST_BYTES = 8 * 2**20 + 64 * 2**10
"""Above the largest topic limit (dead letters, 8 MiB), so that a topic's own limit is what refuses."""
FETCH_BYTES = 4 * 2**20
"""What one fetch may bring of a partition: some hundred clean articles."""

_CONFIG_ERRORS = (
    errors.AuthorizationError,
    errors.SaslAuthenticationFailedError,
    errors.UnsupportedSaslMechanismError,
    errors.KafkaConfigurationError,
    errors.InvalidTopicError,
    errors.UnsupportedVersionError,
)
_FENCED_ERRORS = (
    errors.ProducerFencedError,
    errors.InvalidProducerEpochError,
    errors.CommitFailedError,
    errors.FencedInstanceIdError,
    errors.TransactionCoordinatorFencedError,
)


def producer(settings: Settings, *, transactional_id: str | None = None) -> KafkaProducer:
    """An idempotent producer, or a transactional one. Raises BrokerUnavailable, ConfigError."""
    options: dict[str, Any] = {
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": "zstd",
        "linger_ms": 20,
        "batch_size": 131_072,
        "max_request_size": MAX_REQUEST_BYTES,
        "delivery_timeout_ms": int(DELIVERY_SECONDS * 1000),
        "max_block_ms": int(REQUEST_SECONDS * 1000),
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }
    if transactional_id is not None:
        options |= {
            "transactional_id": transactional_id,
            "transaction_timeout_ms": int(TRANSACTION_SECONDS * 1000),
        }
    with _configured("the producer cannot be made", settings):
        return KafkaProducer(**connection(settings), **options)


def consumer(settings: Settings, *, group: str | None = None, session_seconds: float = 45.0) -> KafkaConsumer:
    """A consumer of committed records, subscribed to nothing yet. Raises BrokerUnavailable, ConfigError.

    `session_seconds` is how long a dead member holds its partitions.
    """
    with _configured("the consumer cannot be made", settings):
        return KafkaConsumer(
            **connection(settings),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            partition_assignment_strategy=[CooperativeStickyAssignor()],
            session_timeout_ms=int(session_seconds * 1000),
            max_partition_fetch_bytes=FETCH_BYTES,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )


def admin(settings: Settings) -> KafkaAdminClient:
    """A client for topics and groups. Raises BrokerUnavailable, ConfigError."""
    with _configured("the admin client cannot be made", settings):
        return KafkaAdminClient(**connection(settings))


def connection(settings: Settings) -> dict[str, Any]:
    """The options every client shares: where the broker is and how to prove who we are. Raises ConfigError.

    Silences the client's logging: what matters reaches the caller as an error.
    """
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    options: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in settings.kafka_bootstrap.split(",")],
        "client_id": "copydesk",
        "security_protocol": settings.kafka_security_protocol,
        "request_timeout_ms": int(REQUEST_SECONDS * 1000),
        "bootstrap_timeout_ms": int(REQUEST_SECONDS * 1000),
        "reconnect_backoff_max_ms": 2000,
    }
    if settings.kafka_ca_file is not None:
        if not settings.kafka_ca_file.is_file():
            raise ConfigError("no such file", setting="COPYDESK_KAFKA_CA_FILE")
        options["ssl_cafile"] = str(settings.kafka_ca_file)
    return options | _login(settings)


@contextmanager
def translated(doing: str, **facts: object) -> Iterator[None]:
    """Around calls of the client: raises our errors from its own."""
    try:
        yield
    except (errors.KafkaError, OSError) as error:
        raise translation(error, doing, **facts) from error


def translation(error: Exception, doing: str, **facts: object) -> PipelineError:
    """What an error of the client means for the loop around us."""
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, _FENCED_ERRORS) or _recalls(error, _FENCED_ERRORS):
        return Fenced(f"{doing}: another member or writer took over", error=text, **facts)
    if isinstance(error, _CONFIG_ERRORS):
        return ConfigError(f"{doing}: Kafka refuses", error=text, **facts)
    return BrokerUnavailable(f"{doing}: Kafka does not answer as it should", error=text, **facts)


def _login(settings: Settings) -> dict[str, Any]:
    """Half a login would be left out by the client without a word, and the broker would only seem silent."""
    asked = settings.kafka_security_protocol.startswith("SASL_")
    given = {
        "sasl_mechanism": settings.kafka_sasl_mechanism,
        "sasl_plain_username": settings.kafka_username,
        "sasl_plain_password": settings.kafka_password,
    }
    if any(value is not None for value in given.values()) and not asked:
        raise ConfigError("a login is given but not used", setting="COPYDESK_KAFKA_SECURITY_PROTOCOL")
    if asked and None in given.values():
        raise ConfigError(
            "a login needs COPYDESK_KAFKA_SASL_MECHANISM, COPYDESK_KAFKA_USERNAME, COPYDESK_KAFKA_PASSWORD",
            setting="COPYDESK_KAFKA_SECURITY_PROTOCOL",
        )
    return given if asked else {}


@contextmanager
def _configured(doing: str, settings: Settings) -> Iterator[None]:
    """Around making a client: what it finds wrong with its options is a wrong setting."""
    with _overheard() as heard:
        try:
            yield
        except ValueError as error:
            raise ConfigError(f"{doing}: {error}") from error
        except (errors.KafkaError, OSError) as error:
            raise _refusal(error, doing, heard[-1] if heard else "", settings) from error


def _refusal(error: Exception, doing: str, heard: str, settings: Settings) -> PipelineError:
    if "CERTIFICATE_VERIFY_FAILED" in heard:
        return ConfigError(
            f"{doing}: Kafka's certificate is not trusted; see COPYDESK_KAFKA_CA_FILE", error=heard
        )
    if "SaslAuthenticationFailed" in heard:
        return ConfigError(
            f"{doing}: Kafka refuses COPYDESK_KAFKA_USERNAME with the password given", error=heard
        )
    if heard.endswith("socket disconnected") and settings.kafka_security_protocol.startswith("SASL_"):
        doing += ": it hangs up, perhaps since COPYDESK_KAFKA_USERNAME or its password is wrong"
    return translation(error, doing, **({"last": heard} if heard else {}))


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Why each attempt to reach the broker failed: the client tells only its log, and raises a timeout."""
    heard: list[str] = []

    def listen(record: logging.LogRecord) -> bool:
        told = [each for each in record.args or () if isinstance(each, Exception)]
        heard.extend(str(each) for each in told if not isinstance(each, errors.KafkaTimeoutError))
        return False

    manager = logging.getLogger("kafka.net.manager")
    manager.setLevel(logging.WARNING)
    manager.addFilter(listen)
    try:
        yield heard
    finally:
        manager.removeFilter(listen)
        manager.setLevel(logging.NOTSET)


def _recalls(error: Exception, kinds: tuple[type[Exception], ...]) -> bool:
    """Whether a plain KafkaError only repeats an earlier one: "we are in an error state: …"."""
    return type(error) is errors.KafkaError and any(kind.__name__ in str(error) for kind in kinds)
