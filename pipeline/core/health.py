"""The health of a source: one word, since when, and the evidence a person can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from pipeline.core.sources import Health, Source, SourceState

BROKEN_FROM = 1.0
"""Weight of failures in a row: one hard, two soft or four temporary ones."""

LEAST_SILENCE = timedelta(hours=12)
UNKNOWN_RHYTHM = timedelta(hours=72)
FEWEST_GAPS = 5
SILENT_AFTER_GAPS = 3
"""Silence is judged against a source's own rhythm: longer than 12 hours and three times the gap that 95 %
of its gaps stay under; while fewer than five gaps are known, 72 hours."""

MOVED_FROM = 3


def judged(source: Source, state: SourceState, now: datetime) -> SourceState:
    """The state with its health as of `now`; `health_since` moves only when the word changes."""
    health, why = _judgement(source, state, now)
    since = state.health_since if health == state.health and state.health_since else now
    return replace(state, health=health, health_since=since, health_why=why)


def silence_limit(state: SourceState) -> timedelta:
    """How long this source may bring nothing new before that is strange."""
    if len(state.gaps) < FEWEST_GAPS:
        return UNKNOWN_RHYTHM
    ordered = sorted(state.gaps)
    usual = timedelta(seconds=ordered[int(0.95 * (len(ordered) - 1))])
    return max(LEAST_SILENCE, SILENT_AFTER_GAPS * usual)


def _judgement(source: Source, state: SourceState, now: datetime) -> tuple[Health, str | None]:
    if source.paused or state.paused_at is not None:
        return "paused", f"by {state.paused_by}" if state.paused_by else "in sources.yaml"
    if state.failure_class == "refused":
        return "blocked", _failing(state)
    if state.failure_weight >= BROKEN_FROM:
        return "broken", _failing(state)
    if state.success_at is None:
        return "new", _failing(state) if state.failures else None
    if state.moved_sightings >= MOVED_FROM:
        return "moved", f"redirects for good to {state.moved_to}"
    if state.items_seen == 0 and not state.children:
        return "empty", "its last document announced nothing"
    if state.new_at is not None and now - state.new_at > silence_limit(state):
        return "silent", f"nothing new since {state.new_at:%Y-%m-%d %H:%M} UTC"
    return "healthy", None


def _failing(state: SourceState) -> str:
    since = f" since {state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failing_since else ""
    status = f" (HTTP {state.status})" if state.status else ""
    return f"{state.reason}{status}, {state.failures} in a row{since}"
