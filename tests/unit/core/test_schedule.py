"""When to ask again. The clock runs over days, since that is where schedulers fail."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core import schedule

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
USUAL = timedelta(minutes=15)


def adapted(
    share: float, *, interval: timedelta = USUAL, steady: int = 0, recent: bool = True, on_time: bool = True
):
    return schedule.adapted(interval, USUAL, steady, known_share=share, recent=recent, on_time=on_time)


def test_mostly_new_entries_halve_the_interval_down_to_the_shortest():
    assert adapted(0.2) == (timedelta(minutes=7.5), 0)
    assert adapted(0.0, interval=timedelta(minutes=6)) == (schedule.SHORTEST, 0)


def test_an_interval_grown_long_falls_back_to_the_usual_at_once():
    assert adapted(0.1, interval=timedelta(hours=20)) == (USUAL, 0)


def test_two_polls_of_mostly_known_entries_lengthen_it_and_one_does_not():
    assert adapted(0.9) == (USUAL, 1)
    assert adapted(0.9, steady=1) == (USUAL * 1.25, 0)


def test_a_source_without_news_for_a_month_is_asked_half_as_often():
    assert adapted(1.0, steady=1, recent=False) == (USUAL * 2, 0)


def test_the_longest_interval_is_a_day():
    assert adapted(1.0, interval=timedelta(hours=23), steady=1)[0] == schedule.LONGEST


def test_late_polls_change_nothing_in_either_direction():
    assert adapted(0.0, on_time=False) == (USUAL, 0)
    assert adapted(1.0, steady=1, on_time=False) == (USUAL, 1)


@pytest.mark.parametrize(
    ("kind", "failures", "expected"),
    [
        ("soft", 1, timedelta(minutes=5)),
        ("soft", 3, timedelta(minutes=20)),
        ("soft", 99, timedelta(hours=24)),
        ("hard", 1, timedelta(hours=1)),
        ("hard", 99, timedelta(days=30)),
        ("temporary", 99, timedelta(minutes=15)),
        ("refused", 5, timedelta(hours=24)),
    ],
)
def test_backoff_doubles_within_the_bounds_of_its_class(kind, failures, expected):
    assert schedule.backoff(kind, failures) == expected


def test_due_times_are_spread_and_repeatable():
    waits = {schedule.spread(f"source-{number}", timedelta(hours=1)) for number in range(50)}
    assert len(waits) == 50
    assert all(timedelta(hours=1) <= wait < timedelta(hours=1.1) for wait in waits)
    assert schedule.spread("a", USUAL) == schedule.spread("a", USUAL)


@pytest.mark.parametrize(
    ("headers", "ttl", "expected"),
    [
        ({}, None, timedelta()),
        ({"cache-control": "public, max-age=600"}, None, timedelta(minutes=10)),
        ({"cache-control": "s-maxage=9000"}, None, timedelta()),
        ({"cache-control": "max-age=600"}, 1800, timedelta(minutes=30)),
        ({"cache-control": "max-age=99999999"}, None, timedelta(hours=24)),
        ({"expires": "Tue, 24 Nov 2026 12:20:00 GMT"}, None, timedelta(minutes=20)),
        ({"expires": "0"}, None, timedelta()),
        ({"expires": "Tue, 24 Nov 2026 11:00:00 GMT"}, None, timedelta()),
    ],
)
def test_publishers_wish_is_a_lower_bound(headers, ttl, expected):
    assert schedule.lower_bound(headers, ttl, NOON) == expected


def test_visits_follow_the_articles_age_across_days():
    first, now, visits = NOON, NOON, []
    while (due := schedule.next_visit(first, now)) is not None:
        visits.append(due - first)
        now = due + timedelta(minutes=3)
    assert visits == [timedelta(hours=1), timedelta(days=1), timedelta(days=7)]


def test_visits_missed_during_an_outage_are_not_made_up_for():
    assert schedule.next_visit(NOON, NOON + timedelta(days=2)) == NOON + timedelta(days=7)
    assert schedule.next_visit(NOON, NOON + timedelta(days=8)) is None
