"""How a source publishes: what lies between its news, and what is usual on each day of the week.

Two memories serve two questions. The last distances between news say how long a source is used to be quiet.
What each of the last six weeks' days brought, and how quiet it grew on each, says what is usual on a Sunday:
some papers rest at weekends, others come out once a week. Days are days in UTC.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import fmean, pstdev

from pipeline.core.sources import SourceState

MOST_GAPS = 60
DAYS = 42
"""Distances and days kept: six of each day of the week."""

UNWATCHED = -1
"""Stands for a day on which nothing could be learnt."""

KNOWN_AFTER = timedelta(days=14)
FEWEST_GAPS = 5
UNKNOWN_RHYTHM = timedelta(hours=72)
"""A rhythm counts as known once two weeks of it and five distances are; until then three days are allowed."""

LEAST_SILENCE = timedelta(hours=12)
SILENT_AFTER_GAPS = 3
"""Silence is longer than 12 hours and three times the distance that 95 % of all stay under."""

FEWEST_OF_A_DAY = 2
SILENT_AFTER_QUIET = 1.5
LONGEST_QUIET = timedelta(days=7)
"""Nor is it silence before the quiet usual on that day of the week is exceeded by half, which two such days
must have shown. What is quiet for longer than a week is none the quieter for the day of the week."""

BAND = 2.0
FEWEST_TO_COMPARE = 3
"""A day's number of entries is unusual beyond two standard deviations from three or more such days."""

_DAY = timedelta(days=1)
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def watched(state: SourceState, new: int, now: datetime) -> SourceState:
    """The state after a poll at `now` that was answered and brought `new` entries; `new_at` is still the old.

    What is strange does not become usual: while a source is silent nothing is learnt. The first document of
    all shows what others saw come, so it counts for no day.
    """
    silent = state.health == "silent"
    if silent and not new:
        return state
    state, missed = _moved_on(state, _day(now))
    if state.new_at is None:
        return state
    brought, quiet = list(state.daily_new), list(state.daily_quiet)
    brought[-1] = max(brought[-1], 0) + new
    if not silent:
        if missed == 1 and quiet[-2] != UNWATCHED:
            # Nobody looked between the last poll of that day and its end, and nothing came.
            quiet[-2] = max(quiet[-2], _seconds(_day(now) - state.new_at))
        quiet[-1] = max(quiet[-1], _seconds(now - state.new_at))
    return replace(state, daily_new=tuple(brought), daily_quiet=tuple(quiet))


def brought(state: SourceState, new: int, dates: Iterable[datetime], now: datetime) -> SourceState:
    """The state after a document with `new` entries was read; `dates` are what its entries give as theirs.

    The first document tells its rhythm by its own dates, and how long ago the last news of all came.
    """
    if not new:
        return state
    if state.new_at is not None:
        gaps = (*state.gaps, _seconds(now - state.new_at))
        return replace(state, gaps=gaps[-MOST_GAPS:], new_at=now)
    told = sorted({at for at in dates if at <= now})
    gaps = tuple(_seconds(later - earlier) for earlier, later in pairwise(told))
    return replace(state, gaps=gaps[-MOST_GAPS:], new_at=told[-1] if told else now)


def silent_from(state: SourceState) -> datetime | None:
    """When it became strange, or will, that nothing new has come; None while nothing ever came.

    Once it has, it stays so until news comes, whatever day of the week it is meanwhile.
    """
    if state.new_at is None:
        return None
    usual = _usual_silence(state)
    day = _day(state.new_at + usual)
    while True:
        at = max(day, state.new_at + max(usual, _quiet_of_day(state, day.weekday())))
        if at < day + _DAY:
            return at
        day += _DAY


def unusual_volume(state: SourceState, now: datetime) -> str | None:
    """How the last whole day stands out from the same days of earlier weeks; None when it does not."""
    if state.daily_to is None or not (back := (_day(now) - state.daily_to) // _DAY) <= 1:
        return None
    at = len(state.daily_new) - 2 + back
    if at < 0 or (found := state.daily_new[at]) == UNWATCHED:
        return None
    same = _watched_days(state.daily_new, at - 7)
    if len(same) < FEWEST_TO_COMPARE:
        return None
    mean = fmean(same)
    # Counts scatter by their root even where the few days at hand happen to agree.
    width = BAND * max(pstdev(same), mean**0.5)
    if abs(found - mean) <= width:
        return None
    day = _day(now) - _DAY
    return (
        f"{found} new on {_NAMES[day.weekday()]} {day:%Y-%m-%d},"
        f" usually {max(round(mean - width), 0)} to {round(mean + width)}"
    )


def spoken(span: timedelta) -> str:
    """A span in its largest whole unit, such as `36 h` or `5 d`: days from three on."""
    seconds = max(_seconds(span), 0)
    for unit, length, least in (("d", 86_400, 3), ("h", 3_600, 1), ("min", 60, 1)):
        if seconds >= least * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"


def _usual_silence(state: SourceState) -> timedelta:
    """What the distances allow, whatever the day."""
    known = len(state.gaps) >= FEWEST_GAPS and (
        len(state.daily_new) > KNOWN_AFTER.days or sum(state.gaps) >= KNOWN_AFTER.total_seconds()
    )
    least = LEAST_SILENCE if known else UNKNOWN_RHYTHM
    if not state.gaps:
        return least
    ordered = sorted(state.gaps)
    rank = math.ceil(0.95 * len(ordered)) - 1
    return max(least, SILENT_AFTER_GAPS * timedelta(seconds=ordered[rank]))


def _quiet_of_day(state: SourceState, weekday: int) -> timedelta:
    """What the same days of earlier weeks allow. Of an even number the lower middle: outages are no habit."""
    if state.daily_to is None:
        return timedelta()
    last = len(state.daily_quiet) - 1 - (state.daily_to.weekday() - weekday) % 7
    same = _watched_days(state.daily_quiet, last)
    if len(same) < FEWEST_OF_A_DAY:
        return timedelta()
    usual = timedelta(seconds=sorted(same)[(len(same) - 1) // 2])
    return SILENT_AFTER_QUIET * min(usual, LONGEST_QUIET)


def _watched_days(numbers: Sequence[int], last: int) -> list[int]:
    return [number for number in numbers[last::-7] if number != UNWATCHED] if last >= 0 else []


def _moved_on(state: SourceState, today: datetime) -> tuple[SourceState, int]:
    """The memory of days reaching to `today`, and by how many days it had to grow."""
    if state.daily_to is None:
        return replace(state, daily_to=today, daily_new=(UNWATCHED,), daily_quiet=(UNWATCHED,)), 0
    missed = max((today - state.daily_to) // _DAY, 0)
    more = (UNWATCHED,) * min(missed, DAYS)
    return replace(
        state,
        daily_to=max(today, state.daily_to),
        daily_new=(*state.daily_new, *more)[-DAYS:],
        daily_quiet=(*state.daily_quiet, *more)[-DAYS:],
    ), missed


def _day(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
