"""How the fetch stage behaves towards hosts: pace, robots, holds, leases, redirects, budgets."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.core.hosts import HostState
from pipeline.core.http import Failure
from pipeline.ports import Write
from tests.stages.fetching import NOON, Desk, page, source

A, B, C = (f"https://herald.example/{name}" for name in "abc")


def test_one_request_at_a_time_and_never_closer_than_the_pace():
    desk = Desk(pace=5.0)
    desk.web.taking = 2.0
    desk.feed(A, B, C)
    desk.run()
    times = [asked.at for asked in desk.web.log]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    assert desk.web.most_at_once == 1
    assert min(gaps) >= 7.0  # two for the answer, five of quiet after it


def test_pace_holds_from_one_run_to_the_next():
    desk = Desk(pace=60.0)
    desk.feed(A)
    desk.run()
    last = desk.web.log[-1].at
    desk.run(force=True)
    assert desk.web.log[-1].at - last >= timedelta(seconds=60)


def test_crawl_delay_of_the_site_counts_if_it_is_longer():
    desk = Desk(pace=1.0)
    desk.web.page("https://herald.example/robots.txt", "User-agent: *\nCrawl-delay: 30\n")
    desk.feed(A)
    desk.run()
    robots, feed, article = (asked.at for asked in desk.web.log)
    assert article - feed >= timedelta(seconds=30)
    assert feed - robots >= timedelta(seconds=30), "it counts from the moment it was read"


def test_what_robots_forbids_is_discarded_by_name_and_not_asked():
    desk = Desk()
    desk.web.page("https://herald.example/robots.txt", "User-agent: copydesk\nDisallow: /a\n")
    desk.feed(A, B)
    assert desk.run().outcomes == {"discarded(robots)": 1, "fetched": 1}
    assert desk.web.asked(A) == []
    assert (desk.entry(A).state, desk.section(A).reason) == ("discarded", "robots")


def test_record_says_which_collectors_the_host_that_answered_turns_away():
    desk = Desk()
    desk.web.page("https://herald.example/robots.txt", "User-agent: GPTBot\nDisallow: /a\n")
    desk.web.page("https://moved.example/robots.txt", "User-agent: CCBot\nDisallow: /\n")
    desk.feed(A, B, C, pages=False)
    desk.web.page(A, page())
    desk.web.page(B, page())
    desk.web.page(C, status=301, location="https://moved.example/c")
    desk.web.page("https://moved.example/c", page())
    desk.run()
    assert {raw.url: raw.http.opt_outs for raw in desk.raws()} == {A: ("gptbot",), B: (), C: ("ccbot",)}


def test_robots_that_cannot_be_read_forbids_all_for_now():
    desk = Desk()
    desk.web.page("https://herald.example/robots.txt", status=503)
    desk.feed(A)
    desk.run()
    assert desk.web.asked() == []
    assert desk.state().reason == "robots-unreachable"


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "mailto:desk@herald.example",
        "http://[bad",
        f"https://{'a' * 300}.example/robots.txt",
    ],
)
def test_robots_that_redirect_to_no_web_address_forbid_all_for_now_and_stop_nobody_else(target):
    other = "https://other.example/feed"
    desk = Desk(source(), source("other", other))
    desk.web.page("https://herald.example/robots.txt", status=302, location=target)
    desk.feed(A)
    desk.feed("https://other.example/x", url=other)
    assert desk.run().outcomes == {"fetched": 1}
    assert (desk.state().result, desk.state().reason) == ("broken", "robots-unreachable")


def test_fault_where_robots_redirect_to_is_not_the_articles_own():
    desk = Desk()
    desk.web.page("https://herald.example/robots.txt", status=302, location="https://inside.example/r")
    desk.web.pages["https://inside.example/r"] = Failure(reason="address")
    desk.feed(A)
    desk.run()
    assert desk.state().reason == "robots-unreachable"


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        ("address", "discarded(address)"),
        ("port", "discarded(port)"),
        ("timeout", "deferred(timeout)"),
        ("connection-refused", "deferred(connection-refused)"),
        ("headers-too-large", "deferred(robots-unreachable)"),
        ("bad-encoding", "deferred(robots-unreachable)"),
    ],
)
def test_redirect_to_a_host_whose_robots_fail_is_named_by_what_is_true_of_the_host(reason, outcome):
    desk = Desk()
    desk.feed(A, pages=False)
    desk.web.page(A, status=302, location="https://elsewhere.example/a")
    desk.web.pages["https://elsewhere.example/robots.txt"] = Failure(reason=reason)
    assert desk.run().outcomes == {outcome: 1}
    assert desk.web.asked("elsewhere") == []


def test_robots_is_asked_once_a_day_and_shared_by_runs():
    desk = Desk()
    desk.feed(A)
    desk.run()
    desk.later(hours=23)
    desk.run()
    robots = [asked for asked in desk.web.log if asked.url.endswith("/robots.txt")]
    assert len(robots) == 1
    desk.later(hours=2)
    desk.run()
    assert sum(asked.url.endswith("/robots.txt") for asked in desk.web.log) == 2


def test_host_that_another_worker_has_is_left_alone_and_its_articles_stay_due():
    desk = Desk()
    desk.feed("https://elsewhere.example/x")
    lease = {"host": "elsewhere.example", "lease_owner": "worker-2", "lease_until": NOON + timedelta(hours=3)}
    desk.world.hosts.put([Write(id="elsewhere.example", value=HostState(**lease))])
    assert desk.run().outcomes == {"deferred(host-busy)": 1}
    assert desk.web.asked("elsewhere") == []
    desk.world.hosts.put([Write(id="elsewhere.example", value=HostState(host="elsewhere.example"))])
    assert desk.run().outcomes == {"fetched": 1}


def test_lease_is_given_back_with_the_pace_kept():
    desk = Desk()
    desk.feed(A)
    desk.run()
    held = desk.world.hosts.all()["herald.example"]
    assert (held.lease_owner, held.pace_seconds) == (None, 5.0)
    assert held.next_request_at is not None
    assert [copy.verdict for copy in held.robots] == ["allow-all"]


def test_redirect_to_another_host_obeys_its_robots_and_keeps_the_identity_as_listed():
    desk = Desk()
    desk.feed(A, B, pages=False)
    desk.web.page(A, status=301, location="https://moved.example/a")
    desk.web.page(B, status=302, location="https://closed.example/b")
    desk.web.page("https://moved.example/a", page())
    desk.web.page("https://closed.example/robots.txt", "User-agent: *\nDisallow: /\n")
    assert desk.run().outcomes == {"discarded(robots)": 1, "fetched": 1}
    (raw,) = desk.raws()
    assert (raw.url, raw.http.final_url, raw.http.redirects) == (A, "https://moved.example/a", (A,))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (A, "redirect-loop"),
        ("ftp://herald.example/a", "scheme"),
        ("", "redirect-without-target"),
        ("http://[bad", "invalid-url"),
    ],
)
def test_redirect_that_leads_nowhere_is_named(target, reason):
    desk = Desk()
    desk.feed(A, pages=False)
    desk.web.page(A, status=302, location=target)
    (outcome,) = desk.run().outcomes
    assert outcome.endswith(f"({reason})")


def test_a_chain_of_redirects_ends_after_five():
    desk = Desk()
    desk.feed(A, pages=False)
    for step in range(10):
        at = A if step == 0 else f"{A}{step}"
        desk.web.page(at, status=302, location=f"{A}{step + 1}")
    assert desk.run().outcomes == {"deferred(too-many-redirects)": 1}
    assert len(desk.web.asked(A)) == 6


def test_429_holds_the_whole_host_and_503_only_its_url():
    desk = Desk()
    desk.feed(A, B)
    desk.web.page(A, status=503, retry_after="600")
    report = desk.run()
    assert report.outcomes == {"deferred(unavailable)": 1, "fetched": 1}
    assert desk.section(A).due_at >= desk.section(A).attempted_at + timedelta(seconds=600)
    desk = Desk()
    desk.feed(A, B, C)
    desk.web.page(A, status=429, retry_after="3600")
    report = desk.run()
    assert report.outcomes == {"deferred(held)": 2, "deferred(throttled)": 1}
    assert desk.section(B).due_at > desk.clock.now() + timedelta(minutes=50)


def test_slow_host_is_left_when_its_budget_is_spent_and_nothing_is_forgotten():
    desk = Desk(pace=30.0)
    desk.feed(*(f"https://herald.example/{number}" for number in range(5)))
    report = desk.run(host_seconds=100.0)
    assert report.outcomes == {"deferred(budget)": 3, "fetched": 2}
    desk.later(minutes=1)
    assert desk.run(host_seconds=1000.0).outcomes == {"fetched": 3}
