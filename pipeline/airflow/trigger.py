"""The doorbell as Airflow's triggerer runs it. A changed argument makes it another trigger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from pipeline.airflow.doorbell import Doorbell


class LagTrigger(BaseEventTrigger):
    """Fires with `{"topic", "group", "lag"}` while `group` has records of `topic` still to read.

    `every` and `min_gap` are seconds: how often it looks, and how long it rests after it fired.
    """

    def __init__(self, topic: str, group: str, every: float = 2.0, min_gap: float = 10.0) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # Airflow's is untyped
        self._identity: dict[str, Any] = {
            "topic": topic,
            "group": group,
            "every": every,
            "min_gap": min_gap,
        }
        self._doorbell = Doorbell(**self._identity)

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", self._identity

    async def run(self) -> AsyncIterator[TriggerEvent]:
        async for ring in self._doorbell.rings():
            yield TriggerEvent(ring)  # type: ignore[no-untyped-call]  # Airflow's is untyped

    async def cleanup(self) -> None:
        await asyncio.to_thread(self._doorbell.close)
