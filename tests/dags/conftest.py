"""Airflow in processes of its own: importing it changes logging, warnings and `sys.path` for good."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MARK = "told: "
TIMEOUT = 600


@pytest.fixture(scope="session")
def airflow_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An Airflow home of this session, with a database that is still empty."""
    home = tmp_path_factory.mktemp("airflow")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {
        **kept,
        "PYTHONPATH": str(PROJECT),
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
    }


@pytest.fixture(scope="session")
def facts(airflow_environment: dict[str, str]) -> dict[str, Any]:
    """What is in the DAG files, and what parsing them took."""
    return _told("tests.dags.inspect_dags", airflow_environment)


@pytest.fixture(scope="session")
def runs(airflow_environment: dict[str, str]) -> dict[str, Any]:
    """Scenario → how its run ended; see `run_dags`."""
    _python(["airflow", "db", "migrate"], airflow_environment)
    return _told("tests.dags.run_dags", airflow_environment)


def _told(module: str, environment: dict[str, str]) -> dict[str, Any]:
    output = _python([module], environment)
    (line,) = [line for line in output.splitlines() if line.startswith(MARK)]
    return dict(json.loads(line.removeprefix(MARK)))


def _python(arguments: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    assert done.returncode == 0, f"{arguments} failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout
