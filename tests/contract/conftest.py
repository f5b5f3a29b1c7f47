"""Each suite runs over memory and over the real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import brokers, stores


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.servers)])
def broker(request: pytest.FixtureRequest) -> Iterator[brokers.Broker]:
    made: brokers.Broker
    if request.param == "memory":
        made = brokers.InMemory()
    else:
        made = brokers.OnKafka(request.getfixturevalue("settings"))
    yield made
    made.close()


@pytest.fixture(params=["memory", pytest.param("elasticsearch", marks=pytest.mark.servers)])
def store(request: pytest.FixtureRequest) -> Iterator[stores.Stores]:
    made: stores.Stores
    if request.param == "memory":
        made = stores.InMemory()
    else:
        made = stores.OnElasticsearch(request.getfixturevalue("settings"))
    yield made
    made.close()
