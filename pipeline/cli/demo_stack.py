"""What the demo runs on, in the order in which one needs the other.

    Kafka, Elasticsearch, PostgreSQL at once ─► newsroom ─► topics and indices ─► Airflow, told of it

Topics and indices come before Airflow, whose DAGs begin to work as soon as they are read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from infra.local import ports
from infra.local.instance import Instance, Login
from infra.local.progress import Progress
from newsroom.sources import CATALOGUE
from pipeline import settings
from pipeline.airflow.rest import AirflowApi
from pipeline.cli.servers import apply_contracts
from pipeline.world import World

NEWSROOM = "newsroom"
NEWSROOM_PORT = 8099
SAME_EDITION = timedelta(hours=12)
"""For so long a newsroom that is started again is still at its old edition, and has nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Everything up. `newsroom` is its address, None when real sources are read.

    `since` is when Airflow was about to be told: what its DAGs began later knows what they are to read.
    """

    instance: Instance
    world: World
    airflow: AirflowApi
    login: Login
    newsroom: str | None
    since: datetime


def bring_up(instance: Instance, sources: Path | None, live: bool, progress: Progress) -> Stack:
    """Start what is missing and tell Airflow what to read. Raises LocalError and ConfigError."""
    instance.up(("kafka", "elasticsearch", "postgres"), progress)
    newsroom = None if sources else _newsroom(instance, live, progress)
    apply_contracts(instance, progress)
    since = datetime.now(UTC)
    instance.up(("airflow",), progress, environment=_told(sources, newsroom))
    login = instance.login()
    return Stack(
        instance=instance,
        world=World(settings.load({**os.environ, **instance.environment()})),
        airflow=AirflowApi(login.url, login.user, login.password),
        login=login,
        newsroom=newsroom,
        since=since,
    )


def _told(sources: Path | None, newsroom: str | None) -> dict[str, str]:
    """What every task in Airflow must know. The invented hosts exist only behind the newsroom's port."""
    table = f"*.example={urlsplit(newsroom).netloc}" if newsroom else ""
    return {"COPYDESK_SOURCES": str(sources or CATALOGUE), "COPYDESK_HOST_TABLE": table}


def _newsroom(instance: Instance, live: bool, progress: Progress) -> str:
    port = _newsroom_port(instance)
    address = f"http://127.0.0.1:{port}"
    process = instance.module(
        NEWSROOM,
        ["newsroom", "--port", str(port), "--opened", _opened(instance), *(["--live"] if live else [])],
        probe=f"{address}/_newsroom/status",
        address=address,
        environment={},
    )
    instance.run(process, progress)
    return address


def _opened(instance: Instance) -> str:
    note = instance.layout.scratch(NEWSROOM) / "opened"
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    if note.exists():
        before = datetime.fromisoformat(note.read_text(encoding="ascii"))
        if now - before < SAME_EDITION:
            return before.isoformat()
    note.write_text(now.isoformat(), encoding="ascii")
    return now.isoformat()


def _newsroom_port(instance: Instance) -> int:
    """The one it has, else the usual one, else any: Airflow is told, so it need not stay the same."""
    before = instance.status().get(NEWSROOM)
    if before and before.state == "running" and before.address:
        return urlsplit(before.address).port or NEWSROOM_PORT
    return NEWSROOM_PORT if ports.is_free(NEWSROOM_PORT) else ports.pick_one()
