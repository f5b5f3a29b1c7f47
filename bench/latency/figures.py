"""From the four moments of each article to the waits between them, and their quantiles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

QUANTILES = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
WAITS = {
    "discovery": ("published", "raw"),
    "clean": ("raw", "log"),
    "index": ("log", "searchable"),
    "raw to searchable": ("raw", "searchable"),
    "end to end": ("published", "searchable"),
}
"""What is reported, as the moments between which it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One article: published by the newsroom's clock; its raw record and its clean record by the timestamps
    that their producers gave them; found by a search."""

    published: datetime
    raw: datetime
    log: datetime
    searchable: datetime


def waits(timings: Sequence[Timing]) -> dict[str, dict[str, float]]:
    """Per wait its quantiles in seconds; none without timings."""
    return {name: _quantiles(_between(timings, *ends)) for name, ends in WAITS.items()} if timings else {}


def lines(found: Mapping[str, Mapping[str, float]]) -> Iterable[str]:
    """The same as a table."""
    yield f"{'seconds':<20}" + "".join(f"{name:>8}" for name in QUANTILES)
    for name, row in found.items():
        yield f"{name:<20}" + "".join(f"{row[quantile]:>8.1f}" for quantile in QUANTILES)


def _between(timings: Sequence[Timing], start: str, end: str) -> list[float]:
    return [(getattr(timing, end) - getattr(timing, start)).total_seconds() for timing in timings]


def _quantiles(seconds: Sequence[float]) -> dict[str, Any]:
    return {name: round(float(np.percentile(seconds, share)), 2) for name, share in QUANTILES.items()}
