"""The local servers as a person meets them: up, used, killed, healed, stopped, and two sets side by side.

Real servers on free ports; everything is stopped and removed afterwards.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import psutil
import pytest
from elasticsearch import Elasticsearch
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from infra.local import kafka, servers
from infra.local.errors import BadSetting, PortTaken
from infra.local.instance import Instance
from infra.local.process import Process
from infra.local.settings import LocalSettings
from infra.local.throwaway import throwaway_instance

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    """One set of all servers for this file; tests leave it running."""
    with throwaway_instance(("kafka", "elasticsearch", "airflow")) as started:
        yield started


def states(instance: Instance) -> dict[str, str]:
    return {name: status.state for name, status in instance.status().items()}


def elasticsearch(instance: Instance) -> Elasticsearch:
    return Elasticsearch(instance.environment()["COPYDESK_ELASTICSEARCH_URL"], request_timeout=30)


def eventually(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.2)


def test_kafka_starts_though_its_new_identity_begins_with_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "_cluster_id", lambda: "-kP1yYSJQHGGPeP9V2Q3bA")
    with throwaway_instance(("kafka",)) as started:
        admin = KafkaAdminClient(bootstrap_servers=started.environment()["COPYDESK_KAFKA_BOOTSTRAP"])
        assert admin.describe_cluster()["cluster_id"] == "-kP1yYSJQHGGPeP9V2Q3bA"
        admin.close()


def test_all_servers_run_and_are_what_they_should_be(instance: Instance) -> None:
    assert states(instance) == dict.fromkeys(servers.ALL, "running")
    with elasticsearch(instance) as client:
        assert client.info()["version"]["number"].startswith("9.")
    admin = KafkaAdminClient(bootstrap_servers=instance.environment()["COPYDESK_KAFKA_BOOTSTRAP"])
    assert len(admin.describe_cluster()["brokers"]) == 1
    admin.close()


def test_login_works_and_a_wrong_password_does_not(instance: Instance) -> None:
    login = instance.login()
    assert token_status(login.url, login.user, login.password) == 201
    assert token_status(login.url, login.user, "guess") == 401


def token_status(url: str, user: str, password: str) -> int:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
    body = json.dumps({"username": user, "password": password})
    connection.request("POST", "/auth/token", body, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_nothing_listens_beyond_loopback(instance: Instance) -> None:
    pids = {member.pid for member in instance.members()}
    assert pids
    listening = [
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.pid in pids and connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) == 5
    assert set(listening) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


def test_up_again_starts_nothing(instance: Instance) -> None:
    before = {name: status.pid for name, status in instance.status().items()}
    started = time.monotonic()
    instance.up()
    assert time.monotonic() - started < 10
    assert {name: status.pid for name, status in instance.status().items()} == before


def test_killed_launcher_is_seen_and_healed_with_its_data(instance: Instance) -> None:
    """Elasticsearch is a launcher and its child: killing one must not leave the other in the way."""
    with elasticsearch(instance) as client:
        client.index(index="kept", id="1", document={"a": 1}, refresh=True)
    pid = instance.status()["elasticsearch"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: states(instance)["elasticsearch"] == "dead")
    assert "elasticsearch.log" in instance.status()["elasticsearch"].detail

    instance.up(["elasticsearch"])
    with elasticsearch(instance) as client:
        client.cluster.health(wait_for_status="yellow", index="kept")
        assert client.get(index="kept", id="1")["_source"] == {"a": 1}


def test_killed_scheduler_is_seen_and_healed_alone(instance: Instance) -> None:
    before = {name: status.pid for name, status in instance.status().items()}
    scheduler = before["airflow-scheduler"]
    assert scheduler is not None
    os.kill(scheduler, signal.SIGKILL)
    eventually(lambda: states(instance)["airflow-scheduler"] == "dead")

    instance.up()
    after = {name: status.pid for name, status in instance.status().items()}
    assert {name for name in after if after[name] != before[name]} == {"airflow-scheduler"}


def test_data_outlive_down_and_tasks_get_what_up_is_given(instance: Instance) -> None:
    admin = KafkaAdminClient(bootstrap_servers=instance.environment()["COPYDESK_KAFKA_BOOTSTRAP"])
    admin.create_topics([NewTopic("kept", 1, 1)])
    admin.close()
    members = instance.members()
    assert len(members) > len(servers.ALL)

    instance.down()
    assert [member for member in members if member.alive] == []
    assert set(states(instance).values()) == {"stopped"}

    extra = {"COPYDESK_HOST_TABLE": "*.example=127.0.0.1:8099"}
    instance.up(environment=extra)
    assert instance.airflow_environment()["COPYDESK_HOST_TABLE"] == "*.example=127.0.0.1:8099"
    admin = KafkaAdminClient(bootstrap_servers=instance.environment()["COPYDESK_KAFKA_BOOTSTRAP"])
    assert "kept" in admin.list_topics()
    admin.close()

    pids = {name: status.pid for name, status in instance.status().items()}
    instance.up(environment=extra)
    instance.up()
    assert {name: status.pid for name, status in instance.status().items()} == pids


def test_any_other_process_can_run_under_the_same_care(instance: Instance) -> None:
    extra = instance.module(
        "pause", ("http.server", "--bind", "127.0.0.1", "0"), probe="process:", address="", environment={}
    )
    assert isinstance(extra, Process)
    instance.run(extra)
    assert states(instance)["pause"] == "running"
    instance.down(["pause"])
    assert "pause" not in states(instance)
    assert states(instance)["kafka"] == "running"


def test_second_instance_runs_beside_and_its_down_leaves_the_first(instance: Instance) -> None:
    with throwaway_instance(["kafka"]) as other:
        assert set(other.ports.as_dict().values()).isdisjoint(instance.ports.as_dict().values())
        assert states(other)["kafka"] == "running"
    assert states(instance)["kafka"] == "running"


def test_taken_port_is_named_before_anything_starts(instance: Instance) -> None:
    with throwaway_instance([]) as other:
        taken = replace(other.ports, elasticsearch=instance.ports.elasticsearch)
        blocked = Instance(replace(other.settings, ports=taken, free_ports=False))
        with pytest.raises(PortTaken, match=rf"port {taken.elasticsearch} \(elasticsearch\) by java"):
            blocked.up(["kafka", "elasticsearch"])
        assert set(states(blocked).values()) == {"stopped"}


def test_other_port_for_a_running_instance_is_refused_with_the_way_out(instance: Instance) -> None:
    ports = replace(instance.ports, airflow=instance.ports.airflow + 1)
    changed = replace(instance.settings, ports=ports, requested=frozenset({"airflow"}))
    with pytest.raises(BadSetting, match="COPYDESK_AIRFLOW_PORT") as caught:
        Instance(changed).up(["airflow"], environment={})
    assert "copydesk down" in caught.value.way_out


def test_settings_of_another_shell_find_the_running_ports(instance: Instance) -> None:
    other = Instance(replace(LocalSettings.from_environment({}), state=instance.settings.state))
    assert other.ports == instance.ports
    assert other.environment() == instance.environment()
