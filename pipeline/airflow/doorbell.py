"""Watches a consumer group and rings while it is behind its topic, so that a DAG run comes and works.

    every few seconds:  last stable ends  −  the group's committed offsets  ──►  lag that nobody takes off?
                                                                                  ring, then rest

It looks at the level of the lag, not at its changes, so a run that failed is asked for again. While offsets
are being committed somebody is at work, a long-lived worker or a run, and a ring would bring one too many.
It commits nothing, so it can lose nothing. Offsets are the truth and rings are only hints.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

from pipeline import log
from pipeline.errors import PipelineError

logger = logging.getLogger(__name__)


class Ring(TypedDict):
    """Who is behind, and by how many offsets."""

    topic: str
    group: str
    lag: int


class OpenReader(Protocol):
    """What a doorbell needs of a `ports.TopicReader`, which is not imported: every DAG file imports this."""

    def ends(self, topic: str) -> dict[int, tuple[int, int]]:
        """Per partition the first retained offset and the last stable offset."""

    def committed(self, group: str, topic: str) -> dict[int, tuple[int, str]]:
        """Per partition the group's committed offset and its metadata."""

    def close(self) -> None: ...


def kafka_reader() -> OpenReader:
    """Kafka by the settings; imported here, since every DAG file imports this module."""
    from pipeline import settings
    from pipeline.adapters.kafka_reader import KafkaTopicReader

    log.quiet()
    return KafkaTopicReader(settings.load())


@dataclass(slots=True, kw_only=True)
class Doorbell:
    """Looks every `every` seconds and rests `min_gap` seconds after a ring.

    It rings while there is lag and the group's offsets are those of the look before.

    A broker or a topic that is not there is one warning an outage, and it looks again.
    """

    topic: str
    group: str
    every: float
    min_gap: float
    open_reader: Callable[[], OpenReader] = kafka_reader
    _reader: OpenReader | None = field(default=None, init=False)
    _answers: bool = field(default=True, init=False)
    _committed: dict[int, tuple[int, str]] | None = field(default=None, init=False)

    async def rings(self) -> AsyncIterator[Ring]:
        """One ring after another, for ever; close the doorbell afterwards."""
        while True:
            lag = await asyncio.to_thread(self._look)
            if lag:
                yield Ring(topic=self.topic, group=self.group, lag=lag)
            await asyncio.sleep(self.min_gap if lag else self.every)

    def close(self) -> None:
        """Close the reader; the next look would open another."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _look(self) -> int:
        """The lag; 0 while somebody takes it off or nobody answers. The reader stays open between looks."""
        from pipeline.stages.accounts import lag_of

        try:
            if self._reader is None:
                self._reader = self.open_reader()
            ends = self._reader.ends(self.topic)
            committed = self._reader.committed(self.group, self.topic)
        except PipelineError as error:
            self._missed(error)
            return 0
        if not self._answers:
            self._answers = True
            log.event(logger, "doorbell.answered-again", topic=self.topic)
        before, self._committed = self._committed, committed
        return lag_of(ends, committed) if before in (None, committed) else 0

    def _missed(self, error: PipelineError) -> None:
        self.close()
        if self._answers:
            self._answers = False
            log.event(logger, "doorbell.no-answer", level=logging.WARNING, topic=self.topic, error=error)
