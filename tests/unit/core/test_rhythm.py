"""Silence and volume against a source's own habits, over weeks of polls."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import rhythm
from pipeline.core.health import change, judged
from pipeline.core.http import Failure
from pipeline.core.polls import Poll, after_poll, state_of
from pipeline.core.sources import Source, SourceState

MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
DESK = Source(id="desk", name="Desk", kind="feed", url="https://desk.example/feed")
Habit = Callable[[datetime], int]
"""How many entries come in the hour that begins then."""


def poll(new: int, dates: Iterable[datetime] = ()) -> Poll:
    if not new:
        return Poll(result="not-modified", status=304, conditional=True)
    return Poll(result="new-items", status=200, read=True, seen=30, new=new, dates=tuple(dates))


def watched(
    habit: Habit, start: datetime, end: datetime, state: SourceState | None = None, every: timedelta = HOUR
) -> SourceState:
    """The state after polls from `start` until before `end`, each bringing what came since the one before."""
    state = state or after_poll(DESK, state_of(DESK, None), poll(30), start - every, "run")
    while start < end:
        hours = int(every / HOUR)
        new = sum(habit(start - number * HOUR) for number in range(hours))
        state = after_poll(DESK, state, poll(new), start, "run")
        start += every
    return state


def silent_hours(habit: Habit, state: SourceState, start: datetime, end: datetime) -> list[datetime]:
    """The hours at which the source is called silent while it goes on by this habit."""
    found = []
    while start < end:
        if judged(DESK, state, start).health == "silent":
            found.append(start)
        state = after_poll(DESK, state, poll(habit(start)), start, "run")
        start += HOUR
    return found


def nothing(_: datetime) -> int:
    return 0


def always(_: datetime) -> int:
    return 1


def workdays(at: datetime) -> int:
    return 2 if at.weekday() < 5 and 7 <= at.hour < 19 else 0


def thursdays(at: datetime) -> int:
    return 12 if at.weekday() == 3 and at.hour == 10 else 0


def twice_at_weekends(at: datetime) -> int:
    """All through the week, and once early on Saturday and once late on Sunday."""
    if at.weekday() < 5:
        return 1
    return int((at.weekday(), at.hour) in ((5, 0), (6, 23)))


def monthly(at: datetime) -> int:
    return 20 if at.day == 15 and at.hour == 9 else 0


HABITS = [
    ("an agency that never rests", always, "12 h"),
    ("a paper that rests at weekends", workdays, None),
    ("a weekly", thursdays, None),
    ("a desk of one at weekends", twice_at_weekends, None),
]


@pytest.mark.parametrize("habit", [row[1] for row in HABITS], ids=[row[0] for row in HABITS])
def test_source_that_keeps_its_habit_is_never_silent_once_it_is_known(habit):
    state = watched(habit, MONDAY, MONDAY + 4 * WEEK)
    assert silent_hours(habit, state, MONDAY + 4 * WEEK, MONDAY + 7 * WEEK) == []


SILENT = [
    ("an agency, half a day after its last word", always, MONDAY + 4 * WEEK - HOUR + timedelta(hours=12)),
    ("a paper, on its next working day", workdays, MONDAY + 4 * WEEK + DAY),
    (
        "a weekly, after three issues that should have come",
        thursdays,
        MONDAY + 6 * WEEK + 3 * DAY + 10 * HOUR,
    ),
]


@pytest.mark.parametrize(("habit", "expected"), [row[1:] for row in SILENT], ids=[row[0] for row in SILENT])
def test_source_that_breaks_its_habit_is_silent_by_the_clock_of_that_habit(habit, expected):
    state = watched(habit, MONDAY, MONDAY + 4 * WEEK)
    assert rhythm.silent_from(state) == expected
    quiet = watched(nothing, MONDAY + 4 * WEEK, expected + 2 * HOUR, state)
    assert quiet.health == "silent"
    assert quiet.health_since == expected
    later = watched(nothing, expected + 2 * HOUR, expected + 9 * WEEK, quiet, every=DAY)
    assert (later.health, later.health_since) == ("silent", expected)
    back = after_poll(DESK, later, poll(3), expected + 9 * WEEK, "run")
    assert back.health == "healthy"
    told = change(later, back)
    assert told is not None
    assert str(told) == f"desk was silent, is healthy since {expected + 9 * WEEK:%Y-%m-%d %H:%M} UTC"


@settings(max_examples=12, deadline=None)
@given(
    st.sets(st.tuples(st.integers(0, 6), st.integers(0, 23)), min_size=1, max_size=60),
    st.integers(1, 3),
)
def test_whatever_the_week_looks_like_it_is_silent_only_when_it_stops(slots, number):
    def habit(at: datetime) -> int:
        return number if (at.weekday(), at.hour) in slots else 0

    state = watched(habit, MONDAY, MONDAY + 3 * WEEK)
    assert silent_hours(habit, state, MONDAY + 3 * WEEK, MONDAY + 4 * WEEK) == []
    state = watched(habit, MONDAY + 3 * WEEK, MONDAY + 4 * WEEK, state)
    assert state.new_at is not None
    stopped = rhythm.silent_from(state)
    assert stopped is not None
    assert state.new_at + 12 * HOUR <= stopped <= state.new_at + 3 * WEEK


def test_young_source_has_three_days_and_longer_if_it_was_seen_to_take_longer():
    start = MONDAY + 8 * HOUR
    state = watched(workdays, start, start + 2 * DAY)
    assert rhythm.silent_from(state) == start + 2 * DAY - HOUR + timedelta(hours=72)
    weekly = watched(thursdays, MONDAY, MONDAY + 2 * WEEK)
    assert rhythm.silent_from(weekly) == MONDAY + WEEK + 3 * DAY + 10 * HOUR + 3 * WEEK


def test_first_document_tells_its_rhythm_by_its_dates():
    weekly = [MONDAY - number * WEEK for number in range(8)]
    state = after_poll(DESK, state_of(DESK, None), poll(8, weekly), MONDAY + DAY, "run")
    assert state.new_at == MONDAY
    assert rhythm.silent_from(state) == MONDAY + 3 * WEEK
    dead = after_poll(DESK, state_of(DESK, None), poll(8, weekly), MONDAY + 300 * DAY, "run")
    assert dead.health == "silent"
    assert dead.health_why == "nothing new since 2026-09-07 00:00 UTC, expected within 21 d"


def test_dates_of_one_day_say_nothing_of_nights_and_weekends():
    hourly = [MONDAY - number * HOUR for number in range(20)]
    state = after_poll(DESK, state_of(DESK, None), poll(20, hourly), MONDAY, "run")
    assert rhythm.silent_from(state) == MONDAY + timedelta(hours=72)


def test_dates_to_come_are_not_believed():
    state = after_poll(DESK, state_of(DESK, None), poll(2, [MONDAY + DAY, MONDAY - DAY]), MONDAY, "run")
    assert state.new_at == MONDAY - DAY


def test_silence_while_nobody_asked_is_not_the_sources():
    state = watched(always, MONDAY, MONDAY + 3 * WEEK)
    away = MONDAY + 3 * WEEK + 9 * DAY
    assert judged(DESK, state, MONDAY + 3 * WEEK + 13 * HOUR).health == "silent"
    slept = replace(state, new_at=MONDAY + 3 * WEEK, polled_at=MONDAY + 3 * WEEK, gaps=(86_400,) * 20)
    assert judged(DESK, slept, away).health == "healthy"
    failing = replace(slept, failures=1, polled_at=away, success_at=MONDAY + 3 * WEEK, reason="timeout")
    assert judged(DESK, failing, away).health == "healthy"


def test_outage_of_a_week_is_no_habit():
    state = watched(always, MONDAY, MONDAY + 3 * WEEK)
    until = MONDAY + 4 * WEEK
    state = watched(nothing, MONDAY + 3 * WEEK, until, state)
    state = watched(always, until, until + 3 * DAY, state)
    assert rhythm.silent_from(state) == until + 3 * DAY - HOUR + timedelta(hours=12)


def test_304_after_a_failure_teaches_nothing():
    state = watched(always, MONDAY, MONDAY + 3 * WEEK)
    failure = Poll(result="broken", failure=Failure(reason="timeout"))
    failed = after_poll(DESK, state, failure, MONDAY + 3 * WEEK + HOUR, "run")
    kept = after_poll(DESK, failed, poll(0), MONDAY + 3 * WEEK + 2 * HOUR, "run")
    assert kept.daily_to == state.daily_to


def test_memory_is_bounded():
    state = watched(workdays, MONDAY, MONDAY + 10 * WEEK, every=2 * HOUR)
    assert len(state.gaps) == rhythm.MOST_GAPS
    assert len(state.daily_new) == len(state.daily_quiet) == rhythm.DAYS
    after_years = watched(always, MONDAY + 200 * WEEK, MONDAY + 200 * WEEK + HOUR, state)
    assert len(after_years.daily_new) == rhythm.DAYS


def counted(*numbers: int, to: datetime = MONDAY) -> SourceState:
    """A source that brought so many entries on each day up to `to`."""
    quiet = (3600,) * len(numbers)
    return SourceState(source_id="desk", url=DESK.url, daily_new=numbers, daily_quiet=quiet, daily_to=to)


STEADY = [40, 42, 38, 41, 43, 10, 9]
NONE = rhythm.UNWATCHED
VOLUMES = [
    ("as always", [*STEADY * 4, 41, 0], None),
    ("a few less", [*STEADY * 4, 32, 0], None),
    ("far fewer", [*STEADY * 4, 7, 0], "7 new on Monday 2026-09-07, usually 27 to 53"),
    ("far more", [*STEADY * 4, 95, 0], "95 new on Monday 2026-09-07, usually 27 to 53"),
    ("none at all", [*STEADY * 4, 0, 0], "0 new on Monday 2026-09-07, usually 27 to 53"),
    ("a day nobody saw", [*STEADY * 4, NONE, 0], None),
    ("two weeks to compare with", [*STEADY * 2, 0, 0], None),
    ("weeks nobody saw", [*STEADY * 2, *[NONE] * 14, 0, 0], None),
    ("a source of few words", [*[2, 1, 3, 2, 2, 0, 0] * 4, 0, 0], None),
    ("one that varies", [10, 0, 0, 0, 0, 0, 0, 60, *[0] * 6, 35, *[0] * 6, 15, *[0] * 6, 5, 0], None),
]


@pytest.mark.parametrize(("days", "expected"), [row[1:] for row in VOLUMES], ids=[row[0] for row in VOLUMES])
def test_last_whole_day_is_compared_with_the_same_day_of_the_week(days, expected):
    state = counted(*days, to=MONDAY + DAY)
    assert rhythm.unusual_volume(state, MONDAY + DAY + 5 * HOUR) == expected


def test_sunday_is_not_compared_with_workdays():
    state = counted(*STEADY * 5, to=MONDAY - DAY)
    assert rhythm.unusual_volume(state, MONDAY + HOUR) is None
    assert rhythm.unusual_volume(state, MONDAY + 3 * DAY) is None


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(days=21), "21 d"),
        (timedelta(hours=60), "60 h"),
        (timedelta(minutes=90), "1 h"),
        (timedelta(seconds=150), "2 min"),
        (timedelta(seconds=-3), "0 s"),
    ],
)
def test_spans_are_spoken_in_one_unit(span, expected):
    assert rhythm.spoken(span) == expected
