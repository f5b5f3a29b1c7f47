"""The end of every visit, in batches: records acknowledged, then the ledger, then the count.

    visits ─► raw records ─► acknowledged ─► edits (`gone`, `back`) ─► acknowledged ─► ledger ─► tally

That order is what a crash may cut anywhere: what was published and not written down is asked and published
again, as the same article.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from pipeline.core.codec import to_message
from pipeline.core.ledger import FetchSection
from pipeline.core.model import Edit, RawArticle
from pipeline.core.records import Message, Placed
from pipeline.core.visits import Visit
from pipeline.errors import InvalidRecord
from pipeline.stages import ledger
from pipeline.stages.fetch_ports import FetchPorts
from pipeline.stages.runs import Run

BATCH = 64
WAIT_SECONDS = 0.1
"""A batch is sent when it is full or this long after its first visit."""

QUEUE = 128
MOST_BYTES = 16 * 1024 * 1024
"""Pages waiting to be sent: one more visit than fits waits before it hands over its page."""

SOURCE = "/stages/fetch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One visit of one article: its section before, how it ended, and the page if it brought one."""

    article_id: str
    before: FetchSection
    visit: Visit
    raw: RawArticle | None = None

    @property
    def size(self) -> int:
        """Bytes of page it holds."""
        return len(self.raw.body) if self.raw else 0


class Sink:
    """Takes finished visits from all workers; one writer, so ports need no care about threads."""

    def __init__(self, ports: FetchPorts, run: Run) -> None:
        self._ports, self._run = ports, run
        self._queue: asyncio.Queue[Finished | None] = asyncio.Queue(QUEUE)
        self._held = 0
        self._room = asyncio.Event()
        self._room.set()

    async def put(self, finished: Finished) -> None:
        """Hand over a visit, waiting while too much is under way."""
        while self._held + finished.size > MOST_BYTES and self._held:
            self._room.clear()
            await self._room.wait()
        self._held += finished.size
        await self._queue.put(finished)

    async def close(self) -> None:
        """No more visits will come."""
        await self._queue.put(None)

    async def run(self) -> None:
        """Write until closed. Raises what the ports raise: then nothing more may be written."""
        open_ = True
        while open_:
            batch, open_ = await self._batch()
            if batch:
                await self._ports.blocking(self._write, batch)
                self._held -= sum(finished.size for finished in batch)
                self._room.set()

    async def _batch(self) -> tuple[list[Finished], bool]:
        """The next visits, and whether more may follow."""
        first = await self._queue.get()
        if first is None:
            return [], False
        batch = [first]
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                while len(batch) < BATCH:
                    finished = await self._queue.get()
                    if finished is None:
                        return batch, False
                    batch.append(finished)
        return batch, True

    def _write(self, batch: Sequence[Finished]) -> None:
        written = self._published(batch)
        edits = [edit for finished in written for edit in _edits(finished)]
        if edits:
            self._ports.publisher.publish([to_message(edit, source=SOURCE) for edit in edits])
        ledger.record(self._ports.ledger, [(each.article_id, each.visit.section) for each in written])
        for each in written:
            self._run.tally.count(each.visit.outcome, each.visit.reason)

    def _published(self, batch: Sequence[Finished]) -> list[Finished]:
        """The batch with its pages sent, each knowing where it lies; what cannot be sent is discarded."""
        ended: list[Finished] = []
        sending: list[tuple[Finished, Message]] = []
        for finished in batch:
            if finished.raw is None:
                ended.append(finished)
                continue
            try:
                sending.append(
                    (finished, to_message(finished.raw, source=f"/sources/{finished.raw.source_id}"))
                )
            except InvalidRecord as error:
                ended.append(_unsendable(finished, error))
        return ended + self._sent(sending)

    def _sent(self, sending: Sequence[tuple[Finished, Message]]) -> list[Finished]:
        if not sending:
            return []
        try:
            placed = self._ports.publisher.publish([message for _, message in sending])
        except InvalidRecord as error:
            if len(sending) == 1:
                return [_unsendable(sending[0][0], error)]
            return [ended for one in sending for ended in self._sent([one])]
        return [_placed(finished, at) for (finished, _), at in zip(sending, placed, strict=True)]


def _placed(finished: Finished, at: Placed) -> Finished:
    section = replace(finished.visit.section, partition=at.partition, offset=at.offset)
    return replace(finished, visit=replace(finished.visit, section=section))


def _unsendable(finished: Finished, error: InvalidRecord) -> Finished:
    """No record was sent after all: the last fetch stays what it was, and this visit ends as discarded."""
    section = replace(
        finished.before,
        attempted_at=finished.visit.section.attempted_at,
        attempt_run_id=finished.visit.section.attempt_run_id,
        outcome="discarded",
        reason=error.reason,
        due_at=None,
    )
    return replace(finished, visit=Visit(outcome="discarded", section=section, reason=error.reason), raw=None)


def _edits(finished: Finished) -> list[Edit]:
    visit = finished.visit
    if not (visit.gone or visit.back):
        return []
    return [
        Edit(
            kind="gone" if visit.gone else "back",
            at=visit.section.attempted_at,
            by="copydesk fetch",
            article_id=finished.article_id,
            reason=visit.reason,
        )
    ]
