"""Each suite runs over memory and over the real servers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.brokers import Broker, InMemory, OnKafka


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.servers)])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    made: Broker = InMemory() if request.param == "memory" else OnKafka(request.getfixturevalue("settings"))
    yield made
    made.close()
