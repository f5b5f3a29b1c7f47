"""Ports: who has one, and picking free ones."""

from __future__ import annotations

import contextlib
import random
import socket
from collections.abc import Iterator

import psutil

from infra.local.errors import PortTaken
from infra.local.settings import Ports, port_variable

# Below the range from which systems give ports to outgoing connections (32768 on Linux): a free port found
# there cannot be taken by a client before its server binds it.
_FIRST, _LAST = 15_000, 32_000


def require_free(ports: dict[str, int]) -> None:
    """Raise `PortTaken`, naming every taken port of `ports` (name → port) and, where visible, its owner."""
    taken = {name: port for name, port in ports.items() if not is_free(port)}
    if not taken:
        return
    named = "; ".join(
        f"port {port} ({name.replace('_', ' ')}) by {owner(port)}" for name, port in taken.items()
    )
    variables = ", ".join(port_variable(name) for name in taken)
    raise PortTaken(
        f"Taken already: {named}.",
        f"Stop that program, or choose other ports with {variables} or `copydesk up --free-ports`.",
    )


def is_free(port: int) -> bool:
    """Whether a server could listen on that port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def owner(port: int) -> str:
    """The program that listens on `port`, as far as this account may see it."""
    with contextlib.suppress(psutil.AccessDenied, psutil.NoSuchProcess):  # macOS shows only one's own
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if (
                connection.status == psutil.CONN_LISTEN
                and address
                and address.port == port
                and connection.pid
            ):
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return "a program of another account"


def pick() -> Ports:
    """Five different ports that are free now."""
    free = _free()
    return Ports(*(next(free) for _ in range(5)))


def pick_one() -> int:
    """A port that is free now, for a server of another kind."""
    return next(_free())


def _free() -> Iterator[int]:
    """The system's randomness, not the program's: two programs with the same seed would pick the same ones
    and meet where both start servers."""
    candidates = random.SystemRandom().sample(range(_FIRST, _LAST), k=400)
    return (port for port in candidates if is_free(port))
