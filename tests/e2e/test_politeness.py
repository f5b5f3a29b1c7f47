"""Three workers, 300 hosts, one worker killed: the server's own log says how polite they were."""

from __future__ import annotations

import signal
import time
from collections import Counter
from itertools import pairwise

import pytest

from infra.local.instance import Instance
from newsroom.requests import Request
from newsroom.room import Room
from newsroom.server import serve
from pipeline.settings import Settings
from tests.e2e.village import HOLD, HOSTS, PACE, SPEED, WORKERS, Village, name
from tests.e2e.workers import eventually, finish, start

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

ROUNDING = 0.001
"""Of a second. Workers and server write down one clock, and the workers' is rounded and stretched."""


def test_three_workers_and_a_killed_one_are_as_polite_as_one(instance: Instance, empty: Settings):
    village = Village()
    with serve(demo=False, annexes=(village,)) as room:
        origin = str(time.time())
        workers = [
            start(instance, "tests.e2e.village", str(room.port), origin, str(n)) for n in range(WORKERS)
        ]
        try:
            eventually(lambda: len(room.log) >= HOSTS // 2, "the workers are in the middle of their work")
            workers[0].kill()
            killed_at = time.time()
            eventually(lambda: not _missing(village, room), "every page was served", patience=300)
        finally:
            for worker in workers[1:]:
                worker.terminate()
            ended = [finish(worker) for worker in workers]
        log = list(room.log)
    assert [code for code, _ in ended] == [-signal.SIGKILL, 0, 0], ended
    assert {request.host for request in log} == {name(number) for number in range(HOSTS)}
    assert _too_close(log) == []
    assert _asked_in_a_hold(log) == []
    met = Counter(request.path for request in log)
    assert (
        min(met[path] for path in ("/rules.txt", "/moved", "/arrived", "/from-neighbour", "/cut", "/busy"))
        > 0
    )
    assert len({request.host for request in log if request.started > killed_at}) > HOSTS // 3, (
        "killed too late"
    )


def _too_close(log: list[Request]) -> list[tuple[Request, Request]]:
    """Requests to one host that overlap, or lie closer than the pace."""
    return [(one, other) for one, other in _pairs(log) if other.started - _end(one) < PACE / SPEED - ROUNDING]


def _asked_in_a_hold(log: list[Request]) -> list[tuple[Request, Request]]:
    """What followed a 429 sooner than it asked for."""
    held = [(one, other) for one, other in _pairs(log) if one.status == 429]
    return [(one, other) for one, other in held if other.started - _end(one) < HOLD / SPEED - ROUNDING]


def _pairs(log: list[Request]) -> list[tuple[Request, Request]]:
    ordered = sorted(log, key=lambda request: (request.host, request.started))
    return [(one, other) for one, other in pairwise(ordered) if one.host == other.host]


def _end(request: Request) -> float:
    """When a request was over as its worker saw it: never before we began to write the answer. Of one that
    broke off only the beginning is known for certain, since whoever was cut off may have seen it first."""
    return request.started if request.broken or request.finished is None else request.finished


def _missing(village: Village, room: Room) -> set[tuple[str, str]]:
    """What no worker has been given yet."""
    given = {(each.host, each.path) for each in list(room.log) if each.status == 200 and not each.broken}
    return village.pages - given
