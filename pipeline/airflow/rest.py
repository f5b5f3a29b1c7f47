"""Airflow's REST API as far as we need it: log in, start a run, see how runs and their tasks stand.

Plain HTTP over one short-lived connection a call, past the environment's proxies: it is for an Airflow on
this machine. Nothing here imports Airflow.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from pipeline.errors import ConfigError, PipelineError, TransientError

TIMEOUT = 30.0
ACTIVE = ("queued", "running")


class AirflowUnavailable(TransientError):
    """Airflow did not answer, or not as it should."""


class UnknownToAirflow(PipelineError):
    """Airflow answers, and has no such thing (yet): a DAG is unknown until its file was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DagRun:
    """One run of one DAG."""

    dag_id: str
    run_id: str
    state: str
    run_after: datetime
    started_at: datetime | None

    @property
    def active(self) -> bool:
        """Whether it will still do something."""
        return self.state in ACTIVE


@dataclass(slots=True)
class AirflowApi:
    """The API at `url`, as one user. Every method raises AirflowUnavailable when Airflow does not answer."""

    url: str
    user: str
    password: str = field(repr=False)
    _token: str | None = field(default=None, repr=False)

    def token(self) -> str:
        """A bearer token; the browser's cookie of this name, `_token`, holds the same. Raises ConfigError."""
        given = {"username": self.user, "password": self.password}
        status, body = self._send("POST", "/auth/token", given, {})
        if status == 401:
            raise ConfigError("Airflow does not know this user and password", url=self.url, user=self.user)
        return str(_checked(status, body, "/auth/token")["access_token"])

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None) -> str:
        """Start a run; return its id. Raises UnknownToAirflow while the DAG was not read yet."""
        started = self.post(f"/dags/{dag_id}/dagRuns", {"logical_date": None, "conf": dict(conf or {})})
        return str(started["dag_run_id"])

    def unpause(self, dag_id: str) -> None:
        """Let a DAG run that somebody paused: its runs would wait for ever."""
        self._call("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def pause(self, dag_id: str) -> None:
        """Let a DAG start no more runs."""
        self._call("PATCH", f"/dags/{dag_id}", {"is_paused": True})

    def runs(self, dag_id: str, since: datetime) -> list[DagRun]:
        """The runs of a DAG that were to start at or after `since`, the newest first."""
        asked = {"run_after_gte": since.isoformat(), "order_by": "-run_after", "limit": 100}
        found = self.get(f"/dags/{dag_id}/dagRuns?{urlencode(asked)}")["dag_runs"]
        return [_run(row) for row in found]

    def run(self, dag_id: str, run_id: str) -> DagRun:
        """One run as it stands."""
        return _run(self.get(f"/dags/{dag_id}/dagRuns/{quote(run_id)}"))

    def tasks(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run, as the API tells them."""
        return list(self.get(f"/dags/{dag_id}/dagRuns/{quote(run_id)}/taskInstances")["task_instances"])

    def log(self, task: Mapping[str, Any]) -> list[str]:
        """The messages in the log of a task instance's last try."""
        path = f"/dags/{task['dag_id']}/dagRuns/{quote(task['dag_run_id'])}/taskInstances/{task['task_id']}"
        asked = urlencode({"map_index": task["map_index"]})
        told = self.get(f"{path}/logs/{max(1, task['try_number'])}?{asked}")
        return [_message(line) for line in told["content"]]

    def get(self, path: str) -> Any:
        """GET a path below `/api/v2`."""
        return self._call("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        """POST JSON to a path below `/api/v2`."""
        return self._call("POST", path, body)

    def _call(self, method: str, path: str, body: Any) -> Any:
        if self._token is None:
            self._token = self.token()
        status, answer = self._send(
            method, f"/api/v2{path}", body, {"Authorization": f"Bearer {self._token}"}
        )
        if status == 401:  # tokens end after a day
            self._token = None
            raise AirflowUnavailable("Airflow wants a new login", path=path)
        return _checked(status, answer, path)

    def _send(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, bytes]:
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=TIMEOUT)
        given = {"Accept": "application/json", **headers}
        payload = None
        if body is not None:
            payload, given["Content-Type"] = json.dumps(body), "application/json"
        try:
            connection.request(method, path, payload, given)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise AirflowUnavailable(f"Airflow does not answer: {error}", url=self.url) from error
        finally:
            connection.close()


def _checked(status: int, body: bytes, path: str) -> Any:
    if status == 404:
        raise UnknownToAirflow("Airflow has nothing there", path=path)
    if status >= 500 or status == 429:
        raise AirflowUnavailable("Airflow could not answer", status=status, path=path)
    if status >= 400:
        raise PipelineError(
            f"Airflow refuses: {body[:500].decode(errors='replace')}", status=status, path=path
        )
    return json.loads(body)


def _run(row: Mapping[str, Any]) -> DagRun:
    return DagRun(
        dag_id=row["dag_id"],
        run_id=row["dag_run_id"],
        state=row["state"],
        run_after=datetime.fromisoformat(row["run_after"]),
        started_at=datetime.fromisoformat(row["start_date"]) if row["start_date"] else None,
    )


def _message(line: Any) -> str:
    """One line of a log: an event with its error, if it has one, or plain text."""
    if not isinstance(line, Mapping):
        return str(line)
    errors = [f"{part['exc_type']}: {part['exc_value']}" for part in line.get("error_detail") or ()]
    return " ".join([str(line.get("event", "")), *errors])
