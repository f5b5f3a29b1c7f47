"""Replay: retained pages through the clean stage again, where they lie.

    raw topic ──► those of the sources and the period ──► clean stage ──► log, ledger

Nothing is sent to the raw topic a second time, so no page is kept longer than promised and pointers into the
topic stay true. The stage decides as ever: an older fetch than the last one cleaned, and a page that gives
what it gave before, end `unchanged`; a removed article stays removed.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pipeline.core.records import Record
from pipeline.ports import TopicReader
from pipeline.stages.outcome import Outcome
from pipeline.stages.runner import Pace
from pipeline.stages.runs import Run
from pipeline.stages.tracing import RAW

_SOURCES = "/sources/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Pages of these sources (none: of all), written from `since` up to, not including, `until`; the first
    `limit` of each partition; `partitions` alone if given.
    """

    sources: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    partitions: frozenset[int] = frozenset()

    def takes(self, record: Record) -> bool:
        """Whether the record is one of them. Only its headers are looked at."""
        source = record.headers.get("ce_source", "").removeprefix(_SOURCES)
        return (
            (not self.sources or source in self.sources)
            and (self.since is None or record.timestamp >= self.since)
            and (self.until is None or record.timestamp < self.until)
        )


def how_many(reader: TopicReader, wanted: Wanted) -> dict[int, int]:
    """How many pages of each partition would be replayed; partitions without one are left out."""
    return dict(Counter(record.partition for record in _pages(reader, wanted)))


def replay(
    reader: TopicReader,
    step: Callable[[Sequence[Record]], Sequence[Outcome]],
    wanted: Wanted,
    pace: Pace,
    run: Run,
) -> datetime | None:
    """Hand the pages to `step` and count its outcomes. None when all were; else, out of time or stopped, the
    time of the first page not done, from which a next replay goes on.
    """
    deadline = time.monotonic() + pace.seconds
    rest = _pages(reader, wanted)
    while batch := list(islice(rest, pace.batch)):
        if pace.stop() or time.monotonic() > deadline:
            return batch[0].timestamp
        for outcome in step(batch):
            run.tally.count(outcome.name, outcome.reason)
        run.heard()
    return None


def _pages(reader: TopicReader, wanted: Wanted) -> Iterator[Record]:
    """Partition by partition, so that within each they come in the order in which they were written."""
    for partition, (first, end) in sorted(reader.ends(RAW).items()):
        if wanted.partitions and partition not in wanted.partitions:
            continue
        found = (
            record
            for record in reader.read(RAW, {partition: first}, {partition: end})
            if wanted.takes(record)
        )
        yield from islice(found, wanted.limit)
