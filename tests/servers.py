"""The session's servers made empty again between tests that use the pipeline's own topics and indices."""

from __future__ import annotations

import time
from typing import Any

import schemas
from pipeline.adapters import elastic_clients, kafka_clients
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.settings import Settings

PATIENCE = 90.0
_DELETED = ("OK", "GroupIdNotFoundError")


def start_anew(settings: Settings) -> None:
    """Delete every topic, group and index of ours, and apply the contracts again."""
    _drop_topics(settings)
    _drop_indices(settings)
    apply_indices(settings)
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            apply_topics(settings)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)  # Kafka deletes in the background
        else:
            return


def _drop_topics(settings: Settings) -> None:
    admin = kafka_clients.admin(settings)
    try:
        ours = [name for name in schemas.topics() if name in admin.list_topics()]
        if ours:
            admin.delete_topics(ours)
        _drop_groups(admin)
    finally:
        admin.close()


def _drop_groups(admin: Any) -> None:
    """What a group committed would make the next test begin where the last one ended. A group has members
    until they left or their session ran out, and stays that long."""
    deadline = time.monotonic() + PATIENCE
    while groups := [group["group_id"] for group in admin.list_groups()]:
        results = admin.delete_groups(groups)
        refused = {name: said for name, said in results.items() if said not in _DELETED}
        if not refused:
            return
        assert time.monotonic() < deadline, f"groups cannot be deleted: {refused}"
        time.sleep(0.2)


def _drop_indices(settings: Settings) -> None:
    client = elastic_clients.client(settings)
    try:
        for found in client.indices.get(index="news-*"):
            client.indices.delete(index=found)
    finally:
        client.close()
