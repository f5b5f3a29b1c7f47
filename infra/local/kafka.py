"""Kafka as one KRaft node, broker and controller in one process, on loopback."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import uuid
from pathlib import Path

from infra.local import account
from infra.local.disk import naming_full_disk
from infra.local.errors import ServerFailed
from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.process import Process
from infra.local.settings import Ports

NAME = "kafka"
DISK = 300_000_000  # bytes free to start with; data of the demo stays far below

# Without a configuration Kafka logs nothing at all. XML, since log4j reads it without further jars.
_LOGGING = """<Configuration status="WARN">
  <Appenders>
    <Console name="out"><PatternLayout pattern="%d{ISO8601} %-5p %c{1}: %m%n"/></Console>
  </Appenders>
  <Loggers>
    <Root level="INFO"><AppenderRef ref="out"/></Root>
    <Logger name="org.apache.kafka" level="WARN"/>
    <Logger name="kafka" level="WARN"/>
    <Logger name="kafka.server" level="INFO"/>
  </Loggers>
</Configuration>
"""


def prepare(layout: Layout, ports: Ports, heap: str, jdk: Jdk, jars: Path) -> Process:
    """Write the configuration, initialise the storage if there is none, and say how to start."""
    logging = layout.write_config(NAME, "log4j2.xml", _LOGGING)
    config = _write_properties(layout, "server.properties", layout.data(NAME), ports)
    java = (
        str(jdk.java),
        f"-Djava.io.tmpdir={layout.scratch(NAME)}",
        f"-Dlog4j2.configurationFile={logging}",
        "-cp",
        f"{jars}/*",
    )
    if not layout.data(NAME).exists():
        _format(layout, ports, java)
    return Process(
        name=NAME,
        argv=(*java[:1], f"-Xms{heap}", f"-Xmx{heap}", *java[1:], "kafka.Kafka", str(config)),
        probe=f"kafka://127.0.0.1:{ports.kafka}",
        address=f"127.0.0.1:{ports.kafka}",
        environment={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(layout.scratch(NAME))},
        directory=layout.scratch(NAME),
        start_timeout=120,
    )


def _format(layout: Layout, ports: Ports, java: tuple[str, ...]) -> None:
    """Initialise a new storage folder beside the final one, so that an interrupted attempt leaves none."""
    unfinished = layout.data(NAME + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    layout.owned_data(unfinished.name)
    config = _write_properties(layout, "format.properties", unfinished, ports)
    tool = (
        "kafka.tools.StorageTool",
        "format",
        "--ignore-formatted",
        f"--cluster-id={_cluster_id()}",
        "-c",
        str(config),
    )
    with account.spawn(
        (*java, *tool),
        layout.owner,
        cwd=layout.scratch(NAME),
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as formatting:
        output = formatting.communicate()[0].decode(errors="replace").strip()
    if formatting.returncode != 0:
        raise ServerFailed(
            f"Kafka's storage could not be initialised in {unfinished}:\n{output}",
            "Look at the message above; `copydesk doctor` checks disk, memory and Java.",
        )
    with naming_full_disk(unfinished, "initialising Kafka"):
        unfinished.rename(layout.data(NAME))


def _cluster_id() -> str:
    """A new identity of 22 URL-safe base64 characters. One in 64 begins with a dash, like an option."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()


def _write_properties(layout: Layout, file: str, data: Path, ports: Ports) -> Path:
    broker, controller = f"127.0.0.1:{ports.kafka}", f"127.0.0.1:{ports.kafka_controller}"
    properties = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "log.dirs": str(data),  # else Kafka writes below the system's temporary folder
        "controller.quorum.voters": f"1@{controller}",
        "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
        "advertised.listeners": f"PLAINTEXT://{broker}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "auto.create.topics.enable": "false",
        "offsets.topic.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
    }
    return layout.write_config(NAME, file, "".join(f"{key}={value}\n" for key, value in properties.items()))
