"""Servers that are not there are named within seconds, with the cause and the way out."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from infra.local import ports
from pipeline.cli import main, reach, status
from pipeline.errors import BrokerUnavailable, IndexUnavailable
from pipeline.settings import Settings
from pipeline.world import World


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


@pytest.fixture
def silent() -> int:
    """A port at which nobody listens."""
    return ports.pick_one()


@pytest.mark.parametrize("server", ["kafka", "elasticsearch"])
def test_server_that_listens_is_there(listening, server):
    settings = Settings(
        kafka_bootstrap=f"127.0.0.1:{listening}", elasticsearch_url=f"http://127.0.0.1:{listening}"
    )
    reach.require(settings, server)


def test_one_of_several_brokers_is_enough(listening, silent):
    reach.require(Settings(kafka_bootstrap=f"127.0.0.1:{silent}, 127.0.0.1:{listening}"), "kafka")


def test_absent_kafka_is_named_with_the_cause(silent):
    with pytest.raises(
        BrokerUnavailable, match=f"Kafka is not there: 127.0.0.1:{silent}: connection refused"
    ):
        reach.require(Settings(kafka_bootstrap=f"127.0.0.1:{silent}"), "kafka")


def test_absent_elasticsearch_is_named_with_the_cause(silent):
    with pytest.raises(IndexUnavailable, match=f"Elasticsearch is not there: 127.0.0.1:{silent}: connection"):
        reach.require(Settings(elasticsearch_url=f"http://127.0.0.1:{silent}"), "elasticsearch")


def test_way_out_is_said_with_the_error(monkeypatch, capsys, silent):
    monkeypatch.setattr(sys, "argv", ["copydesk", "topics", "apply"])
    monkeypatch.setenv("COPYDESK_KAFKA_BOOTSTRAP", f"127.0.0.1:{silent}")
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert 1 == ended.value.code
    told = capsys.readouterr().err
    assert "connection refused" in told
    assert "`make run`" in told


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("one:9093, [::1]:9094", [("one", 9093), ("::1", 9094)]),
        ("one", [("one", 9092)]),
        ("one:port", []),
    ],
    ids=["several", "without a port", "not an address: the client says so"],
)
def test_bootstrap_servers_are_read_as_the_client_reads_them(address, expected):
    assert expected == reach._addresses(Settings(kafka_bootstrap=address), "kafka")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://one:9201", ("one", 9201)),
        ("https://user:word@one/path", ("one", 443)),
        ("http://one", ("one", 80)),
    ],
)
def test_url_without_a_port_means_that_of_its_scheme(address, expected):
    assert [expected] == reach._addresses(Settings(elasticsearch_url=address), "elasticsearch")


@pytest.mark.parametrize(
    ("command", "server"),
    [
        ("topics apply", "Kafka"),
        ("index apply", "Elasticsearch"),
        ("search ferry", "Elasticsearch"),
        ("trace http://one.example/a", "Kafka"),
        ("dead-letters list", "Kafka"),
        ("stories show http://one.example/a", "Kafka"),
        ("sources health", "Elasticsearch"),
        ("restore", "Kafka"),
    ],
)
def test_person_does_not_wait_for_a_server_that_is_not_there(monkeypatch, silent, command, server):
    monkeypatch.setenv("COPYDESK_KAFKA_BOOTSTRAP", f"127.0.0.1:{silent}")
    monkeypatch.setenv("COPYDESK_ELASTICSEARCH_URL", f"http://127.0.0.1:{silent}")
    result = CliRunner().invoke(main.copydesk, command.split())
    assert f"{server} is not there" in str(result.exception)


def test_status_names_every_absent_server(monkeypatch, silent, tmp_path):
    monkeypatch.setenv("COPYDESK_STATE_DIR", str(tmp_path / "none"))
    settings = Settings(kafka_bootstrap=f"127.0.0.1:{silent}", elasticsearch_url=f"http://127.0.0.1:{silent}")
    found, problems = status._look(World(settings))
    assert {"unreachable"} == {service["state"] for service in found["services"].values()}
    assert ["kafka is unreachable", "elasticsearch is unreachable"] == problems
    assert all("connection refused" in service["detail"] for service in found["services"].values())
