"""What a source's state and health become over many polls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core import polls
from pipeline.core.http import Failure
from pipeline.core.polls import Poll, after_poll, asks_conditionally, is_due, state_of
from pipeline.core.sources import Source, SourceState

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK = Source(id="desk", name="Desk", kind="feed", url="https://desk.example/feed")
READ = Poll(
    result="new-items", status=200, read=True, etag='"1"', body_sha256="1", seen=10, new=5, reader="tree"
)
KEPT = Poll(result="not-modified", status=304, conditional=True)
SAME = Poll(result="unchanged", status=200, body_sha256="1", seen=10)
EMPTY = replace(READ, result="empty", seen=0, new=0)


def failed(reason: str, status: int | None = None, wait: timedelta = timedelta()) -> Poll:
    result = "blocked" if reason == "forbidden" else "broken"
    return Poll(result=result, failure=Failure(reason=reason, status=status), status=status, wait=wait)


def after(*given: Poll, every: timedelta = timedelta(minutes=15), source: Source = DESK) -> SourceState:
    state = state_of(source, None)
    for number, poll in enumerate(given):
        state = after_poll(source, state, poll, NOON + number * every, "run")
    return state


@pytest.mark.parametrize(
    ("given", "health"),
    [
        ([], "new"),
        ([READ], "healthy"),
        ([READ, KEPT], "healthy"),
        ([READ, SAME], "healthy"),
        ([EMPTY], "empty"),
        ([READ, failed("timeout")], "healthy"),
        ([READ, failed("timeout"), failed("timeout")], "broken"),
        ([READ, failed("not-found", 404)], "broken"),
        ([READ, failed("not-a-feed", 200)], "broken"),
        ([READ, failed("not-a-feed", 200), KEPT], "broken"),
        ([READ, failed("not-a-feed", 200), READ], "healthy"),
        ([READ, *[failed("dns-temporary")] * 3], "healthy"),
        ([READ, *[failed("dns-temporary")] * 4], "broken"),
        ([READ, failed("forbidden", 403)], "blocked"),
        ([READ, failed("forbidden", 403), READ], "healthy"),
        ([READ, *[failed("throttled", 429)] * 9], "healthy"),
        ([failed("timeout")], "new"),
    ],
)
def test_health_follows_from_polls(given, health):
    assert after(*given).health == health


def test_health_names_since_when_and_why():
    state = after(READ, failed("not-found", 404), failed("not-found", 404))
    assert state.health_since == NOON + timedelta(minutes=15)
    assert state.health_why == "not-found (HTTP 404), 2 in a row since 2026-11-24 12:15 UTC"


def test_paused_is_a_persons_word_only():
    assert after(READ, source=replace(DESK, paused=True)).health == "paused"
    held = replace(after(READ), paused_at=NOON, paused_by="ada")
    assert not is_due(DESK, held, NOON + timedelta(days=9))


def test_moved_needs_three_sightings_within_the_site():
    inside = replace(READ, moved_to="https://www.desk.example/rss")
    assert after(inside, inside).health == "healthy"
    assert after(inside, inside, inside).health == "moved"
    outside = replace(READ, moved_to="https://evil.test/rss")
    assert after(outside, outside, outside).moved_sightings == 0


def test_failures_wait_longer_each_time_and_keep_the_interval():
    once, thrice = after(READ, failed("timeout")), after(READ, *[failed("timeout")] * 3)
    assert once.due_at is not None
    assert thrice.due_at is not None
    assert thrice.due_at - NOON - timedelta(minutes=45) > once.due_at - NOON - timedelta(minutes=15)
    assert thrice.interval_seconds == once.interval_seconds


def test_no_failure_ever_stops_the_polling():
    state = after(*[failed("not-found", 404)] * 60, every=timedelta(days=31))
    assert state.due_at is not None
    assert state.due_at - (NOON + timedelta(days=31 * 59)) < timedelta(days=34)


def test_retry_after_is_a_lower_bound_of_the_wait():
    state = after(READ, failed("unavailable", 503, wait=timedelta(hours=6)))
    assert state.due_at == NOON + timedelta(minutes=15) + timedelta(hours=6)


def test_validators_are_replaced_by_a_200_and_kept_by_a_304():
    assert after(READ, KEPT).etag == '"1"'
    assert after(READ, replace(READ, etag=None)).etag is None


def test_conditional_requests_pause_after_failures_daily_and_every_twenty_polls():
    state = after(READ)
    soon = NOON + timedelta(minutes=15)
    assert asks_conditionally(DESK, state, soon)
    assert not asks_conditionally(DESK, state, NOON + timedelta(hours=25))
    assert not asks_conditionally(DESK, after(READ, failed("timeout")), soon)
    assert not asks_conditionally(replace(DESK, conditional=False), state, soon)
    assert not asks_conditionally(DESK, after(READ, replace(READ, lied=True)), soon)
    often = after(READ, *[KEPT] * polls.FULL_AFTER_POLLS, every=timedelta(minutes=1))
    assert not asks_conditionally(DESK, often, NOON + timedelta(minutes=30))


def test_a_new_address_begins_anew_but_keeps_what_a_person_said():
    held = replace(after(READ, failed("not-found", 404)), paused_at=NOON, paused_by="ada")
    moved = state_of(replace(DESK, url="https://desk.example/new"), held)
    assert (moved.etag, moved.failures, moved.success_at) == (None, 0, None)
    assert (moved.paused_by, moved.new_at) == ("ada", NOON)
