"""Snapshots into a repository in Elasticsearch's own file system (`path.repo`).

On a cluster without security the repository is registered at first use. With security an administrator does
that (`infra/compose/setup.sh`), since whoever may register repositories may read any file Elasticsearch can.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from elasticsearch import ApiError, NotFoundError

from pipeline.adapters.elastic_clients import Client, translated
from pipeline.core.snapshots import Snapshot, SnapshotState
from pipeline.errors import ConfigError

WAIT_SECONDS = 240.0
"""How long a snapshot is waited for; it goes on by itself, and the next run sees how it ended."""
LOOK_EVERY = 0.5
OURS = "daily-"
STATES: dict[str, SnapshotState] = {
    "IN_PROGRESS": "running",
    "SUCCESS": "complete",
    "PARTIAL": "partial",
    "INCOMPATIBLE": "failed",
    "FAILED": "failed",
}


class ElasticSnapshots:
    """Snapshots of all that begins with `indices`, in `repository`."""

    def __init__(self, client: Client, repository: str, indices: str = "news-*") -> None:
        self._client, self._repository, self._indices = client, repository, indices

    def held(self) -> list[Snapshot]:
        self._make_repository()
        with translated("the snapshots cannot be listed", repository=self._repository):
            answer = self._client.snapshot.get(repository=self._repository, snapshot=f"{OURS}*", verbose=True)
        return sorted(map(_snapshot, answer.body["snapshots"]), key=lambda held: held.started_at)

    def take(self, name: str) -> Snapshot:
        self._make_repository()
        with translated("the snapshot cannot be taken", repository=self._repository):
            self._client.snapshot.create(
                repository=self._repository,
                snapshot=name,
                indices=self._indices,
                include_global_state=False,
                wait_for_completion=False,
            )
        deadline = time.monotonic() + WAIT_SECONDS
        while (held := self._one(name)).state == "running" and time.monotonic() < deadline:
            time.sleep(LOOK_EVERY)
        return held

    def delete(self, name: str) -> None:
        patient = self._client.options(request_timeout=WAIT_SECONDS, max_retries=0)
        with translated("the snapshot cannot be deleted", repository=self._repository):
            try:
                patient.snapshot.delete(repository=self._repository, snapshot=name)
            except NotFoundError:
                return

    def _one(self, name: str) -> Snapshot:
        with translated("the snapshot cannot be looked at", repository=self._repository):
            answer = self._client.snapshot.get(repository=self._repository, snapshot=name)
        return _snapshot(answer.body["snapshots"][0])

    def _make_repository(self) -> None:
        with translated("the repository of snapshots cannot be looked at", repository=self._repository):
            try:
                self._client.snapshot.get_repository(name=self._repository)
            except NotFoundError:
                self._register()

    def _register(self) -> None:
        """Its place is relative to the first directory of `path.repo`."""
        try:
            self._client.snapshot.create_repository(
                name=self._repository, repository={"type": "fs", "settings": {"location": self._repository}}
            )
        except ApiError as error:
            raise ConfigError(
                "Elasticsearch has no place for snapshots: set its path.repo, or register the repository",
                repository=self._repository,
                error=str(error),
            ) from error


def _snapshot(found: dict[str, Any]) -> Snapshot:
    return Snapshot(
        name=found["snapshot"],
        started_at=datetime.fromisoformat(found["start_time"]),
        state=STATES[found["state"]],
    )
