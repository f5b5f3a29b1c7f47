"""Faults on demand: lets a test kill the process before, within or after any single write.

Every write of the in-memory world passes through `Faults.write` under a name such as `stories.put`. A test
runs once to see the names in `calls`, then once per write with a fault planned there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


class Crash(BaseException):
    """The process died here. Not an Exception, as no handler of the code under test may survive it."""


@dataclass(slots=True)
class _Plan:
    point: str | None
    calls_left: int
    error: BaseException
    items: int | None
    """How many items of the write still happen; None for all of them."""


class Faults:
    """What is planned to go wrong, and every write that happened."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.life = 0
        self._dead = False
        self._plans: list[_Plan] = []

    def crash_before(self, point: str | None = None, *, nth: int = 1) -> None:
        """Die instead of the nth next write of that name (of any name when None)."""
        self._plans.append(_Plan(point, nth, Crash(point), 0))

    def crash_after(self, point: str | None = None, *, nth: int = 1, items: int | None = None) -> None:
        """Die when the nth next write of that name is done, or as soon as `items` of its items are."""
        self._plans.append(_Plan(point, nth, Crash(point), items))

    def fail(self, point: str, error: Exception, *, nth: int = 1, items: int = 0) -> None:
        """Raise `error` from the nth next write of that name, after `items` of its items were written."""
        self._plans.append(_Plan(point, nth, error, items))

    def revive(self) -> None:
        """Begin a new life; what belonged to an earlier one stays dead."""
        self._dead = False
        self._plans.clear()
        self.life += 1

    def check(self, life: int | None = None) -> None:
        """Raise Crash when the process, or the life a client was made in, has ended."""
        if self._dead or (life is not None and life != self.life):
            raise Crash("this process is dead")

    @contextmanager
    def write(
        self, point: str, items: Sequence[Item] = (), life: int | None = None
    ) -> Iterator[Sequence[Item]]:
        """Around one write: yields the items that still happen, raises what is planned."""
        self.check(life)
        self.calls.append(point)
        plan = self._due(point)
        if plan is None:
            yield items
            return
        if plan.items != 0:
            yield items if plan.items is None else items[: plan.items]
        self._dead = isinstance(plan.error, Crash)
        raise plan.error

    def _due(self, point: str) -> _Plan | None:
        for plan in self._plans:
            if plan.point in (None, point):
                plan.calls_left -= 1
        due = next((plan for plan in self._plans if plan.calls_left == 0), None)
        if due is not None:
            self._plans.remove(due)
        return due
