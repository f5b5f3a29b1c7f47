"""A fetch worker that dies at one chosen step: what the crash test of the fetch stage runs as a process.

    python -m tests.e2e.mortal_fetch settled before

A step is told by what is written, since many workers write side by side. Everything else is the real thing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipeline import log, settings
from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.adapters.kafka_publisher import KafkaPublisher
from pipeline.bootstrap import run_fetch
from pipeline.ports import Write
from pipeline.stages.runner import Pace
from pipeline.world import World

STEPS: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "leased": ("news-hosts", lambda host: host.lease_owner is not None),
    "discovered": ("news-articles", lambda entry: entry.fetch.outcome == "discovered"),
    "validators-saved": ("news-sources", lambda state: state.etag is not None),
    "settled": ("news-articles", lambda entry: entry.fetch.outcome == "fetched"),
    "released": ("news-hosts", lambda host: host.lease_owner is None),
}
"""Alias and kind of document, in the order in which a run comes to them; `sent` is a step of Kafka's."""


def die_at(step: str, when: str) -> None:
    """Kill ourselves `before` or `after` the first write that is this step."""
    if step == "sent":
        _wrap(KafkaPublisher, "publish", lambda _publisher, _messages: True, when)
        return
    alias, matches = STEPS[step]

    def is_step(store: Any, writes: Sequence[Write[Any]]) -> bool:
        return store._alias == alias and any(matches(write.value) for write in writes)

    _wrap(ElasticDocuments, "put", is_step, when)


def _wrap(cls: type, method: str, is_step: Callable[[Any, Any], bool], when: str) -> None:
    real: Callable[..., Any] = getattr(cls, method)

    def wrapped(self: Any, given: Sequence[Any]) -> Any:
        dies = is_step(self, given)
        if dies and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(self, given)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(cls, method, wrapped)


def main(step: str, when: str) -> None:
    log.configure("WARNING")
    die_at(step, when)
    _, report = run_fetch(World(settings.load()), Pace(batch=100, seconds=60), "a crash test")
    print(report)


if __name__ == "__main__":
    main(*sys.argv[1:])
