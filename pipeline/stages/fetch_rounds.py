"""Fetching without end: one bounded round after another, all under one report.

    round: whatever is due, every host at once ──► rest, until LOOK_SECONDS after its start ──► round ──► …

A round is a whole run of the stage, so nothing but what is stored goes from one to the next: memory does not
grow, however long the worker lives.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.stages.runs import Run

LOOK_SECONDS = 5.0
"""From the start of one round to the next at least: planning costs half a dozen small searches."""

ROUND_SECONDS = 60.0
"""For so long a slow host may keep a source waiting that becomes due meanwhile. What is left there is as due
in the next round."""

_NAP_SECONDS = 0.2


def follow(
    fetch_due: Callable[[], object],
    run: Run,
    stop: Callable[[], bool],
    *,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], object] = time.sleep,
) -> None:
    """Call `fetch_due`, one round, again and again until told to stop. What it raises ends the worker."""
    while not stop():
        began = monotonic()
        fetch_due()
        run.heard()
        while not stop() and monotonic() - began < LOOK_SECONDS:
            sleep(_NAP_SECONDS)
