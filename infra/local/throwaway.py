"""An instance for a test run: free ports, little memory, data that is gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from infra.local.instance import Instance
from infra.local.progress import Progress
from infra.local.settings import LocalSettings

_PATIENCE = 3.0
"""Seconds to end: Airflow's scheduler would wait for running tasks, whose work is thrown away."""
_SMALL = {"COPYDESK_ELASTICSEARCH_HEAP": "512m", "COPYDESK_KAFKA_HEAP": "256m"}


@contextmanager
def throwaway_instance(
    services: Iterable[str] = ("kafka", "elasticsearch"), progress: Progress | None = None
) -> Iterator[Instance]:
    """`services` up on free ports with data in the temporary folder; all stopped and removed at the end.

    The download cache is the usual one. `environment()` of the instance says how to reach the servers.
    """
    state = Path(tempfile.mkdtemp(prefix="copydesk-test-"))
    state.chmod(0o755)  # the servers' account must be able to enter
    instance = Instance(_settings(state))
    try:
        instance.up(services, progress)
        yield instance
    finally:
        instance.down(progress=progress, patience=_PATIENCE)
        shutil.rmtree(state)


def _settings(state: Path) -> LocalSettings:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_PORT")}
    return replace(LocalSettings.from_environment({**_SMALL, **kept}), state=state, free_ports=True)
