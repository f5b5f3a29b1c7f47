"""Asking a server whether it is well. A probe is a URL, so that it can be kept in the instance's record.

| probe | well when |
| --- | --- |
| `http://HOST:PORT/PATH` | the answer is 200 |
| `tcp://HOST:PORT` | somebody accepts a connection |
| `kafka://HOST:PORT` | the broker answers an ApiVersions request: it serves, not only listens |
| `airflow://HOST:PORT/COMPONENT?since=T` | Airflow's monitor calls it healthy, by a heartbeat after T |
| `exec:COMMAND LINE` | the command exits with 0 |
| `process:` | it runs; there is nothing to ask |
"""

from __future__ import annotations

import http.client
import json
import shlex
import socket
import struct
import subprocess
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

# Straight to loopback, past the environment's proxies: `http.client` knows none.


_FAILURES = (
    OSError,
    http.client.HTTPException,
    struct.error,
    subprocess.TimeoutExpired,
    ValueError,  # JSON and times that are none
    TypeError,
    LookupError,
)


@dataclass(frozen=True, slots=True)
class Health:
    """The answer, with a few words for people."""

    ok: bool
    detail: str


def check(probe: str, timeout: float = 3.0) -> Health:
    """Ask once. Never raises for a server that is down, slow or talks nonsense; that is what it reports."""
    where = urlsplit(probe)
    try:
        return _PROBES[where.scheme](where, timeout)
    except _FAILURES as error:
        return Health(False, f"does not answer: {error}")


def _http(where: SplitResult, timeout: float) -> Health:
    status, _ = _get(where, where.path + (f"?{where.query}" if where.query else ""), timeout)
    return Health(status == 200, f"answers {status}")


def _tcp(where: SplitResult, timeout: float) -> Health:
    with socket.create_connection((where.hostname, where.port), timeout):
        return Health(True, "accepts connections")


def _kafka(where: SplitResult, timeout: float) -> Health:
    """ApiVersions, version 0: the one request that every broker answers, even to clients of another age."""
    client = b"copydesk"
    body = struct.pack(">hhih", 18, 0, 1, len(client)) + client
    with socket.create_connection((where.hostname, where.port), timeout) as connection:
        connection.sendall(struct.pack(">i", len(body)) + body)
        answer = connection.makefile("rb").read(10)
    _, correlation, error = struct.unpack(">iih", answer)
    return Health(correlation == 1 and error == 0, "serves" if error == 0 else f"answers error {error}")


def _airflow(where: SplitResult, timeout: float) -> Health:
    """The monitor answers 200 even when a component is dead, so each one's own status is read."""
    status, body = _get(where, "/api/v2/monitor/health", timeout)
    if status != 200:
        return Health(False, f"the API server answers {status}")
    component = where.path.strip("/").replace("-", "_")
    said = _object(_object(json.loads(body)).get(component))
    beat = said.get(f"latest_{component}_heartbeat")
    since = float(parse_qs(where.query)["since"][0])
    if not beat or datetime.fromisoformat(beat).timestamp() < since:
        return Health(False, "no heartbeat yet")
    return Health(said["status"] == "healthy", f"{said['status']}, last heartbeat {beat}")


def _exec(where: SplitResult, timeout: float) -> Health:
    command = shlex.split(where.path)  # written by us when the process was started
    done = subprocess.run(command, capture_output=True, timeout=timeout, check=False)  # noqa: S603
    said = (done.stdout or done.stderr).decode(errors="replace").strip().splitlines()
    return Health(done.returncode == 0, said[-1] if said else f"exit code {done.returncode}")


def _process(where: SplitResult, timeout: float) -> Health:  # noqa: ARG001 - one signature for all probes
    return Health(True, "runs")


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r:.40} is no report")
    return value


def _get(where: SplitResult, path: str, timeout: float) -> tuple[int, bytes]:
    assert where.hostname is not None
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


_PROBES = {
    "http": _http,
    "tcp": _tcp,
    "kafka": _kafka,
    "airflow": _airflow,
    "exec": _exec,
    "process": _process,
}
