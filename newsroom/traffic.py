"""What a request log proves about politeness: how many requests a host saw at once, and how closely."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from newsroom.requests import Request


@dataclass(frozen=True, slots=True)
class HostTraffic:
    """Requests to one host. Distances are seconds and None for a single request.

    `closest_starts` is the least time from one request's start to the next one's, `closest_rest` the least
    time from one request's end to the next one's start (negative when they overlap).
    """

    requests: int
    most_at_once: int
    closest_starts: float | None
    closest_rest: float | None


def traffic(log: Iterable[Request]) -> dict[str, HostTraffic]:
    """Traffic per host. Requests still being answered count as lasting for ever."""
    by_host: dict[str, list[tuple[float, float]]] = {}
    for request in log:
        finished = float("inf") if request.finished is None else request.finished
        by_host.setdefault(request.host, []).append((request.started, finished))
    return {host: _measure(sorted(spans)) for host, spans in by_host.items()}


def _measure(spans: list[tuple[float, float]]) -> HostTraffic:
    pairs = list(pairwise(spans))
    return HostTraffic(
        requests=len(spans),
        most_at_once=_most_at_once(spans),
        closest_starts=min((later[0] - earlier[0] for earlier, later in pairs), default=None),
        closest_rest=min((later[0] - earlier[1] for earlier, later in pairs), default=None),
    )


def _most_at_once(spans: list[tuple[float, float]]) -> int:
    changes = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most
