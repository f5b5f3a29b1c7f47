"""Kafka's clients: the settings reach them, and a broker that is not there is an error of ours."""

from __future__ import annotations

import threading

import pytest
from kafka import errors

from pipeline.adapters import kafka_clients
from pipeline.adapters.kafka_publisher import KafkaPublisher
from pipeline.adapters.kafka_transactions import bounded
from pipeline.errors import BrokerUnavailable, ConfigError, Fenced
from pipeline.settings import Settings


def test_plain_connection_names_all_servers_and_no_secret():
    options = kafka_clients.connection(Settings(kafka_bootstrap="one:9092, two:9092"))
    assert options["bootstrap_servers"] == ["one:9092", "two:9092"]
    assert not [name for name in options if name.startswith(("sasl", "ssl"))]


def test_secured_connection_carries_certificate_and_password(tmp_path):
    ca_file = tmp_path / "ca.pem"
    ca_file.touch()
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="SCRAM-SHA-512",
        kafka_username="copydesk",
        kafka_password="secret",
        kafka_ca_file=ca_file,
    )
    options = kafka_clients.connection(settings)
    expected = {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "copydesk",
        "sasl_plain_password": "secret",
        "ssl_cafile": str(ca_file),
    }
    assert expected.items() <= options.items()


@pytest.mark.parametrize(
    "given",
    [
        {"kafka_security_protocol": "SASL_PLAINTEXT"},
        {"kafka_security_protocol": "SASL_SSL", "kafka_username": "copydesk", "kafka_password": "secret"},
        {
            "kafka_security_protocol": "SASL_SSL",
            "kafka_sasl_mechanism": "PLAIN",
            "kafka_username": "copydesk",
        },
        {"kafka_sasl_mechanism": "PLAIN", "kafka_username": "copydesk", "kafka_password": "secret"},
        {"kafka_security_protocol": "SSL", "kafka_password": "secret"},
    ],
    ids=["no login", "no mechanism", "no password", "a login nobody asks for", "a password nobody asks for"],
)
def test_half_a_login_is_an_error_of_configuration_that_shows_no_secret(given):
    with pytest.raises(ConfigError, match="COPYDESK_KAFKA_SECURITY_PROTOCOL") as named:
        kafka_clients.connection(Settings(**given))
    assert "secret" not in str(named.value)


@pytest.mark.parametrize(
    ("make", "built"),
    [
        (kafka_clients.producer, "KafkaProducer"),
        (kafka_clients.consumer, "KafkaConsumer"),
        (kafka_clients.admin, "KafkaAdminClient"),
    ],
    ids=["producer", "consumer", "admin"],
)
def test_every_client_is_given_the_login(make, built, monkeypatch):
    given: dict[str, object] = {}
    monkeypatch.setattr(kafka_clients, built, lambda **options: given.update(options))
    settings = Settings(
        kafka_security_protocol="SASL_SSL",
        kafka_sasl_mechanism="SCRAM-SHA-512",
        kafka_username="copydesk",
        kafka_password="secret",
    )
    make(settings)
    assert kafka_clients.connection(settings).items() <= given.items()


def test_certificate_that_is_not_there_is_an_error_of_configuration(tmp_path):
    with pytest.raises(ConfigError, match="COPYDESK_KAFKA_CA_FILE"):
        kafka_clients.connection(Settings(kafka_ca_file=tmp_path / "none.pem"))


def test_address_that_is_none_is_an_error_of_configuration():
    with pytest.raises(ConfigError):
        kafka_clients.producer(Settings(kafka_bootstrap="127.0.0.1:port"))


def test_broker_that_is_not_there_is_unavailable(monkeypatch):
    monkeypatch.setattr(kafka_clients, "REQUEST_SECONDS", 0.6)
    settings = Settings(kafka_bootstrap="127.0.0.1:9")
    for make in (kafka_clients.admin, kafka_clients.consumer, KafkaPublisher):
        with pytest.raises(BrokerUnavailable):
            make(settings)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.ProducerFencedError(), Fenced),
        (errors.InvalidProducerEpochError(), Fenced),
        (errors.CommitFailedError(), Fenced),
        (errors.KafkaError("we are in an error state: [Error 90] ProducerFencedError"), Fenced),
        (errors.TopicAuthorizationFailedError("topic"), ConfigError),
        (errors.SaslAuthenticationFailedError(), ConfigError),
        (errors.KafkaTimeoutError(), BrokerUnavailable),
        (errors.KafkaConnectionError(), BrokerUnavailable),
        (errors.NotEnoughReplicasError(), BrokerUnavailable),
        (ConnectionResetError(), BrokerUnavailable),
    ],
)
def test_error_of_the_client_says_what_the_loop_must_do(error, expected):
    with pytest.raises(expected) as translated, kafka_clients.translated("reading", topic="log"):
        raise error
    assert translated.value.__cause__ is error
    assert translated.value.facts["topic"] == "log"


def test_call_that_answers_nothing_is_given_up():
    forever = threading.Event()
    with pytest.raises(errors.KafkaTimeoutError):
        bounded(0.05, forever.wait)
    forever.set()


def test_call_that_answers_in_time_gives_its_answer_or_its_error():
    assert bounded(5, lambda number: number + 1, 41) == 42
    with pytest.raises(errors.ProducerFencedError):
        bounded(5, _fenced)


def _fenced() -> None:
    raise errors.ProducerFencedError()
