"""A new version of the readers' index, filled while the one before it is served: `copydesk index rebuild`.

    begin ──► the stories topic, record by record ──► compare ──► what differs, once more ──► swap
              (from where it was left)                   │  ▲                │
                                                         │  └────────────────┘
    from `begin` on, the writer of stories writes both   ▼
                                                   zero difference

Every write may be repeated, and the higher version wins, so order and interruptions do not matter. A batch
that the writer began before it saw the new version is caught by the comparison, or looked for after the swap.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from pipeline import log
from pipeline.core.codec import from_record
from pipeline.core.model import Story
from pipeline.core.records import Record
from pipeline.core.reindex import Comparison
from pipeline.errors import IndexUnavailable, InvalidRecord
from pipeline.ports import NextIndex, Stories, TopicReader
from pipeline.stages.tracing import STORIES

CHUNK = 500
MARK_EVERY = 10
"""Chunks between two marks: what a killed run does again."""
NEARLY = CHUNK
"""Records after which a next round is worth less than the comparison."""
CHECKED = 500
"""Stories whose contents are compared too."""
ATTEMPTS = 12
PAUSE_SECONDS = 1.0
"""Between two comparisons: longer than a batch of the writer needs."""

logger = logging.getLogger(__name__)
Heard = Callable[[str, int, int], None]
"""Told what is being done, how far it is, and how far it has to go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReindexPorts:
    """`stories` is what readers see now; `wait` passes the time between two comparisons."""

    reader: TopicReader
    stories: Stories
    following: NextIndex
    wait: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reindexed:
    """How it ended. `resumed_at` is the offset where an interrupted run was taken up, or 0; `repaired` are
    stories that the topic has and the index before had not."""

    index: str
    served_before: str
    resumed_at: int
    records: int
    statuses: dict[str, int]
    checked: int
    repaired: int


def reindex(ports: ReindexPorts, heard: Heard) -> Reindexed:
    """Fill, compare and swap. Raises IndexUnavailable when the two do not become equal, with both left as
    they are; InvalidRecord for a story that the new version's mapping rejects."""
    filling = ports.following.begin()
    sample = _Sample()
    records = _fill(ports, filling.offset, sample, heard)
    found = _settle(ports, sample, heard)
    ports.following.swap()
    ports.wait(PAUSE_SECONDS)
    ports.stories.put(ports.following.late())
    log.event(logger, "index.swapped", index=filling.index, stories=found.stories)
    return Reindexed(
        index=filling.index,
        served_before=filling.served,
        resumed_at=filling.offset,
        records=records,
        statuses=found.statuses,
        checked=len(sample.ids),
        repaired=len(found.ahead),
    )


class _Sample:
    """A few of the stories that passed by, each as likely as any other."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._seen = 0
        self._rng = random.Random(0)  # noqa: S311 - a spot check, no secret

    def add(self, story_id: str) -> None:
        self._seen += 1
        if len(self.ids) < CHECKED:
            self.ids.append(story_id)
        elif (place := self._rng.randrange(self._seen)) < CHECKED:
            self.ids[place] = story_id


def _fill(ports: ReindexPorts, start: int, sample: _Sample, heard: Heard) -> int:
    """Read the topic to its end, again until hardly anything is new; how many records there were."""
    records = 0
    while True:
        first, end = ports.reader.ends(STORIES)[0]
        start = max(start, first)
        read = _fill_round(ports, start, end, sample, heard)
        records, start = records + read, end
        if read <= NEARLY:
            return records


def _fill_round(ports: ReindexPorts, start: int, end: int, sample: _Sample, heard: Heard) -> int:
    chunk: list[Record] = []
    records = chunks = 0
    for record in ports.reader.read(STORIES, {0: start}, {0: end}):
        chunk.append(record)
        records += 1
        if len(chunk) == CHUNK:
            chunks += 1
            below = record.offset + 1 if chunks % MARK_EVERY == 0 else None
            _put(ports.following, chunk, sample, below)
            heard("stories", record.offset + 1, end)
            chunk = []
    _put(ports.following, chunk, sample, end)
    heard("stories", end, end)
    return records


def _put(following: NextIndex, records: list[Record], sample: _Sample, below: int | None) -> None:
    """The latest of each story among them; a record that is poison was never in any index."""
    latest: dict[str, Story] = {}
    for record in records:
        try:
            story = from_record(record)
        except InvalidRecord:
            log.event(logger, "record.skipped", level=logging.WARNING, offset=record.offset)
            continue
        if isinstance(story, Story) and story.version > _version(latest.get(story.story_id)):
            latest[story.story_id] = story
    for story_id in latest:
        sample.add(story_id)
    following.put(list(latest.values()), below)


def _version(story: Story | None) -> int:
    return -1 if story is None else story.version


def _settle(ports: ReindexPorts, sample: _Sample, heard: Heard) -> Comparison:
    """Compare until readers would miss nothing, copying what the served index is ahead by."""
    found = Comparison()
    for attempt in range(1, ATTEMPTS + 1):
        found = ports.following.compare(sample.ids)
        heard("comparisons", attempt, ATTEMPTS)
        if found.same:
            return found
        differing = [*found.behind, *found.unequal]
        log.event(logger, "versions.differ", stories=len(differing), attempt=attempt)
        for start in range(0, len(differing), CHUNK):
            ports.following.put(list(ports.stories.get(differing[start : start + CHUNK]).values()))
        ports.wait(PAUSE_SECONDS)
    raise IndexUnavailable(
        "the two versions of the index do not become equal; run the command again",
        behind=len(found.behind),
        unequal=len(found.unequal),
        example=next(iter((*found.behind, *found.unequal)), None),
    )
