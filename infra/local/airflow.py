"""Airflow's four components as four processes, and the database they share.

`airflow standalone` is not used: it prints passwords, restarts what it likes, and listens on all interfaces.
"""

from __future__ import annotations

import compileall
import importlib.metadata
import importlib.util
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local import account, files, keys, python
from infra.local.account import Account
from infra.local.errors import ServerFailed
from infra.local.layout import Layout
from infra.local.postgres import NAME as POSTGRES
from infra.local.postgres import Postgres
from infra.local.process import Process
from infra.local.settings import Ports
from infra.local.supervisor import last_lines

NAME = "airflow"
API_SERVER = "airflow-api-server"
COMPONENTS = (API_SERVER, "airflow-scheduler", "airflow-dag-processor", "airflow-triggerer")

_DATABASE = "airflow"
_MIGRATED = "copydesk-airflow-migrated"  # inside PostgreSQL's data, so that it goes when they go
_OUR_PACKAGES = ("pipeline", "schemas", "dags", "infra", "newsroom")
_NO_LOG_SERVER = "--skip-serve-logs"  # they would listen on all interfaces; logs are read over REST


@dataclass(frozen=True, slots=True)
class Airflow:
    """Airflow of one instance. `extra` are variables that reach every component and so every task."""

    layout: Layout
    ports: Ports
    postgres: Postgres
    runs_as: Account
    extra: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where the user interface and the REST API are."""
        return f"http://127.0.0.1:{self.ports.airflow}"

    def migrate(self) -> None:
        """Make the database and bring its tables to this Airflow's version, once per version."""
        version = importlib.metadata.version("apache-airflow-core")
        marker = self.layout.data(POSTGRES) / _MIGRATED
        if marker.exists() and marker.read_text(encoding="ascii") == version:
            return
        self.postgres.create_database(_DATABASE)
        log = self.layout.fresh_log("airflow-db-migrate")
        with (
            log.open("ab") as output,
            account.spawn(
                (sys.executable, "-m", "airflow", "db", "migrate"),
                self.runs_as,
                cwd="/",
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as migration,
        ):
            failed = migration.wait() != 0
        if failed:
            raise ServerFailed(
                f"Airflow's database could not be prepared. Log: {log}\n" + "\n".join(last_lines(log)),
                "Read the log for the cause, then run the same command again.",
            )
        files.put(marker, version)

    def processes(self) -> list[Process]:
        """The four components."""
        _compile()
        environment = self.environment()
        monitor = f"airflow://127.0.0.1:{self.ports.airflow}"
        since = f"?since={time.time():.0f}"  # a heartbeat from before is that of a former life
        return [
            self._component("api-server", (), f"{self.url}/api/v2/monitor/health", environment),
            self._component("scheduler", (_NO_LOG_SERVER,), f"{monitor}/scheduler{since}", environment),
            self._component("dag-processor", (), f"{monitor}/dag-processor{since}", environment),
            self._component("triggerer", (_NO_LOG_SERVER,), f"{monitor}/triggerer{since}", environment),
        ]

    def environment(self) -> dict[str, str]:
        """Everything a component needs, and nothing of Airflow's that the caller's environment may hold."""
        home = self._folder(self.layout.data(NAME))
        secrets = keys.load(self.layout.secrets, self.runs_as)
        return python.environment(
            home,
            {
                "AIRFLOW_HOME": str(home),
                "AIRFLOW__CORE__DAGS_FOLDER": str(python.PROJECT / "dags"),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
                "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
                # Three shards, a clean and an index task that linger at the ends, and one to spare.
                "AIRFLOW__CORE__PARALLELISM": "6",
                "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
                # A scheduler that is up first runs tasks at once: they wait for the API server.
                "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "60",
                "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "2",
                "AIRFLOW__CORE__FERNET_KEY": secrets.fernet_key,
                "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{keys.ADMIN}:admin",
                "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(secrets.passwords_file),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.postgres.sqlalchemy_url(_DATABASE),
                "AIRFLOW__API__HOST": "127.0.0.1",
                "AIRFLOW__API__PORT": str(self.ports.airflow),
                "AIRFLOW__API__BASE_URL": self.url,
                "AIRFLOW__API__WORKERS": "1",
                "AIRFLOW__API__SECRET_KEY": secrets.session_secret,
                "AIRFLOW__API_AUTH__JWT_SECRET": secrets.jwt_secret,
                "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(self._folder(self.layout.state / "logs" / NAME)),
                "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
                **self.extra,
            },
        )

    def _component(
        self, name: str, options: tuple[str, ...], probe: str, environment: dict[str, str]
    ) -> Process:
        return Process(
            name=f"{NAME}-{name}",
            argv=(sys.executable, "-m", "airflow", name, *options),
            probe=probe,
            address=self.url,
            environment=environment,
            directory=python.PROJECT,  # settings may name files relative to it, such as sources.yaml
            account="python",
            start_timeout=240,  # 11 s on an idle machine; over a minute was seen on a busy one
            stop_timeout=40,
            # Most tasks end within that; one that drains a topic then ends after its batch, as a success.
            tasks_after=5 if name == "scheduler" else None,
        )

    def _folder(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        account.give_tree(folder, self.runs_as)
        return folder


def is_installed() -> bool:
    """Whether Airflow is there (without importing it, which takes seconds)."""
    return importlib.util.find_spec("airflow") is not None


def _compile() -> None:
    """Compile our code as the caller: another account cannot write the result, and every task imports it."""
    for package in _OUR_PACKAGES:
        compileall.compile_dir(python.PROJECT / package, quiet=2)
