"""The topics of the contract on a real broker."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from uuid import uuid4

import pytest

import schemas
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.kafka_clients import admin
from pipeline.settings import Settings

pytestmark = pytest.mark.servers


@pytest.fixture
def contract(settings: Settings) -> Iterator[Mapping[str, schemas.Topic]]:
    """The contract's topics under names of this test's own."""
    run = uuid4().hex[:8]
    topics = [replace(topic, name=f"{topic.name}.{run}") for topic in schemas.topics().values()]
    yield {topic.name: topic for topic in topics}
    with closing(admin(settings)) as client:
        client.delete_topics([topic.name for topic in topics if topic.name in client.list_topics()])


def verdicts(settings: Settings, contract: Mapping[str, schemas.Topic], *, dry_run: bool = False) -> set[str]:
    return {plan.verdict for plan in apply_topics(settings, dry_run=dry_run, contract=contract)}


def test_second_time_changes_nothing(settings: Settings, contract: Mapping[str, schemas.Topic]) -> None:
    assert verdicts(settings, contract) == {"create"}
    assert verdicts(settings, contract) == {"unchanged"}


def test_dry_run_creates_nothing(settings: Settings, contract: Mapping[str, schemas.Topic]) -> None:
    verdicts(settings, contract, dry_run=True)
    assert verdicts(settings, contract, dry_run=True) == {"create"}


def test_topic_is_made_as_contracted(settings: Settings, contract: Mapping[str, schemas.Topic]) -> None:
    apply_topics(settings, contract=contract)
    with closing(admin(settings)) as client:
        made = {topic["name"]: len(topic["partitions"]) for topic in client.describe_topics(list(contract))}
    assert made == {name: topic.partitions for name, topic in contract.items()}


def test_topic_that_differs_is_refused_and_then_none_is_created(
    settings: Settings, contract: Mapping[str, schemas.Topic]
) -> None:
    first, *others = contract
    config = {**contract[first].config, "cleanup.policy": "compact"}
    apply_topics(settings, contract={first: replace(contract[first], partitions=2, config=config)})
    plans = {plan.name: plan for plan in apply_topics(settings, contract=contract)}
    said = [str(difference) for difference in plans[first].refused]
    assert said == ["partitions: 2 → 6", "cleanup.policy: compact → delete"]
    with closing(admin(settings)) as client:
        assert not set(others) & set(client.list_topics())
