"""Elasticsearch as a single node on loopback, started through its own Java launcher.

The archive it comes from has no `bin/elasticsearch`, and its native launcher may be for another
processor. The Java launcher does the same: it reads `jvm.options`, makes the keystore and starts the
server as its child.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.process import Process
from infra.local.settings import Ports

NAME = "elasticsearch"
DISK = 300_000_000  # bytes free to start with; data of the demo stays far below

_SHIPPED = ("jvm.options", "log4j2.properties")
_LAUNCHER_OPTIONS = ("-Xms4m", "-Xmx64m", "-XX:+UseSerialGC")


def prepare(layout: Layout, ports: Ports, heap: str, jdk: Jdk, home: Path) -> Process:
    """Write the configuration and say how to start; `home` is only read."""
    config = layout.config(NAME)
    for name in _SHIPPED:
        layout.write_config(NAME, name, (home / "config" / name).read_text(encoding="utf-8"))
    layout.write_config(NAME, "elasticsearch.yml", _settings(layout, ports))
    return Process(
        name=NAME,
        argv=_command(home, config, jdk),
        probe=f"http://127.0.0.1:{ports.elasticsearch}/_cluster/health?wait_for_status=yellow&timeout=1s",
        address=f"http://127.0.0.1:{ports.elasticsearch}",
        environment=_environment(layout, home, heap, jdk),
        directory=home,  # the launcher looks for modules in its working directory
        start_timeout=180,
    )


def _settings(layout: Layout, ports: Ports) -> str:
    settings = {
        "cluster.name": "copydesk-local",
        "node.name": "local",
        "discovery.type": "single-node",
        "path.data": str(layout.owned_data(NAME)),
        "path.logs": str(layout.own_logs(NAME)),
        "path.repo": str(layout.owned_data("snapshots")),
        "http.host": "127.0.0.1",
        "http.port": ports.elasticsearch,
        "transport.host": "127.0.0.1",
        "transport.port": ports.elasticsearch_transport,
        "xpack.security.enabled": False,  # loopback only; infra/compose runs with security
        "node.store.allow_mmap": False,  # no kernel setting has to be raised for it
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "action.destructive_requires_name": True,
    }
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in settings.items())


def _command(home: Path, config: Path, jdk: Jdk) -> tuple[str, ...]:
    properties = {
        "es.path.home": home,
        "es.path.conf": config,
        "es.distribution.type": "tar",
        "es.java.type": "ES_JAVA_HOME",
        "cli.name": "server",
        "cli.libs": "lib/tools/server-cli",
        "cli.script": home / "bin" / "elasticsearch",
    }
    return (
        str(jdk.java),
        *_LAUNCHER_OPTIONS,
        *(f"-D{key}={value}" for key, value in properties.items()),
        "-cp",
        f"{home}/lib/tools/server-launcher/*",
        "org.elasticsearch.server.launcher.ServerLauncher",
    )


def _environment(layout: Layout, home: Path, heap: str, jdk: Jdk) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(layout.scratch(NAME)),
        "HOSTNAME": socket.gethostname(),
        "ES_HOME": str(home),
        "ES_PATH_CONF": str(layout.config(NAME)),
        "ES_TMPDIR": str(layout.scratch(NAME)),
        "ES_DISTRIBUTION_TYPE": "tar",
        "ES_JAVA_HOME": str(jdk.home),
        "JAVA": str(jdk.java),
        "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap}",
        "CLI_NAME": "server",
        "CLI_LIBS": "lib/tools/server-cli",
    }
