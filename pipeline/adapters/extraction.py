"""A pool of processes that extract pages, each within a limit of time and memory set from outside.

    extract_all ──page──► idle worker ──result──► in order
                              │ past the time limit, or its process ended
                              └──► killed, page is an InvalidRecord, a new worker takes its place

Python cannot interrupt a parser written in C, so the limit must be a process's death. Only the page that
was in the worker is lost. Workers are plain child processes with pipes: they work inside daemons, inside
Airflow's tasks and under any start method.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline.adapters.extraction_frames import Frames, Reply, encode_page
from pipeline.core.clean import Extracted
from pipeline.core.costs import Costs, HostCost
from pipeline.core.model import RawArticle
from pipeline.errors import Discard, InvalidRecord, TransientError
from pipeline.ports import Extraction

SECONDS_PER_PAGE = 20.0
"""Wall time; the slowest real page we met takes half a second."""
MEMORY_PER_PAGE = 1024 * 2**20
"""Bytes of address space a worker may gain while it works; a 4 MiB page of nothing but tags needs 700 MiB."""
PAGES_PER_WORKER = 2000
"""After so many pages a worker is replaced, which bounds what any leak of a parser can cost."""
START_SECONDS = 60.0
"""A worker is warm after a second; one that takes this long means a broken installation."""

Explained = Extracted | Discard | InvalidRecord


class WorkersUnavailable(TransientError):
    """Worker processes cannot be started."""


class ProcessPool:
    """Implements `ports.Extractor`. Workers start at the first page, and warm up before they take it."""

    def __init__(
        self, workers: int, *, seconds: float = SECONDS_PER_PAGE, memory: int = MEMORY_PER_PAGE
    ) -> None:
        self._size = workers
        self._seconds = seconds
        self._memory = memory
        self._workers: list[_Worker] = []
        self._costs = Costs()

    def extract_all(self, raws: Sequence[RawArticle]) -> list[Extraction]:
        """One result a page, in order. Raises WorkersUnavailable when no worker can be started."""
        return [found.article if isinstance(found, Extracted) else found for found in self.explain_all(raws)]

    def explain_all(self, raws: Iterable[RawArticle]) -> list[Explained]:
        """The same with what was removed and the encoding, for people who check."""
        waiting = deque(enumerate(raws))
        results: dict[int, Explained] = {}
        while waiting or any(worker.page is not None for worker in self._workers):
            self._hand_out(waiting)
            for number, result in self._collect():
                results[number] = result
        return [results[number] for number in sorted(results)]

    def slowest(self) -> tuple[HostCost, ...]:
        """The hosts whose pages cost the most CPU time each; what was killed cost all the time it had."""
        return self._costs.slowest()

    def pids(self) -> list[int]:
        """The process ids of the workers that are up, for whoever watches them."""
        return [worker.process.pid for worker in self._workers]

    def close(self) -> None:
        """End all workers; the pool may be used again and then starts new ones."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()

    def _hand_out(self, waiting: deque[tuple[int, RawArticle]]) -> None:
        for worker in list(self._workers):
            if worker.page is None and (worker.done >= PAGES_PER_WORKER or worker.process.poll() is not None):
                self._drop(worker)
        idle = [worker for worker in self._workers if worker.page is None]
        missing = min(self._size - len(self._workers), len(waiting) - len(idle))
        started = [_Worker(self._memory) for _ in range(missing)]  # all boot at once, then each is waited for
        self._workers += started
        for worker in (*idle, *started):
            if waiting:
                number, raw = waiting.popleft()
                worker.take(number, raw, self._seconds)

    def _collect(self) -> Iterator[tuple[int, Explained]]:
        busy = [worker for worker in self._workers if worker.page is not None]
        with selectors.DefaultSelector() as selector:
            for worker in busy:
                selector.register(worker.output, selectors.EVENT_READ, worker)
            wait = min((worker.deadline for worker in busy), default=0.0) - time.monotonic()
            ready = {key.data for key, _ in selector.select(max(0.0, wait))}
        for worker in busy:
            result = worker.read() if worker in ready else worker.overdue()
            if result is not None:
                assert worker.page is not None
                self._costs.add(worker.host, worker.spent)
                yield worker.page, result
                worker.page = None
                if worker.broken:
                    self._drop(worker)

    def _drop(self, worker: _Worker) -> None:
        worker.end()
        self._workers.remove(worker)


@dataclass(slots=True, eq=False)
class _Worker:
    """One process and the page it holds. `page` is the number of the page, None when idle."""

    memory: int
    process: subprocess.Popen[bytes] = field(init=False)
    warm: bool = False
    frames: Frames = field(default_factory=Frames)
    page: int | None = None
    deadline: float = 0.0
    seconds: float = 0.0
    done: int = 0
    host: str = ""
    spent: float = 0.0
    broken: bool = False

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "pipeline.adapters.extraction_worker", str(self.memory)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )

    @property
    def output(self) -> int:
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def take(self, number: int, raw: RawArticle, seconds: float) -> None:
        """Give it a page, once it is warm. Raises WorkersUnavailable when it does not come up."""
        self._wait_until_warm()
        self.page, self.seconds = number, seconds
        self.host, self.spent = urlsplit(raw.http.final_url).hostname or "", seconds
        self.deadline = time.monotonic() + seconds
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(encode_page(raw))
            self.process.stdin.flush()
        except BrokenPipeError:
            self.deadline = 0.0  # it ended while idle; reading its end of file settles the page

    def read(self) -> Explained | None:
        """What the worker has answered, once it is complete."""
        data = os.read(self.output, 1 << 20)
        if not data:
            self.broken = True
            status = self.process.wait()
            return InvalidRecord("extraction-crashed", f"the worker ended with status {status}")
        reply = self.frames.feed(data)
        if reply is None:
            return None
        self.done += 1
        self.broken, self.spent = reply.broken, reply.seconds
        return _result(reply)

    def overdue(self) -> InvalidRecord | None:
        if time.monotonic() < self.deadline:
            return None
        self.broken = True
        return InvalidRecord("extraction-timeout", f"not done within {self.seconds:g} s")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what was still to be written has nobody to read it

    def _wait_until_warm(self) -> None:
        if self.warm:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self.output, selectors.EVENT_READ)
            if not selector.select(START_SECONDS) or os.read(self.output, 1) != b"!":
                raise WorkersUnavailable("an extraction worker does not start", status=self.process.poll())
        self.warm = True


def _result(reply: Reply) -> Explained:
    if reply.extracted is not None:
        return reply.extracted
    if reply.discard is not None:
        return Discard(reply.discard, reply.message)
    return InvalidRecord(reply.invalid or "extraction-failed", reply.message)
