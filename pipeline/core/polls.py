"""What one poll of a source did, and what it makes of the source's state: schedule, validators, health.

Not modified, unchanged, empty and broken are four different things. A 304 says "same as the last 200", and
that may be what could not be read: only a 200 that was read turns a source healthy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pipeline.core import rhythm, schedule, urls
from pipeline.core.health import judged
from pipeline.core.http import Failure
from pipeline.core.sources import ChildSitemap, PollResult, Source, SourceState

FULL_EVERY = timedelta(hours=24)
FULL_AFTER_POLLS = 20
"""Servers lie about validators, so a source is asked without them once a day or every so many polls."""

ON_TIME = timedelta(minutes=20)

WEIGHTS = {"temporary": 0.25, "soft": 0.5, "hard": 1.0, "throttled": 0.0, "refused": 1.0, "policy": 1.0}
"""How much a failure of each class says against a source (the first three are Media Cloud's)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll's facts. `read` is false for a 304 or an unchanged body; `failure` excludes all the rest.

    `lied` says that the server kept its validator although the body had changed. `dates` are those that the
    entries give as theirs.
    """

    result: PollResult
    failure: Failure | None = None
    status: int | None = None
    read: bool = False
    conditional: bool = False
    lied: bool = False
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    entries_signature: str | None = None
    reader: str | None = None
    bytes: int = 0
    seen: int = 0
    new: int = 0
    dates: tuple[datetime, ...] = ()
    dropped: dict[str, int] = field(default_factory=dict)
    wait: timedelta = timedelta()
    moved_to: str | None = None
    title: str | None = None
    headlines: tuple[str, ...] = ()
    article_hosts: tuple[str, ...] = ()
    children: tuple[ChildSitemap, ...] | None = None


def state_of(source: Source, held: SourceState | None) -> SourceState:
    """What we know of a source before a poll; a changed address starts its validators and failures anew."""
    if held is None:
        return SourceState(source_id=source.id, url=source.url)
    if held.url == source.url:
        return held
    return SourceState(
        source_id=source.id,
        url=source.url,
        new_at=held.new_at,
        gaps=held.gaps,
        daily_new=held.daily_new,
        daily_quiet=held.daily_quiet,
        daily_to=held.daily_to,
        paused_at=held.paused_at,
        paused_by=held.paused_by,
        headlines=held.headlines,
    )


def is_due(source: Source, state: SourceState, now: datetime) -> bool:
    """Whether a source may be polled: never while a person paused it."""
    if source.paused or state.paused_at is not None:
        return False
    return state.due_at is None or state.due_at <= now


def asks_conditionally(source: Source, state: SourceState, now: datetime) -> bool:
    """Whether this poll sends validators: not after a failure, and not once in a while."""
    if not (source.conditional and state.conditional) or state.failures:
        return False
    if state.validated_at is None or now - state.validated_at >= FULL_EVERY:
        return False
    return state.polls_since_full < FULL_AFTER_POLLS


def after_poll(source: Source, state: SourceState, poll: Poll, now: datetime, run_id: str) -> SourceState:
    """The state of a source after `poll`."""
    counted = replace(
        state, polls=state.polls + 1, polled_at=now, run_id=run_id, result=poll.result, status=poll.status
    )
    if poll.failure is not None:
        counted = _failed(source, counted, poll.failure, poll.wait, now)
    else:
        counted = _moved(_answered(source, counted, state, poll, now), poll)
    return judged(source, counted, now)


def _failed(
    source: Source, state: SourceState, failure: Failure, wait: timedelta, now: datetime
) -> SourceState:
    kind = failure.kind
    failures = state.failures + (kind != "throttled")
    delay = max(schedule.spread(source.id, schedule.backoff(kind, max(failures, 1))), wait)
    return replace(
        state,
        reason=failure.reason,
        failures=failures,
        failure_weight=state.failure_weight + WEIGHTS[kind],
        failure_class=kind,
        failing_since=state.failing_since or now,
        due_at=now + delay,
    )


def _answered(
    source: Source, state: SourceState, before: SourceState, poll: Poll, now: datetime
) -> SourceState:
    state = _scheduled(source, state, before, poll, now)
    state = replace(
        state,
        reason=None,
        conditional=state.conditional and not poll.lied,
        polls_since_full=state.polls_since_full + 1 if poll.conditional else 0,
        validated_at=state.validated_at if poll.conditional or poll.status != 200 else now,
    )
    # After a failure a 304 says the same as nothing.
    if poll.status != 304 or not state.failures:
        state = rhythm.watched(state, poll.new, now)
    if poll.status == 304:
        return state
    state = replace(
        state,
        etag=poll.etag,
        last_modified=poll.last_modified,
        body_sha256=poll.body_sha256,
        bytes=poll.bytes,
    )
    # A body that could be read before can be read again: unchanged counts as read.
    state = replace(
        state, success_at=now, failures=0, failure_weight=0.0, failure_class=None, failing_since=None
    )
    return _with_entries(state, poll, now) if poll.read else state


def _with_entries(state: SourceState, poll: Poll, now: datetime) -> SourceState:
    state = rhythm.brought(state, poll.new, poll.dates, now)
    tolerant = poll.reader in ("feedparser", "recovered")
    return replace(
        state,
        entries_signature=poll.entries_signature,
        reader=poll.reader,
        fallbacks=state.fallbacks + tolerant,
        items_seen=poll.seen,
        items_new=poll.new,
        items_dropped=poll.dropped,
        title=poll.title or state.title,
        headlines=poll.headlines or state.headlines,
        article_hosts=poll.article_hosts or state.article_hosts,
        children=state.children if poll.children is None else poll.children,
    )


def _scheduled(
    source: Source, state: SourceState, before: SourceState, poll: Poll, now: datetime
) -> SourceState:
    usual = source.interval or schedule.USUAL
    interval = timedelta(seconds=before.interval_seconds) if before.interval_seconds else usual
    late = before.due_at is not None and now - before.due_at > ON_TIME
    recent = before.new_at is not None and now - before.new_at <= schedule.RECENT
    known = 1.0 if not poll.seen else (poll.seen - poll.new) / poll.seen
    first = before.polls == 0
    interval, steady = schedule.adapted(
        interval, usual, before.steady_polls, known_share=known, recent=recent, on_time=not (late or first)
    )
    wait = max(schedule.spread(source.id, interval), poll.wait)
    return replace(state, interval_seconds=interval.total_seconds(), steady_polls=steady, due_at=now + wait)


def _moved(state: SourceState, poll: Poll) -> SourceState:
    """A permanent redirect counts only within the site: elsewhere it may be anybody's doing."""
    if poll.moved_to is None or not urls.same_site(poll.moved_to, state.url):
        return replace(state, moved_to=None, moved_sightings=0)
    again = poll.moved_to == state.moved_to
    return replace(state, moved_to=poll.moved_to, moved_sightings=state.moved_sightings + 1 if again else 1)
