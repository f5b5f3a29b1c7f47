"""One set of local servers with its own data: the way in for `copydesk up`, `make run` and the tests.

    up ─► lock the state folder ─► clear away what died ─► ports free? ─► fetch what is missing
       ─► Kafka, Elasticsearch, PostgreSQL at once (PostgreSQL: then Airflow's tables)
       ─► Airflow's components at once

An instance is a state folder. Several run side by side as long as their folders and ports differ.
"""

from __future__ import annotations

import math
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from infra.local import account, airflow, keys, ports, postgres, python, servers
from infra.local.disk import require_room
from infra.local.errors import BadSetting, FolderUnusable
from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.locking import exclusive
from infra.local.packages import Packages
from infra.local.process import Identity, Process
from infra.local.progress import Interruptible, Progress, Silent
from infra.local.servers import Recipes
from infra.local.settings import LocalSettings, Ports, port_variable
from infra.local.supervisor import ServiceStatus, Supervisor

EVERYTHING = (*servers.INDEPENDENT, airflow.NAME)
_PATIENCE = 600.0  # seconds another command may work on the same state folder


@dataclass(frozen=True, slots=True)
class Login:
    """How a person or a program logs in to Airflow."""

    url: str
    user: str
    password: str


class Instance:
    """The servers of one state folder. Every method may be repeated and does only what is missing."""

    def __init__(self, settings: LocalSettings) -> None:
        self.settings = settings
        self.layout = Layout(settings.state, account.for_servers())
        self._cancelled = threading.Event()
        self._supervisor = Supervisor(self.layout, self._cancelled)
        self.packages = Packages(settings.cache, settings.maven_url)

    @property
    def ports(self) -> Ports:
        """The ports in use, or those the settings give if nothing runs."""
        recorded = self._supervisor.record
        return Ports(**recorded.ports) if recorded.entries and recorded.ports else self.settings.ports

    def up(
        self,
        services: Iterable[str] = EVERYTHING,
        progress: Progress | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start what is missing of `services` and return when all are healthy; any `LocalError` otherwise.

        `environment` reaches every task in Airflow; if it changed, Airflow's components are restarted.
        Without it they keep what they were given last.
        """
        self._cancelled.clear()
        listener = Interruptible(progress or Silent(), self._cancelled)
        names = servers.expand(services)
        with self._alone(listener):
            missing = [name for name in names if self._supervisor.status(name).state != "running"]
            changed = (
                [name for name in names if name in airflow.COMPONENTS] if environment is not None else []
            )
            if missing or changed:
                recipes = self._recipes(missing, environment, listener)
                self._start_independent([name for name in missing if name in servers.INDEPENDENT], recipes)
                self._start_airflow(
                    [name for name in airflow.COMPONENTS if name in (*missing, *changed)], recipes
                )

    def run(self, process: Process, progress: Progress | None = None) -> None:
        """Run any other process under the same supervision, such as the demo newsroom."""
        listener = progress or Silent()
        with self._alone(listener):
            self._supervisor.start(process, listener)

    def module(
        self, name: str, arguments: Iterable[str], *, probe: str, address: str, environment: Mapping[str, str]
    ) -> Process:
        """A process for `run` that is a Python module of this project: `python -m ARGUMENTS…`."""
        extra = {**self.environment(), **environment}
        home = self.layout.scratch(name)
        return python.module(name, arguments, probe=probe, address=address, home=home, extra=extra)

    def down(
        self,
        services: Iterable[str] | None = None,
        progress: Progress | None = None,
        *,
        patience: float = math.inf,
    ) -> None:
        """Stop exactly what `up` and `run` started (or those named), the servers last; data stays.

        Each is given its own time to finish what it is at, and never more than `patience` seconds.
        """
        if not self.settings.state.exists():
            return
        listener = progress or Silent()
        with self._alone(listener):
            running = list(self._supervisor.record.entries)
            chosen = running if services is None else servers.expand(services, running)
            for names in servers.in_order_of_stopping(chosen):
                self._supervisor.stop(names, listener, patience)

    def clean(self, progress: Progress | None = None) -> None:
        """Stop everything and remove the state folder with all data. There is no way back."""
        if not self.settings.state.exists():
            return
        if not self.layout.is_ours():
            raise FolderUnusable(
                f"{self.settings.state} is not the state folder of an instance.",
                "Check COPYDESK_STATE_DIR; nothing was removed.",
            )
        self.down(progress=progress)
        shutil.rmtree(self.layout.sockets(), ignore_errors=True)
        shutil.rmtree(self.settings.state)

    def status(self) -> dict[str, ServiceStatus]:
        """Every server by name, and whatever else runs."""
        names = dict.fromkeys((*servers.ALL, *self._supervisor.record.entries))
        with ThreadPoolExecutor(len(names)) as pool:
            return dict(zip(names, pool.map(self._supervisor.status, names), strict=True))

    def members(self) -> list[Identity]:
        """All processes of this instance, launchers, children and workers alike."""
        return self._supervisor.members()

    def environment(self) -> dict[str, str]:
        """The variables that a client of these servers needs."""
        return servers.addresses(self.ports)

    def settings_given(self) -> dict[str, str]:
        """The variables a command should use beside what runs here: addresses, and what `up` was given.

        Empty when nothing runs.
        """
        recorded = self._supervisor.record
        return {**recorded.environment, **self.environment()} if recorded.entries else {}

    def airflow_environment(self) -> dict[str, str]:
        """Everything a process needs to be part of this Airflow; it holds the keys, so never print it."""
        recorded = self._supervisor.record.environment
        return self._recipes_for(self.ports, recorded, Silent()).airflow().environment()

    def login(self) -> Login:
        """How to log in to Airflow; `FileNotFoundError` if it was never started here."""
        password = keys.admin_password(self.layout.secrets)
        return Login(f"http://127.0.0.1:{self.ports.airflow}", keys.ADMIN, password)

    @contextmanager
    def _alone(self, progress: Progress) -> Iterator[None]:
        self.layout.create()

        def waiting() -> None:
            progress.step("copydesk", "waiting for another command on this state folder")

        with exclusive(self.settings.state / "lock", patience=_PATIENCE, on_wait=waiting):
            yield

    def _recipes(
        self, missing: list[str], environment: Mapping[str, str] | None, progress: Progress
    ) -> Recipes:
        """Look at everything that could go wrong before anything is started, then say how to start."""
        servers.require_packages(missing)
        self._supervisor.stop(
            [name for name in missing if self._supervisor.status(name).state == "dead"], progress
        )
        chosen = self._settle_ports(missing)
        extra = self._supervisor.record.environment if environment is None else dict(environment)
        account.require_entry(self.layout.owner, self.settings.cache, "COPYDESK_CACHE_DIR")
        require_room(self.settings.state, servers.DISK, "The servers' data")
        self._supervisor.remember(ports=chosen.as_dict(), environment=extra)
        return self._recipes_for(chosen, extra, progress, java=servers.java_for(missing, self.layout.owner))

    def _recipes_for(
        self, chosen: Ports, extra: Mapping[str, str], progress: Progress, java: Jdk | None = None
    ) -> Recipes:
        return Recipes(self.settings, self.layout, self.packages, chosen, extra, progress, java)

    def _settle_ports(self, missing: Iterable[str]) -> Ports:
        """Those of the running servers if any run, else free or configured ones; checked for the missing."""
        recorded = self._supervisor.record
        if recorded.entries and recorded.ports:
            chosen = Ports(**recorded.ports)
            self._refuse_change(chosen)
        else:
            chosen = ports.pick() if self.settings.free_ports else self.settings.ports
        starting = [name for name in missing if name not in recorded.entries]
        numbers = chosen.as_dict()
        ports.require_free({port: numbers[port] for name in starting for port in servers.PORTS.get(name, ())})
        return chosen

    def _refuse_change(self, running: Ports) -> None:
        for name in self.settings.requested:
            asked, used = self.settings.ports.as_dict()[name], running.as_dict()[name]
            if asked != used:
                raise BadSetting(
                    f"{port_variable(name)} is {asked}, but this instance runs with {used}.",
                    "Unset it, or run `copydesk down` first and then `copydesk up` with the new port.",
                )

    def _start_independent(self, names: list[str], recipes: Recipes) -> None:
        def start(name: str) -> None:
            self._supervisor.start(recipes.independent(name), recipes.progress)
            if name == postgres.NAME and airflow.is_installed():
                recipes.progress.step(name, "preparing Airflow's tables")
                recipes.airflow().migrate()
                recipes.progress.step(name, "running")

        self._together(start, names)

    def _start_airflow(self, names: list[str], recipes: Recipes) -> None:
        if names:
            processes = {process.name: process for process in recipes.airflow().processes()}
            self._together(lambda name: self._supervisor.start(processes[name], recipes.progress), names)

    def _together(self, start: Callable[[str], None], names: list[str]) -> None:
        """Start all at once; the first error wins, after all others came to an end."""
        with ThreadPoolExecutor(max(1, len(names))) as pool:
            tasks = [pool.submit(start, name) for name in names]
            try:
                for task in tasks:
                    task.result()
            except KeyboardInterrupt:
                self._cancelled.set()
                raise
