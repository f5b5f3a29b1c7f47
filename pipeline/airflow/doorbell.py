"""Watches a consumer group and rings while it is behind its topic, so that a DAG run comes and works.

    every few seconds:  last stable ends  −  the group's committed offsets  ──►  lag? ring, then rest

It looks at the level, not at changes, so a run that failed is asked for again; it commits nothing, so it can
lose nothing. Offsets are the truth and rings are only hints: one too many finds nothing to do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

from pipeline import log
from pipeline.errors import PipelineError
from pipeline.ports import TopicReader

logger = logging.getLogger(__name__)


class Ring(TypedDict):
    """Who is behind, and by how many offsets."""

    topic: str
    group: str
    lag: int


class OpenReader(TopicReader, Protocol):
    """A topic reader that holds a connection."""

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

    A broker or a topic that is not there is one warning an outage, and it looks again.
    """

    topic: str
    group: str
    every: float
    min_gap: float
    open_reader: Callable[[], OpenReader] = kafka_reader
    _reader: OpenReader | None = field(default=None, init=False)
    _answers: bool = field(default=True, init=False)

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
        """The lag, or 0 while nobody answers. The reader stays open between looks."""
        from pipeline.stages.accounts import lag_of

        try:
            if self._reader is None:
                self._reader = self.open_reader()
            ends = self._reader.ends(self.topic)
            lag = lag_of(ends, self._reader.committed(self.group, self.topic))
        except PipelineError as error:
            self._missed(error)
            return 0
        if not self._answers:
            self._answers = True
            log.event(logger, "doorbell.answered-again", topic=self.topic)
        return lag

    def _missed(self, error: PipelineError) -> None:
        self.close()
        if self._answers:
            self._answers = False
            log.event(logger, "doorbell.no-answer", level=logging.WARNING, topic=self.topic, error=error)
