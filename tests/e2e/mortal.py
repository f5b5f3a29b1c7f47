"""A worker that dies, or freezes, right after one chosen write: what the crash tests run as a process.

    python -m tests.e2e.mortal index SIGKILL ElasticStories.put 1

Only the write named is wrapped; everything else is the real thing.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from pipeline import log, settings
from pipeline.bootstrap import run_clean, run_index, stopping
from pipeline.stages.runner import Pace
from pipeline.world import World

PLACES = {
    "ElasticRevisions.add": "pipeline.adapters.elastic_revisions",
    "ElasticStories.put": "pipeline.adapters.elastic_stories",
    "ElasticDocuments.put": "pipeline.adapters.elastic_documents",
    "KafkaPublisher.publish": "pipeline.adapters.kafka_publisher",
    "KafkaTransactions.begin": "pipeline.adapters.kafka_transactions",
    "KafkaTransactions.publish": "pipeline.adapters.kafka_transactions",
    "KafkaTransactions.commit": "pipeline.adapters.kafka_transactions",
}


def die_after(place: str, nth: int, number: signal.Signals) -> None:
    """Send ourselves a signal as soon as the nth call of `place` has returned."""
    holder, method = place.split(".")
    cls = getattr(importlib.import_module(PLACES[place]), holder)
    real: Callable[..., Any] = getattr(cls, method)
    left = nth

    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        result = real(self, *args, **kwargs)
        if _counts(place, self):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), number)
        return result

    setattr(cls, method, wrapped)


def _counts(place: str, store: Any) -> bool:
    """Reports of runs are documents too, but no write of the machine."""
    return place != "ElasticDocuments.put" or store._alias == "news-articles"


def main(stage: str, number: str, place: str, nth: str) -> None:
    log.configure("WARNING")
    die_after(place, int(nth), signal.Signals[number])
    world = World(settings.load())
    work = {"clean": run_clean, "index": run_index}[stage]
    with stopping() as stop:
        ended, _ = work(world, Pace(batch=100, seconds=120, stop=stop), "a crash test")
    print(ended)


if __name__ == "__main__":
    main(*sys.argv[1:])
