"""The health of a source: one word, since when, and the evidence a person can check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.core import rhythm
from pipeline.core.schedule import LONGEST
from pipeline.core.sources import Health, Source, SourceState

BROKEN_FROM = 1.0
"""Weight of failures in a row: one hard, two soft or four temporary ones."""

MOVED_FROM = 3
"""Sightings in a row of a permanent redirect within the site."""

TOLD: frozenset[Health] = frozenset({"broken", "blocked", "silent", "moved", "empty"})
"""Words that a person should hear of, when they come and when they go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthChange:
    """A source whose health became another word in a run: since when, and the evidence."""

    source_id: str
    was: Health
    health: Health
    since: datetime
    why: str | None = None

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"{self.source_id} was {self.was}, is {self.health} since {self.since:%Y-%m-%d %H:%M} UTC{why}"


def judged(source: Source, state: SourceState, now: datetime) -> SourceState:
    """The state with its health as of `now`; `health_since` moves only when the word changes.

    Silence comes with time and not with a poll, so it is dated by when it began.
    """
    health, why = _judgement(source, state, now)
    since = state.health_since if health == state.health and state.health_since else now
    if health == "silent":
        since = rhythm.silent_from(state) or now
    return replace(state, health=health, health_since=since, health_why=why)


def change(before: SourceState, after: SourceState) -> HealthChange | None:
    """What to tell a person of a poll; None when its health did not change, or only as news begin to flow."""
    if before.health == after.health or not TOLD & {before.health, after.health}:
        return None
    since = after.health_since or after.polled_at
    assert since is not None, "a polled state is judged"
    return HealthChange(
        source_id=after.source_id, was=before.health, health=after.health, since=since, why=after.health_why
    )


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
    silent_from = rhythm.silent_from(state)
    if state.new_at is not None and silent_from is not None and _heard_until(state, now) > silent_from:
        usual = rhythm.spoken(silent_from - state.new_at)
        return "silent", f"nothing new since {state.new_at:%Y-%m-%d %H:%M} UTC, expected within {usual}"
    return "healthy", None


def _heard_until(state: SourceState, now: datetime) -> datetime:
    """Until when silence is the source's own: for as long after its last answer as one is waited for.

    While nobody asked, or it did not answer, nobody can say that it was silent.
    """
    answered = state.polled_at if state.polled_at and not state.failures else state.success_at
    return min(now, answered + LONGEST) if answered is not None else now


def _failing(state: SourceState) -> str:
    since = f" since {state.failing_since:%Y-%m-%d %H:%M} UTC" if state.failing_since else ""
    status = f" (HTTP {state.status})" if state.status else ""
    return f"{state.reason}{status}, {state.failures} in a row{since}"
