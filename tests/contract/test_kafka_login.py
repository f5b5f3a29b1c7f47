"""A broker with a guard: every client of ours gets in by the settings, and wrong ones are named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

import schemas
from pipeline.adapters import kafka_clients
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.kafka_consumer import KafkaConsumer
from pipeline.adapters.kafka_publisher import KafkaPublisher
from pipeline.adapters.kafka_reader import KafkaTopicReader
from pipeline.core.codec import key_of, to_message
from pipeline.core.story_form import story_of
from pipeline.errors import BrokerUnavailable, ConfigError
from pipeline.settings import Settings
from tests.contract.brokers import until
from tests.contract.logins import Guarded, guarded_broker

pytestmark = pytest.mark.servers
STORY = story_of(schemas.examples("story")["one-article"])
TOPIC = "news.stories.v1"
WAYS = ("inside", "outside", "encrypted")


@pytest.fixture(scope="module")
def broker() -> Iterator[Guarded]:
    with guarded_broker() as guarded:
        apply_topics(guarded.inside)
        yield guarded


@pytest.mark.parametrize("way", WAYS)
def test_every_client_gets_in_with_the_login(broker: Guarded, way: str) -> None:
    settings: Settings = getattr(broker, way)
    assert {"unchanged"} == {plan.verdict for plan in apply_topics(settings)}
    with closing(KafkaPublisher(settings)) as publisher:
        (placed,) = publisher.publish([to_message(STORY, source="/stages/index")])
    with closing(KafkaTopicReader(settings)) as reader:
        (record,) = reader.read(TOPIC, {0: placed.offset}, {0: placed.offset + 1})
    assert key_of(STORY) == record.key
    with closing(KafkaConsumer(settings, f"guarded-{way}", TOPIC)) as consumer:
        read = until(lambda: consumer.poll(10, 1.0), "the record is read")
        assert {key_of(STORY)} == {record.key for record in read}


@pytest.mark.parametrize("way", WAYS)
def test_a_writer_of_transactions_gets_in_too(broker: Guarded, way: str) -> None:
    producer = kafka_clients.producer(getattr(broker, way), transactional_id=f"guarded-{way}")
    with closing(producer):
        producer.init_transactions()
        producer.begin_transaction()
        producer.send(TOPIC, b"{}", key=b"s-1").get(30)
        producer.abort_transaction()


@pytest.mark.parametrize("way", ["inside", "encrypted"])
def test_a_wrong_password_is_named(broker: Guarded, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_clients, "REQUEST_SECONDS", 3.0)
    wrong = replace(getattr(broker, way), kafka_password="guessed")
    with pytest.raises((ConfigError, BrokerUnavailable), match="COPYDESK_KAFKA_USERNAME") as refused:
        kafka_clients.admin(wrong)
    assert "guessed" not in str(refused.value)


def test_a_certificate_of_an_unknown_authority_is_an_error_of_configuration(
    broker: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_clients, "REQUEST_SECONDS", 3.0)
    with pytest.raises(ConfigError, match="COPYDESK_KAFKA_CA_FILE"):
        kafka_clients.admin(replace(broker.encrypted, kafka_ca_file=None))


def test_whoever_shows_no_login_gets_nowhere(broker: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_clients, "REQUEST_SECONDS", 3.0)
    with pytest.raises(BrokerUnavailable):
        kafka_clients.admin(Settings(kafka_bootstrap=broker.outside.kafka_bootstrap))
