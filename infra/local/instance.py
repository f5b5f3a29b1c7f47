"""One set of local servers with its own data: the way in for `copydesk up`, `make run` and the tests.

    up ─► lock the state folder ─► clear away what died ─► ports free? ─► fetch what is missing
       ─► Kafka, Elasticsearch, PostgreSQL at once ─► Airflow's database ─► Airflow's components at once

An instance is a state folder. Several run side by side as long as their folders and ports differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from infra.local import account, elasticsearch, jdk, kafka, ports
from infra.local.errors import BadSetting
from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.locking import exclusive
from infra.local.packages import Packages
from infra.local.process import Process
from infra.local.progress import Progress, Silent
from infra.local.settings import LocalSettings, Ports, port_variable
from infra.local.supervisor import ServiceStatus, Supervisor

SERVERS = (kafka.NAME, elasticsearch.NAME)
_PORTS_OF = {
    kafka.NAME: ("kafka", "kafka_controller"),
    elasticsearch.NAME: ("elasticsearch", "elasticsearch_transport"),
}
_PATIENCE = 600.0  # seconds another command may work on the same state folder


class Instance:
    """The servers of one state folder. Every method may be repeated and does only what is missing."""

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self.layout = Layout(settings.state, account.for_servers())
        self._supervisor = Supervisor(self.layout)
        self._packages = Packages(settings.cache, settings.maven_url)

    @property
    def ports(self) -> Ports:
        """The ports in use, or those the settings give if nothing runs."""
        recorded = self._supervisor.record
        return Ports(**recorded.ports) if recorded.entries and recorded.ports else self.settings.ports

    def up(self, services: Iterable[str] = SERVERS, progress: Progress | None = None) -> None:
        """Start what is missing of `services` and return when all are healthy; any `LocalError` otherwise."""
        listener = progress or Silent()
        with self._alone(listener):
            missing = [name for name in services if self._supervisor.status(name).state != "running"]
            if missing:
                self._clear(missing, listener)
                chosen = self._settle_ports(missing)
                self._start_together(self._servers(missing, chosen, listener), listener)

    def run(self, process: Process, progress: Progress | None = None) -> None:
        """Run any other process under the same supervision, such as the demo newsroom."""
        listener = progress or Silent()
        with self._alone(listener):
            self._supervisor.start(process, listener)

    def down(self, services: Iterable[str] | None = None, progress: Progress | None = None) -> None:
        """Stop exactly what `up` and `run` started (or those named) and leave the data."""
        listener = progress or Silent()
        if not self.settings.state.exists():
            return
        with self._alone(listener):
            self._supervisor.stop(
                list(self._supervisor.record.entries) if services is None else services, listener
            )

    def status(self) -> dict[str, ServiceStatus]:
        """Every server by name, and whatever else runs."""
        names = dict.fromkeys((*SERVERS, *self._supervisor.record.entries))
        with ThreadPoolExecutor(len(names)) as pool:
            return dict(zip(names, pool.map(self._supervisor.status, names), strict=True))

    def environment(self) -> dict[str, str]:
        """The variables that a client of these servers needs."""
        chosen = self.ports
        return {
            "COPYDESK_KAFKA_BOOTSTRAP": f"127.0.0.1:{chosen.kafka}",
            "COPYDESK_ELASTICSEARCH_URL": f"http://127.0.0.1:{chosen.elasticsearch}",
        }

    @contextmanager
    def _alone(self, progress: Progress) -> Iterator[None]:
        self.layout.create()
        waiting = lambda: progress.step("copydesk", "waiting for another command on this state folder")  # noqa: E731
        with exclusive(self.settings.state / "lock", patience=_PATIENCE, on_wait=waiting):
            yield

    def _clear(self, names: Iterable[str], progress: Progress) -> None:
        """Remove what is left of servers that died: children, and their entries."""
        dead = [name for name in names if self._supervisor.status(name).state in ("dead", "unhealthy")]
        self._supervisor.stop(dead, progress)

    def _settle_ports(self, missing: Iterable[str]) -> Ports:
        """Those of the running servers if any run, else free or configured ones; checked for the missing."""
        recorded = self._supervisor.record
        if recorded.entries and recorded.ports:
            chosen = Ports(**recorded.ports)
            self._refuse_change(chosen)
        else:
            chosen = ports.pick() if self.settings.free_ports else self.settings.ports
        starting = [name for name in missing if name not in recorded.entries]
        ports.require_free(
            {port: chosen.as_dict()[port] for name in starting for port in _PORTS_OF.get(name, ())}
        )
        self._supervisor.remember_ports(chosen.as_dict())
        return chosen

    def _refuse_change(self, running: Ports) -> None:
        for name in self.settings.requested:
            asked, used = self.settings.ports.as_dict()[name], running.as_dict()[name]
            if asked != used:
                raise BadSetting(
                    f"{port_variable(name)} is {asked}, but this instance runs with {used}.",
                    "Unset it, or run `copydesk down` first and then `copydesk up` with the new port.",
                )

    def _servers(
        self, names: Iterable[str], chosen: Ports, progress: Progress
    ) -> dict[str, Callable[[], Process]]:
        """For each server the work that leads to something to start; run in parallel."""
        java = jdk.find(self.layout.owner)
        recipes = {
            kafka.NAME: lambda: self._kafka(chosen, java, progress),
            elasticsearch.NAME: lambda: self._elasticsearch(chosen, java, progress),
        }
        return {name: recipes[name] for name in names}

    def _kafka(self, chosen: Ports, java: Jdk, progress: Progress) -> Process:
        jars = self._packages.kafka(progress)
        return kafka.prepare(self.layout, chosen, self.settings.kafka_heap, java, jars)

    def _elasticsearch(self, chosen: Ports, java: Jdk, progress: Progress) -> Process:
        home = self._packages.elasticsearch(progress)
        return elasticsearch.prepare(self.layout, chosen, self.settings.elasticsearch_heap, java, home)

    def _start_together(self, recipes: dict[str, Callable[[], Process]], progress: Progress) -> None:
        """Prepare and start all at once; the first error wins, after all others came to an end."""

        def start(make: Callable[[], Process]) -> None:
            self._supervisor.start(make(), progress)

        with ThreadPoolExecutor(len(recipes)) as pool:
            tasks = [pool.submit(start, make) for make in recipes.values()]
            try:
                for task in tasks:
                    task.result()
            except KeyboardInterrupt:
                self._supervisor.cancel()
                raise
