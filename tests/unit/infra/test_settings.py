"""What the environment may say about the local servers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.local.errors import BadSetting
from infra.local.settings import LocalSettings, Ports


def test_defaults_are_the_usual_ports_and_memory() -> None:
    settings = LocalSettings.from_environment({})
    assert settings.ports == Ports(9092, 9093, 9200, 9300, 8080)
    assert (settings.elasticsearch_heap, settings.kafka_heap) == ("1g", "512m")
    assert settings.requested == frozenset()


def test_everything_can_be_set() -> None:
    settings = LocalSettings.from_environment(
        {
            "COPYDESK_STATE_DIR": "/srv/state",
            "COPYDESK_CACHE_DIR": "/srv/cache",
            "COPYDESK_KAFKA_PORT": "10001",
            "COPYDESK_KAFKA_CONTROLLER_PORT": "10002",
            "COPYDESK_ELASTICSEARCH_PORT": "10003",
            "COPYDESK_ELASTICSEARCH_TRANSPORT_PORT": "10004",
            "COPYDESK_AIRFLOW_PORT": "10005",
            "COPYDESK_ELASTICSEARCH_HEAP": "700m",
            "COPYDESK_KAFKA_HEAP": "2g",
            "COPYDESK_MAVEN_URL": "http://mirror.example/maven",
        }
    )
    assert settings == LocalSettings(
        state=Path("/srv/state"),
        cache=Path("/srv/cache"),
        ports=Ports(10001, 10002, 10003, 10004, 10005),
        requested=frozenset(
            {"kafka", "kafka_controller", "elasticsearch", "elasticsearch_transport", "airflow"}
        ),
        elasticsearch_heap="700m",
        kafka_heap="2g",
        maven_url="http://mirror.example/maven",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COPYDESK_KAFKA_PORT", "9092x"),
        ("COPYDESK_KAFKA_PORT", "-1"),
        ("COPYDESK_KAFKA_PORT", "٩٠٩٢"),
        ("COPYDESK_AIRFLOW_PORT", "0"),
        ("COPYDESK_AIRFLOW_PORT", "65536"),
        ("COPYDESK_ELASTICSEARCH_PORT", "9092"),
        ("COPYDESK_ELASTICSEARCH_HEAP", "1 GB"),
        ("COPYDESK_KAFKA_HEAP", "0m"),
        ("COPYDESK_STATE_DIR", "relative/folder"),
        ("COPYDESK_CACHE_DIR", "./cache"),
    ],
)
def test_value_that_cannot_be_meant_is_refused_by_name(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        LocalSettings.from_environment({variable: value})


def test_empty_variable_counts_as_unset() -> None:
    empty = dict.fromkeys(("COPYDESK_KAFKA_PORT", "COPYDESK_STATE_DIR", "COPYDESK_KAFKA_HEAP"), "")
    assert LocalSettings.from_environment(empty) == LocalSettings.from_environment({})


def test_root_keeps_state_and_cache_where_the_servers_account_can_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    settings = LocalSettings.from_environment({"XDG_STATE_HOME": "/root/s", "XDG_CACHE_HOME": "/root/c"})
    assert (settings.state, settings.cache) == (Path("/var/lib/copydesk"), Path("/var/cache/copydesk"))


def test_ordinary_user_keeps_them_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/ada")
    assert LocalSettings.from_environment({}).state == Path("/home/ada/.local/state/copydesk")
    assert LocalSettings.from_environment({}).cache == Path("/home/ada/.cache/copydesk")
    settings = LocalSettings.from_environment({"XDG_STATE_HOME": "/s", "XDG_CACHE_HOME": "/c"})
    assert (settings.state, settings.cache) == (Path("/s/copydesk"), Path("/c/copydesk"))


def test_ordinary_user_cannot_have_a_privileged_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BadSetting, match="COPYDESK_AIRFLOW_PORT"):
        LocalSettings.from_environment({"COPYDESK_AIRFLOW_PORT": "80"})
