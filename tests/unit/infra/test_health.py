"""Probes: what counts as well, and that no answer ever raises."""

from __future__ import annotations

import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from infra.local import health, ports
from tests.unit.infra.registry import Registry


@contextmanager
def answering(reply: bytes) -> Iterator[int]:
    """A server that reads a little and answers every connection with the same bytes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("reply", "ok"),
    [
        (struct.pack(">iih", 100, 1, 0), True),
        (struct.pack(">iih", 100, 1, 35), False),
        (struct.pack(">iih", 100, 2, 0), False),
        (b"", False),
        (b"HTTP/1.1 400 Bad Request\r\n", False),
    ],
    ids=["serves", "error", "other request", "closes", "not Kafka"],
)
def test_kafka_is_well_when_it_answers_a_request(reply: bytes, ok: bool) -> None:
    with answering(reply) as port:
        assert health.check(f"kafka://127.0.0.1:{port}").ok is ok


def test_http_is_well_with_200_only(registry: Registry) -> None:
    registry.files["/health?wait=1"] = b"{}"
    assert health.check(f"{registry.url}/health?wait=1").ok
    assert not health.check(f"{registry.url}/other").ok
    assert health.check(f"{registry.url}/other").detail == "answers 404"


def test_proxies_of_the_environment_are_not_asked(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    registry.files["/"] = b""
    assert health.check(f"{registry.url}/").ok


@pytest.mark.parametrize(
    ("said", "age", "ok"),
    [
        ("healthy", 1, True),
        ("unhealthy", 1, False),
        ("healthy", 100, False),
        ("healthy", None, False),
    ],
    ids=["well", "ill", "heartbeat of a former life", "no heartbeat"],
)
def test_airflow_component_is_judged_by_its_own_status(
    registry: Registry, said: str, age: int | None, ok: bool
) -> None:
    beat = None if age is None else (datetime.now(UTC) - timedelta(seconds=age)).isoformat()
    report = {"dag_processor": {"status": said, "latest_dag_processor_heartbeat": beat}}
    registry.files["/api/v2/monitor/health"] = json.dumps(report).encode()
    where = registry.url.replace("http", "airflow")
    assert health.check(f"{where}/dag-processor?since={time.time() - 30:.0f}").ok is ok


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense", b'{"scheduler": null}'], ids=repr)
def test_airflow_that_talks_nonsense_is_not_well(registry: Registry, body: bytes) -> None:
    registry.files["/api/v2/monitor/health"] = body
    where = registry.url.replace("http", "airflow")
    assert not health.check(f"{where}/scheduler?since=0").ok


def test_command_is_well_when_it_succeeds() -> None:
    assert health.check(f"exec:{sys.executable} -c 'print(\"ready\")'") == health.Health(True, "ready")
    assert not health.check("exec:false").ok
    assert not health.check("exec:/no/such/program").ok


@pytest.mark.parametrize("scheme", ["tcp", "kafka", "http", "airflow"])
def test_server_that_is_not_there_is_reported_not_raised(scheme: str) -> None:
    answer = health.check(f"{scheme}://127.0.0.1:{ports.pick().kafka}/scheduler?since=0")
    assert not answer.ok
    assert "does not answer" in answer.detail
