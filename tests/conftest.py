"""What every test may rely on: loopback only, no settings from outside, and real servers on demand.

The servers are started once a session, on free ports with throw-away data, by the first test that asks for
`instance`; they live beside whatever `make run` started.
"""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from infra.local.instance import Instance
from infra.local.throwaway import throwaway_instance
from pipeline import settings as settings_module
from pipeline.settings import Settings

_SERVER_SETTINGS = ("COPYDESK_CACHE_DIR", "COPYDESK_ELASTICSEARCH_HEAP", "COPYDESK_KAFKA_HEAP")


_START_SECONDS = 900
"""The first test that needs servers waits for them: fetched over a slow line, started on a busy machine."""

# A test that passes today must pass tomorrow on a slower machine, so the examples are always the same and may
# take their time. `make test ARGS="--hypothesis-profile=search tests/unit"` looks for new ones.
hypothesis.settings.register_profile(
    "repeat", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "search", hypothesis.settings.get_profile("repeat"), derandomize=False, max_examples=3000
)
hypothesis.settings.load_profile("repeat")


class NetworkForbidden(AssertionError):
    """A test reached for something beyond this machine."""


def pytest_configure() -> None:
    """Take being told to end as Ctrl-C is taken: fixtures stop the servers that they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give tests on real servers the time to start them, beyond what they may take themselves."""
    usual = float(config.getini("timeout"))
    for item in items:
        if "instance" in getattr(item, "fixturenames", ()) or item.get_closest_marker("servers"):
            own = item.get_closest_marker("timeout")
            allowed = own.args[0] if own else usual
            item.add_marker(pytest.mark.timeout(allowed + _START_SECONDS), append=False)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection leaves the machine, whichever library tries."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the shell that runs the tests do not reach them."""
    for name in list(os.environ):
        if name.startswith("COPYDESK_") and name not in (*_SERVER_SETTINGS, "COPYDESK_SHARED"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    """Kafka and Elasticsearch of this session."""
    with throwaway_instance(("kafka", "elasticsearch")) as started:
        yield started


@pytest.fixture(scope="session")
def settings(instance: Instance) -> Settings:
    """Settings that reach the session's servers; topics and indices are applied."""
    from pipeline.adapters.apply_index import apply_indices
    from pipeline.adapters.apply_topics import apply_topics

    made = settings_module.load(instance.environment())
    apply_topics(made)
    apply_indices(made)
    return made


@pytest.fixture
def empty(settings: Settings) -> Settings:
    """The same servers with empty topics and indices."""
    from tests.servers import start_anew

    start_anew(settings)
    return settings


def _guarded(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise NetworkForbidden(f"a test tried to reach {address[0]}")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
