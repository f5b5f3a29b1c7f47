"""Which servers there are, what reaches them, and who runs our own code."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from infra.local import account, python, servers
from infra.local.errors import BadSetting
from infra.local.settings import LocalSettings, Ports

COMPONENTS = ["airflow-api-server", "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer"]


@pytest.mark.parametrize(
    ("services", "names"),
    [
        (["kafka"], ["kafka"]),
        (["airflow"], ["postgres", *COMPONENTS]),
        (["postgres", "airflow", "postgres"], ["postgres", *COMPONENTS]),
        (["airflow-scheduler"], ["airflow-scheduler"]),
        ([], []),
    ],
    ids=["one", "Airflow brings its database", "no one twice", "a component", "none"],
)
def test_services_stand_for_processes(services: list[str], names: list[str]) -> None:
    assert servers.expand(services) == names


def test_unknown_service_is_refused_with_the_choice() -> None:
    with pytest.raises(BadSetting, match="mysql") as caught:
        servers.expand(["kafka", "mysql"])
    assert "kafka, elasticsearch, postgres, airflow" in caught.value.way_out


def test_memory_counts_the_heaps_of_those_that_start() -> None:
    settings = LocalSettings(Path("/s"), Path("/c"), Ports(), elasticsearch_heap="2g", kafka_heap="256m")
    alone = servers.memory(["elasticsearch"], settings)
    assert alone > 2 << 30
    assert servers.memory(["elasticsearch", "kafka"], settings) - alone > 256 << 20
    assert servers.memory([], settings) == 0


def test_python_process_gets_little_of_the_callers_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {})
    given = {
        "HTTPS_PROXY": "http://proxy.example:3128",
        "no_proxy": "intern.example",
        "REQUESTS_CA_BUNDLE": "/etc/ca.pem",
        "TZ": "UTC",
        "COPYDESK_USER_AGENT": "x",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AIRFLOW__CORE__EXECUTOR": "SequentialExecutor",
        "CLOUD_SECRET": "s3cr3t",
    }
    for name, value in given.items():
        os.environ[name] = value
    made = python.environment(tmp_path, {"COPYDESK_EXTRA": "1"})
    assert set(made) & set(given) == {
        "HTTPS_PROXY",
        "no_proxy",
        "REQUESTS_CA_BUNDLE",
        "TZ",
        "COPYDESK_USER_AGENT",
    }
    assert made["NO_PROXY"] == made["no_proxy"] == "intern.example,127.0.0.1,localhost"
    assert made["COPYDESK_EXTRA"] == "1"
    assert made["HOME"] == str(tmp_path)


def test_files_named_in_settings_must_be_readable_by_whoever_runs(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("")
    variables = {
        "COPYDESK_SOURCES": str(tmp_path / "sources.yaml"),
        "COPYDESK_KAFKA_BOOTSTRAP": "127.0.0.1:9092",
        "COPYDESK_CA_FILE": str(tmp_path / "none"),
        "OTHER": str(tmp_path / "sources.yaml"),
    }
    assert python.files_named_in(variables) == [str(tmp_path / "sources.yaml")]


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's processes all run as that user")
def test_root_falls_back_to_itself_where_nobody_cannot_read(tmp_path: Path) -> None:
    nobody = account.for_servers()
    secret = tmp_path / "sources.yaml"
    secret.write_text("")
    secret.chmod(0o600)
    assert python.runs_as(nobody, [str(secret)]) == account.caller()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's processes all run as that user")
def test_root_lets_nobody_run_what_it_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = account.for_servers()
    monkeypatch.setattr(python, "_CAN_IT_RUN", "")
    monkeypatch.setattr(sys, "executable", "/usr/bin/env")  # a program that everybody can reach
    monkeypatch.setattr(account, "can", lambda who, argv: who == nobody and argv[0] == "/usr/bin/env")
    assert python.runs_as(nobody) == nobody


def test_servers_outlive_whoever_works_with_them() -> None:
    running = ["kafka", "airflow-api-server", "airflow-scheduler", "newsroom", "postgres"]
    assert (
        ["airflow-scheduler", "newsroom"],
        ["kafka", "airflow-api-server", "postgres"],
    ) == servers.in_order_of_stopping(running)
