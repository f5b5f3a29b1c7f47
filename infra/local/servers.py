"""The servers by name: which there are, what each needs before it can start, and how much of the machine.

kafka, elasticsearch, postgres      know nothing of each other and start at once
airflow = its four components       needs postgres; its tasks use the other two
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from infra.local import airflow, elasticsearch, jdk, kafka, postgres, python
from infra.local.account import Account
from infra.local.airflow import Airflow
from infra.local.errors import BadSetting, MissingPackages
from infra.local.jdk import Jdk
from infra.local.layout import Layout
from infra.local.packages import Packages
from infra.local.postgres import Postgres
from infra.local.process import Process
from infra.local.progress import Progress
from infra.local.settings import LocalSettings, Ports

INDEPENDENT = (kafka.NAME, elasticsearch.NAME, postgres.NAME)
ALL = (*INDEPENDENT, *airflow.COMPONENTS)
PORTS = {
    kafka.NAME: ("kafka", "kafka_controller"),
    elasticsearch.NAME: ("elasticsearch", "elasticsearch_transport"),
    airflow.API_SERVER: ("airflow",),
}
_MEMORY = {  # bytes beside the heap, measured
    kafka.NAME: 150_000_000,
    elasticsearch.NAME: 400_000_000,
    postgres.NAME: 100_000_000,
    **dict.fromkeys(airflow.COMPONENTS, 250_000_000),
}
DISK = kafka.DISK + elasticsearch.DISK + postgres.DISK


def expand(services: Iterable[str], others: Iterable[str] = ()) -> list[str]:
    """Names of processes for names of services: "airflow" means its components and the database.

    `others` are names that may be meant besides the servers.
    """
    names: dict[str, None] = {}
    for service in services:
        if service == airflow.NAME:
            names |= dict.fromkeys((postgres.NAME, *airflow.COMPONENTS))
        elif service in (*ALL, *others):
            names[service] = None
        else:
            raise BadSetting(
                f"There is no server called {service!r}.",
                f"Choose from {', '.join((*INDEPENDENT, airflow.NAME))}.",
            )
    return list(names)


def in_order_of_stopping(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """First whoever works; then what they need to end well, such as the API server that tasks report to."""
    chosen = list(names)
    needed = (*INDEPENDENT, airflow.API_SERVER)
    return [name for name in chosen if name not in needed], [name for name in chosen if name in needed]


def memory(names: Iterable[str], settings: LocalSettings) -> int:
    """Bytes that those servers will need together: Java's heaps, and what was measured beside them."""
    heaps = {kafka.NAME: settings.kafka_heap, elasticsearch.NAME: settings.elasticsearch_heap}
    return sum(_MEMORY[name] + _bytes(heaps.get(name, "0m")) for name in names if name in _MEMORY)


def _bytes(heap: str) -> int:
    return int(heap[:-1]) << (30 if heap.endswith("g") else 20)


def addresses(ports: Ports) -> dict[str, str]:
    """The variables by which the pipeline finds these servers."""
    return {
        "COPYDESK_KAFKA_BOOTSTRAP": f"127.0.0.1:{ports.kafka}",
        "COPYDESK_ELASTICSEARCH_URL": f"http://127.0.0.1:{ports.elasticsearch}",
    }


def java_for(names: Iterable[str], runs_as: Account) -> Jdk | None:
    """The Java for those of `names` that need one; raises `MissingJdk`."""
    return jdk.find(runs_as) if {kafka.NAME, elasticsearch.NAME} & set(names) else None


def require_packages(names: Iterable[str]) -> None:
    """Raise `MissingPackages` unless the Python packages that those servers come in are installed."""
    lacking = []
    if postgres.NAME in names and not postgres.is_installed():
        lacking.append(postgres.WHEEL)
    if set(airflow.COMPONENTS) & set(names) and not airflow.is_installed():
        lacking.append("apache-airflow")
    if lacking:
        raise MissingPackages(
            f"Not installed in this Python environment: {', '.join(lacking)}.",
            "Run `make setup`, which installs all.",
        )


@dataclass(frozen=True, slots=True)
class Recipes:
    """How each server of one instance comes to be: fetch, configure, initialise, and the process to start."""

    settings: LocalSettings
    layout: Layout
    packages: Packages
    ports: Ports
    extra: Mapping[str, str]
    progress: Progress
    java: Jdk | None

    def independent(self, name: str) -> Process:
        """The process of one of `INDEPENDENT`, after the work that leads to it."""
        make = {
            kafka.NAME: self._kafka,
            elasticsearch.NAME: self._elasticsearch,
            postgres.NAME: self._postgres,
        }
        return make[name]()

    def airflow(self) -> Airflow:
        """Airflow over this instance's PostgreSQL."""
        extra = {**addresses(self.ports), **self.extra}
        runs_as = python.runs_as(
            self.layout.owner, python.files_named_in(python.environment(self.layout.state, extra))
        )
        return Airflow(self.layout, self.ports, self._database(), runs_as, extra)

    def _kafka(self) -> Process:
        assert self.java is not None
        jars = self.packages.kafka(self.progress)
        self.progress.step(kafka.NAME, "preparing")
        return kafka.prepare(self.layout, self.ports, self.settings.kafka_heap, self.java, jars)

    def _elasticsearch(self) -> Process:
        assert self.java is not None
        home = self.packages.elasticsearch(self.progress)
        return elasticsearch.prepare(
            self.layout, self.ports, self.settings.elasticsearch_heap, self.java, home
        )

    def _postgres(self) -> Process:
        self.progress.step(postgres.NAME, "preparing")
        return self._database().prepare()

    def _database(self) -> Postgres:
        return Postgres(self.layout, postgres.programs(self.settings.cache, self.layout.owner))
