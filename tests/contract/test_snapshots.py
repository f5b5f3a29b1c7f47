"""Snapshots are taken, listed in order and deleted; what is not ours is left alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_snapshots import ElasticSnapshots
from pipeline.adapters.memory import MemoryWorld
from pipeline.ports import Snapshots


@pytest.fixture(params=["memory", pytest.param("elasticsearch", marks=pytest.mark.servers)])
def snapshots(request: pytest.FixtureRequest) -> Iterator[Snapshots]:
    if request.param == "memory":
        yield MemoryWorld().snapshots
        return
    client = elastic_clients.client(request.getfixturevalue("settings"))
    repository = f"test-{uuid.uuid4().hex[:8]}"
    yield ElasticSnapshots(client, repository, "news-hosts*")
    client.options(ignore_status=404).snapshot.delete(repository=repository, snapshot="*")
    client.snapshot.delete_repository(name=repository)
    client.close()


def test_there_are_none_at_first(snapshots):
    assert [] == snapshots.held()


def test_taken_snapshot_is_whole_and_listed_with_its_time(snapshots):
    taken = snapshots.take("daily-20261124-024000")
    assert ("daily-20261124-024000", "complete") == (taken.name, taken.state)
    assert timedelta(minutes=5) > abs(datetime.now(UTC) - taken.started_at)
    assert [taken] == snapshots.held()


def test_snapshots_are_listed_oldest_first(snapshots):
    names = ["daily-b", "daily-a", "daily-c"]
    for name in names:
        snapshots.take(name)
    assert names == [held.name for held in snapshots.held()]


def test_deleted_snapshot_is_gone_and_deleting_it_again_is_no_error(snapshots):
    snapshots.take("daily-a")
    kept = snapshots.take("daily-b")
    snapshots.delete("daily-a")
    snapshots.delete("daily-a")
    assert [kept] == snapshots.held()


@pytest.mark.servers
def test_server_without_the_right_to_register_says_what_to_do(settings, monkeypatch):
    from pipeline.errors import ConfigError

    client = elastic_clients.client(settings)
    with pytest.raises(ConfigError, match="no place for snapshots"):
        ElasticSnapshots(client, "../outside").held()
    client.close()


@pytest.mark.servers
def test_snapshots_somebody_else_took_are_not_ours(settings):
    client = elastic_clients.client(settings)
    repository = f"test-{uuid.uuid4().hex[:8]}"
    ours = ElasticSnapshots(client, repository, "news-hosts*")
    assert [] == ours.held()
    client.snapshot.create(
        repository=repository, snapshot="before-upgrade", indices="news-hosts*", wait_for_completion=True
    )
    assert [] == ours.held()
    client.snapshot.delete(repository=repository, snapshot="*")
    client.snapshot.delete_repository(name=repository)
    client.close()
