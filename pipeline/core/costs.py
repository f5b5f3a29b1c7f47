"""What extraction costs per host: whose pages are slow, for the report of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MOST_HOSTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class HostCost:
    """How many pages of a host were extracted and the CPU milliseconds each took on average."""

    host: str
    pages: int
    cpu_ms: float


@dataclass(slots=True)
class Costs:
    """The sums while a run goes on; `slowest` is what is worth telling."""

    _sums: dict[str, tuple[int, float]] = field(default_factory=dict)

    def add(self, host: str, seconds: float, pages: int = 1) -> None:
        """Count pages of a host and the CPU seconds they took together."""
        held, spent = self._sums.get(host, (0, 0.0))
        self._sums[host] = (held + pages, spent + seconds)

    def slowest(self) -> tuple[HostCost, ...]:
        """The hosts whose pages cost the most each, the most first; at most `MOST_HOSTS`."""
        costs = (
            HostCost(host=host, pages=pages, cpu_ms=round(1000 * seconds / pages, 1))
            for host, (pages, seconds) in self._sums.items()
        )
        return tuple(sorted(costs, key=lambda cost: (-cost.cpu_ms, cost.host))[:MOST_HOSTS])


def together(parts: Iterable[Iterable[HostCost]]) -> tuple[HostCost, ...]:
    """The slowest hosts of several runs; a host that only some of them name counts as far as they name it."""
    costs = Costs()
    for cost in (cost for part in parts for cost in part):
        costs.add(cost.host, cost.cpu_ms * cost.pages / 1000, cost.pages)
    return costs.slowest()
