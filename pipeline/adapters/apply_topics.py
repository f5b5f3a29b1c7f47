"""The topics of the contract, made in Kafka."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, suppress

from kafka import KafkaAdminClient, errors
from kafka.admin import ConfigResource, ConfigResourceType

import schemas
from pipeline.adapters.kafka_clients import admin, translated
from pipeline.core.contracts import LiveTopic, Plan, plan_topic, topic_config
from pipeline.settings import Settings


def apply_topics(
    settings: Settings, *, dry_run: bool = False, contract: Mapping[str, schemas.Topic] | None = None
) -> list[Plan]:
    """Create the topics that are missing, unless one that exists differs: then nothing is touched.

    Returns what was (or with `dry_run` would be) done, topic by topic. Raises BrokerUnavailable, ConfigError.
    """
    contract = schemas.topics() if contract is None else contract
    replication = settings.kafka_replication
    with closing(admin(settings)) as client, translated("applying the topics"):
        live = _live(client, contract)
        plans = [plan_topic(topic, replication, live.get(name)) for name, topic in contract.items()]
        if not dry_run and all(plan.verdict != "refuse" for plan in plans):
            for plan in plans:
                if plan.verdict == "create":
                    _create(client, contract[plan.name], replication)
    return plans


def _live(client: KafkaAdminClient, contract: Mapping[str, schemas.Topic]) -> dict[str, LiveTopic]:
    """Those of the topics that exist."""
    names = sorted(contract.keys() & set(client.list_topics()))
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    configs = client.describe_configs(resources, config_filter="all")["topic"]
    return {
        topic["name"]: LiveTopic(
            partitions=len(topic["partitions"]),
            replication=len(topic["partitions"][0]["replica_nodes"]),
            config={name: entry["value"] for name, entry in configs[topic["name"]].items()},
        )
        for topic in client.describe_topics(names)
    }


def _create(client: KafkaAdminClient, topic: schemas.Topic, replication: int) -> None:
    """Another process may be creating the same topic from the same contract."""
    wanted = {
        "num_partitions": topic.partitions,
        "replication_factor": replication,
        "configs": topic_config(topic, replication),
    }
    with suppress(errors.TopicAlreadyExistsError):
        client.create_topics({topic.name: wanted})
    client.wait_for_topics([topic.name])
