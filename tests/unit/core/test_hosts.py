"""Politeness as pure rules: leases, pace, holds, and what the status of a robots.txt means."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core import hosts
from pipeline.core.hosts import HostState
from pipeline.core.http import Failure, Response

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORIGIN = "https://desk.example"
URL = f"{ORIGIN}/a"


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(
        url=URL, status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def test_lease_is_taken_renewed_by_its_owner_and_refused_to_others_until_it_ends():
    mine = hosts.leased(None, "desk.example", "me", NOON)
    assert mine is not None
    assert (mine.lease_owner, mine.lease_until) == ("me", NOON + hosts.LEASE)
    assert hosts.leased(mine, "desk.example", "you", NOON + timedelta(seconds=1)) is None
    renewed = hosts.leased(mine, "desk.example", "me", NOON + timedelta(seconds=40))
    assert renewed is not None
    assert renewed.lease_until == NOON + timedelta(seconds=40) + hosts.LEASE
    assert hosts.leased(mine, "desk.example", "you", NOON + hosts.LEASE) is not None
    assert hosts.leased(hosts.released(mine), "desk.example", "you", NOON) is not None


def test_host_of_a_dead_worker_rests_as_if_its_last_request_had_used_up_the_lease():
    """Its last request was not written down: with a pace longer than the lease it may have been just now."""
    died = hosts.leased(HostState(host="desk.example", pace_seconds=120.0), "desk.example", "dead", NOON)
    assert died is not None
    later = NOON + hosts.LEASE + timedelta(seconds=1)
    taken = hosts.leased(died, "desk.example", "me", later)
    assert taken is not None
    assert hosts.waiting(taken, later) == 119.0
    released = hosts.leased(hosts.released(died), "desk.example", "me", later)
    assert released is not None
    assert hosts.waiting(released, later) == 0.0


def test_host_of_a_dead_worker_that_had_no_pace_yet_rests_by_the_pace_of_the_one_who_takes_over():
    died = hosts.leased(None, "desk.example", "dead", NOON)
    taken = hosts.leased(died, "desk.example", "me", NOON + hosts.LEASE)
    assert taken is not None
    assert hosts.waiting(taken, NOON + hosts.LEASE, 120.0) == 120.0
    own = hosts.leased(taken, "desk.example", "me", NOON + hosts.LEASE + timedelta(seconds=20))
    assert own is not None
    assert hosts.waiting(own, NOON + hosts.LEASE + timedelta(seconds=20), 120.0) == 100.0


def test_request_may_start_only_while_the_lease_outlasts_its_deadline():
    mine = hosts.leased(None, "desk.example", "me", NOON)
    assert mine is not None
    assert hosts.outlasts(mine, NOON, hosts.LEASE.total_seconds())
    assert not hosts.outlasts(mine, NOON + timedelta(seconds=1), hosts.LEASE.total_seconds())
    longer = hosts.leased(None, "desk.example", "me", NOON, 90.0)
    assert longer is not None
    assert hosts.outlasts(longer, NOON, 90.0)


@pytest.mark.parametrize(
    ("asked", "delay", "expected"),
    [(5.0, None, 5.0), (5.0, 1.0, 5.0), (5.0, 30.0, 30.0), (5.0, 9999.0, 120.0)],
)
def test_pace_is_ours_or_the_sites_if_longer_within_reason(asked, delay, expected):
    assert hosts.pace(asked, delay) == expected


def test_next_request_waits_for_pace_and_hold_whichever_is_later():
    state = hosts.requested(HostState(host="desk.example"), NOON, 5.0)
    assert hosts.waiting(state, NOON) == 5.0
    assert hosts.waiting(state, NOON + timedelta(seconds=9)) == 0.0
    assert hosts.waiting(replace(state, held_until=NOON + timedelta(minutes=1)), NOON) == 60.0


def test_next_request_waits_for_the_askers_own_pace_where_that_is_longer_than_the_one_before():
    state = hosts.requested(HostState(host="desk.example"), NOON, 5.0)
    assert hosts.waiting(state, NOON, 30.0) == 30.0
    assert hosts.waiting(state, NOON, 1.0) == 5.0


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("120", timedelta(seconds=120)),
        ("Tue, 24 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("999999", hosts.LONGEST_HOLD),
        ("0", None),
        ("-5", None),
        ("Tue, 24 Nov 2026 11:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_absurd(header, expected):
    assert hosts.retry_after(header, NOON) == expected


def test_only_429_holds_the_host():
    state = HostState(host="desk.example")
    assert hosts.answered(state, answer(503, retry_after="60"), NOON).held_until is None
    held = hosts.answered(state, answer(429, retry_after="60"), NOON)
    assert held.held_until == NOON + timedelta(seconds=60)
    assert hosts.answered(state, answer(429), NOON).held_until == NOON + hosts.DEFAULT_HOLD


def test_silence_counts_against_the_host_and_any_answer_clears_it():
    state = hosts.answered(HostState(host="desk.example"), Failure(reason="timeout"), NOON)
    assert state.failures == 1
    assert hosts.answered(state, answer(500), NOON).failures == 0


def robots_after(*answers: Response | Failure, step: timedelta = timedelta(hours=1)) -> HostState:
    state = HostState(host="desk.example")
    for number, each in enumerate(answers):
        state = hosts.with_robots(state, ORIGIN, each, NOON + number * step)
    return state


def refusal(state: HostState) -> str | None:
    copy = hosts.robots_copy(state, ORIGIN)
    assert copy is not None
    return hosts.robots_refusal(copy, URL, "copydesk")


DENY = answer(200, b"User-agent: *\nDisallow: /\nCrawl-delay: 7\n")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (answer(200, b""), None),
        (DENY, "robots"),
        (answer(404), None),
        (answer(403), None),
        (answer(429), "robots-unreachable"),
        (answer(500), "robots-unreachable"),
        (Failure(reason="timeout"), "robots-unreachable"),
    ],
)
def test_status_of_robots_decides(given, expected):
    assert refusal(robots_after(given)) == expected


def test_older_rules_stand_in_for_a_file_that_cannot_be_reached():
    assert refusal(robots_after(DENY, answer(500))) == "robots"
    assert refusal(robots_after(answer(200, b""), answer(500))) is None


def test_file_unreachable_for_a_month_counts_as_absent():
    failing = [Failure(reason="timeout")] * 3
    assert refusal(robots_after(*failing, step=timedelta(days=14))) == "robots-unreachable"
    assert refusal(robots_after(*failing, step=timedelta(days=16))) is None


def test_copy_is_good_for_a_day_and_a_failure_for_half_an_hour():
    good = hosts.robots_copy(robots_after(DENY), ORIGIN)
    failed = hosts.robots_copy(robots_after(answer(500)), ORIGIN)
    assert hosts.is_fresh(good, NOON + timedelta(hours=23))
    assert not hosts.is_fresh(good, NOON + timedelta(hours=24))
    assert hosts.is_fresh(failed, NOON + timedelta(minutes=29))
    assert not hosts.is_fresh(failed, NOON + timedelta(minutes=30))
    assert not hosts.is_fresh(None, NOON)


def test_origins_of_one_host_keep_their_own_copies():
    state = hosts.with_robots(robots_after(DENY), "http://desk.example", answer(404), NOON)
    assert refusal(state) == "robots"
    other = hosts.robots_copy(state, "http://desk.example")
    assert other is not None
    assert other.verdict == "allow-all"
    assert hosts.crawl_delay(other, "copydesk") is None
