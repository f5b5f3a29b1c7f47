"""What can be chosen about the local servers: where they keep things, their ports and their memory.

Read once from the environment and checked before any work, so that a wrong value is named instead of
appearing as a server that does not start. `.env.example` lists the variables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from infra.local.errors import BadSetting

_HEAP = re.compile(r"[1-9][0-9]*[mg]")


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports on loopback. PostgreSQL has none: it listens on a Unix socket only."""

    kafka: int = 9092
    kafka_controller: int = 9093
    elasticsearch: int = 9200
    elasticsearch_transport: int = 9300
    airflow: int = 8080

    def as_dict(self) -> dict[str, int]:
        """Name → port, as kept in the instance's record."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """Everything an instance needs to know. `requested` names the ports that somebody set explicitly."""

    state: Path
    cache: Path
    ports: Ports
    requested: frozenset[str] = frozenset()
    free_ports: bool = False
    elasticsearch_heap: str = "1g"
    kafka_heap: str = "512m"
    maven_url: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> LocalSettings:
        """Settings from `COPYDESK_*` variables; raises `BadSetting` with the variable's name."""
        env = os.environ if environment is None else environment
        names = [field.name for field in fields(Ports)]
        given = {name: _port(env, name) for name in names if env.get(port_variable(name))}
        ports = Ports(**given)
        _refuse_shared_ports(ports)
        return cls(
            state=_folder(env, "COPYDESK_STATE_DIR", _default_state(env)),
            cache=_folder(env, "COPYDESK_CACHE_DIR", _default_cache(env)),
            ports=ports,
            requested=frozenset(given),
            elasticsearch_heap=_heap(env, "COPYDESK_ELASTICSEARCH_HEAP", "1g"),
            kafka_heap=_heap(env, "COPYDESK_KAFKA_HEAP", "512m"),
            maven_url=env.get("COPYDESK_MAVEN_URL") or None,
        )


def port_variable(name: str) -> str:
    """The environment variable that sets the port called `name` in `Ports`."""
    return f"COPYDESK_{name.upper()}_PORT"


def _port(env: Mapping[str, str], name: str) -> int:
    variable = port_variable(name)
    text = env[variable]
    lowest = 1 if os.geteuid() == 0 else 1024
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= 65535:
        raise BadSetting(
            f"{variable} is {text!r}, which is not a usable port.",
            f"Set it to a number from {lowest} to 65535, or unset it.",
        )
    return int(text)


def _refuse_shared_ports(ports: Ports) -> None:
    seen: dict[int, str] = {}
    for name, port in ports.as_dict().items():
        if port in seen:
            raise BadSetting(
                f"{port_variable(seen[port])} and {port_variable(name)} are both {port}.",
                "Give every server a port of its own.",
            )
        seen[port] = name


def _heap(env: Mapping[str, str], variable: str, default: str) -> str:
    text = env.get(variable) or default
    if not _HEAP.fullmatch(text):
        raise BadSetting(
            f"{variable} is {text!r}, which is not a size Java understands.",
            "Set it to whole megabytes or gigabytes, such as 512m or 2g.",
        )
    return text


def _folder(env: Mapping[str, str], variable: str, default: Path) -> Path:
    text = env.get(variable)
    if not text:
        return default
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise BadSetting(
            f"{variable} is {text!r}, a relative path.", "Set it to an absolute path, or unset it."
        )
    return path


def _default_state(env: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib/copydesk")
    return Path(env.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "copydesk"


def _default_cache(env: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:  # not below /root: the servers' account must be able to read it
        return Path("/var/cache/copydesk")
    return Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "copydesk"
