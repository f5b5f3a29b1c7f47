"""The fetch stage edge to edge: feeds and pages go in, records, accounts and outcomes come out."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.adapters.memory import Crash
from pipeline.core.hosts import HostState
from pipeline.core.http import Failure, Response
from pipeline.core.ledger import EditSection, apply
from pipeline.ports import Write
from tests.stages.fetching import FEED, NOON, Desk, page, rss, source

A, B, C = (f"https://herald.example/{name}" for name in "abc")


def test_entries_of_a_due_feed_become_raw_records_with_all_that_clean_needs():
    desk = Desk(source(language="en", country="GB"))
    desk.feed((A, "One"), (B, "Two"))
    report = desk.run()
    assert report.outcomes == {"fetched": 2}
    assert report.discovered == 2
    raw = next(raw for raw in desk.raws() if raw.url == A)
    assert raw.entry is not None
    assert (raw.entry.title, raw.headlines) == ("One", ("Two",))
    assert (raw.source.name, raw.source.language, raw.source.country) == ("Herald", "en", "GB")
    assert raw.http.final_url == A
    assert raw.fetched_at == raw.first_fetched_at


def test_ledger_names_run_record_and_next_visit():
    desk = Desk()
    desk.feed(A)
    report = desk.run()
    section = desk.section(A)
    assert desk.entry(A).state == "fetched"
    assert section.run_id == section.attempt_run_id == report.run_id
    assert section.offset is not None
    assert section.first_fetched_at is not None
    assert section.due_at == section.first_fetched_at + timedelta(hours=1)


def test_source_is_not_asked_before_it_is_due():
    desk = Desk()
    desk.feed(A)
    desk.run()
    desk.later(minutes=5)
    desk.run()
    assert desk.web.asked(FEED) == [FEED]


def test_second_poll_is_conditional_and_brings_only_what_is_new():
    desk = Desk()
    desk.feed(A, etag='"1"')
    desk.run()
    desk.later(minutes=20)
    report = desk.run()
    assert desk.web.log[-1].etag == '"1"'
    assert (report.outcomes, desk.state().result) == ({}, "not-modified")
    desk.feed(A, B, etag='"2"')
    desk.later(minutes=30)
    assert desk.run().outcomes == {"fetched": 1}
    assert desk.state().etag == '"2"'


def test_server_that_lies_about_its_validator_is_no_longer_asked_with_it():
    desk = Desk()
    desk.feed(A, last_modified="Fri, 20 Nov 2026 12:00:00 GMT")
    desk.run()
    desk.later(hours=25)
    desk.feed(A, B, last_modified="Fri, 20 Nov 2026 12:00:00 GMT")
    desk.run()
    assert desk.state().conditional is False


def test_changed_title_or_time_in_the_feed_brings_the_article_again():
    desk = Desk()
    desk.feed((A, "Bridge closed"))
    desk.run()
    desk.feed((A, "Bridge closed until spring"))
    desk.web.page(A, page("New text"))
    desk.later(minutes=20)
    assert desk.run().outcomes == {"fetched": 1}
    first, second = desk.raws()
    assert first.article_id == second.article_id
    assert second.first_fetched_at == first.first_fetched_at
    assert second.entry is not None
    assert second.entry.title == "Bridge closed until spring"


def test_another_source_with_its_own_words_for_the_same_article_does_not_bring_it_again():
    other = "https://herald.example/politics/feed"
    desk = Desk(source(), source("politics", other))
    desk.feed((A, "Bridge closed"))
    desk.feed((A, "Politics: bridge closed"), url=other)
    desk.run()
    desk.later(minutes=40)
    desk.run(force=True)
    assert desk.web.asked(A) == [A]


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
    assert feed - robots >= timedelta(seconds=1)


def test_what_robots_forbids_is_discarded_by_name_and_not_asked():
    desk = Desk()
    desk.web.page("https://herald.example/robots.txt", "User-agent: copydesk\nDisallow: /a\n")
    desk.feed(A, B)
    assert desk.run().outcomes == {"discarded(robots)": 1, "fetched": 1}
    assert desk.web.asked(A) == []
    assert (desk.entry(A).state, desk.section(A).reason) == ("discarded", "robots")


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


def test_entry_whose_host_is_no_domain_name_is_dropped_and_its_neighbours_go_through():
    desk = Desk()
    desk.feed(A, f"https://{'a' * 600}.example/x")
    assert desk.run().outcomes == {"fetched": 1}
    assert desk.state().items_dropped == {"invalid-url": 1}


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


def test_article_that_cannot_be_had_for_an_hour_is_discarded_and_comes_back():
    desk = Desk()
    desk.feed(A)
    desk.web.pages[A] = Failure(reason="connection-refused")
    assert desk.run().outcomes == {"deferred(connection-refused)": 1}
    outcomes = []
    for _ in range(6):
        desk.later(minutes=15)
        outcomes += desk.run().outcomes
    assert "discarded(connection-refused)" in outcomes
    assert desk.entry(A).state == "discarded"
    assert desk.section(A).due_at is not None
    desk.web.page(A, page())
    desk.later(hours=24)
    assert desk.run().outcomes == {"fetched": 1}
    assert desk.entry(A).state == "fetched"


def test_article_nobody_came_to_for_an_hour_is_accounted_for_without_a_visit():
    desk = Desk(pace=1000.0)
    desk.feed(A, B)
    desk.run(host_seconds=1500.0)
    desk.later(minutes=60)
    desk.run(hosts=["unrelated.example"])
    states = {desk.entry(url).state for url in (A, B)}
    assert "discovered" not in states


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Response(url=A, status=404), "discarded(not-found)"),
        (Response(url=A, status=410), "discarded(gone)"),
        (Response(url=A, status=403), "discarded(forbidden)"),
        (Response(url=A, status=500), "deferred(server-error)"),
        (
            Response(url=A, status=200, headers={"content-type": "text/html"}, body=b" \n"),
            "discarded(empty-body)",
        ),
        (
            Response(url=A, status=200, headers={"content-type": "application/pdf"}, body=b"%PDF"),
            "discarded(not-html)",
        ),
        (Failure(reason="too-large"), "discarded(too-large)"),
        (Failure(reason="address"), "discarded(address)"),
        (Failure(reason="timeout"), "deferred(timeout)"),
    ],
)
def test_every_failure_is_an_outcome_by_name(answer, outcome):
    desk = Desk()
    desk.feed(A, pages=False)
    desk.web.pages[A] = answer
    assert desk.run().outcomes == {outcome: 1}
    assert desk.raws() == []


def test_revisits_come_after_an_hour_a_day_and_a_week_and_send_only_what_changed():
    desk = Desk()
    desk.feed(A)
    desk.web.page(A, page("First"), etag='"1"')
    desk.run()
    desk.web.page(FEED, rss(), content_type="application/rss+xml")
    for wait, text, expected in (
        (timedelta(hours=1, minutes=1), "First", {"not-modified": 1}),
        (timedelta(hours=24, minutes=1), "Second", {"fetched": 1}),
        (timedelta(days=7, minutes=1), "Second", {"not-modified": 1}),
        (timedelta(days=30), "Third", {}),
    ):
        desk.clock.at = NOON + wait
        desk.web.page(A, page(text), etag=f'"{text}"')
        assert desk.run().outcomes == expected
    first, second = desk.raws()
    assert second.body != first.body
    assert second.entry == first.entry


def test_page_missing_twice_twenty_hours_apart_becomes_a_gone_edit_and_back_when_it_returns():
    desk = Desk()
    desk.feed(A)
    desk.run()
    desk.web.page(A, status=410)
    desk.later(hours=2)
    assert desk.run().outcomes == {"discarded(gone)": 1}
    assert desk.edits() == []
    desk.later(hours=21)
    desk.run()
    (gone,) = desk.edits()
    assert (gone.kind, gone.article_id) == ("gone", desk.entry(A).article_id)
    desk.world.articles.put([Write(id=gone.article_id, value=_with_gone(desk.entry(A)))])
    desk.web.page(A, page())
    desk.feed((A, "It is back"))
    desk.later(hours=1)
    desk.run(force=True)
    assert [edit.kind for edit in desk.edits()] == ["gone", "back"]
    assert len(desk.raws()) == 2


def test_removed_article_is_not_asked_for_whatever_the_feed_says():
    desk = Desk()
    desk.feed((A, "One"))
    desk.run()
    entry = desk.entry(A)
    desk.world.articles.put([Write(id=entry.article_id, value=_with_removed(entry))])
    desk.feed((A, "Another title"))
    desk.later(hours=30)
    desk.run()
    assert desk.web.asked(A) == [A]


def test_restored_article_is_asked_for_at_once_and_sent_though_its_page_is_the_same():
    desk = Desk()
    desk.feed((A, "One"))
    desk.run()
    entry = desk.entry(A)
    desk.later(minutes=5)
    restored = apply(entry, EditSection(position=2, awaiting=True, at=desk.clock.at))
    desk.world.articles.put([Write(id=entry.article_id, value=restored)])
    desk.later(minutes=5)
    assert desk.run().outcomes == {"fetched": 1}
    assert len(desk.raws()) == 2
    desk.later(minutes=5)
    desk.run()
    assert len(desk.raws()) == 2


def test_page_that_no_record_can_hold_is_discarded_and_its_neighbours_go_through():
    desk = Desk()
    desk.feed(A, B)
    desk.web.page(A, b"<html>" + bytes(range(256)) * 20_000)
    assert desk.run().outcomes == {"discarded(schema)": 1, "fetched": 1}


def test_shard_works_only_at_its_hosts():
    other = "https://other.example/feed"
    desk = Desk(source(), source("other", other))
    desk.feed(A)
    desk.feed("https://other.example/x", url=other)
    desk.run(hosts=["other.example"])
    assert desk.web.asked("herald") == []
    assert desk.web.asked("other") == [other, "https://other.example/x"]


def test_limit_bounds_the_articles_of_a_run_and_names_the_rest():
    desk = Desk()
    desk.feed(A, B, C)
    assert desk.run(limit=1).outcomes == {"deferred(limit)": 2, "fetched": 1}


def test_paused_source_is_not_polled_and_a_pause_during_the_poll_is_kept():
    desk = Desk(source(paused=True))
    desk.feed(A)
    desk.run()
    assert desk.web.log == []


def test_report_counts_what_the_ledger_holds():
    desk = Desk()
    desk.feed(A, B, (A, "Again"), "ftp://herald.example/x", "https://herald.example/a#part")
    report = desk.run()
    created = [entry for entry in desk.world.articles.all().values() if entry.fetch.run_id == report.run_id]
    assert report.discovered == len(created) == 2
    assert desk.state().items_dropped == {"duplicate": 2, "scheme": 1}


def test_fetcher_is_closed_at_the_end():
    desk = Desk()
    desk.feed(A)
    desk.run()
    assert desk.web.closed


def test_killed_at_any_write_and_run_again_loses_no_entry_and_makes_no_second_article():
    writes = len(_two_articles().world.faults.calls)
    assert writes == 9  # report, lease, lease, discovery, source, records, ledger, release, report
    for number in range(1, writes + 1):
        for after in (False, True):
            _killed_and_run_again(number, after=after)


def _two_articles() -> Desk:
    desk = Desk()
    desk.feed(A, B, etag='"1"')
    desk.run()
    return desk


def _killed_and_run_again(number: int, *, after: bool) -> None:
    desk = Desk()
    desk.feed(A, B, etag='"1"')
    arm = desk.world.crash_after if after else desk.world.crash_before
    arm(nth=number)
    with pytest.raises(Crash):
        desk.run()
    desk.world.restart()
    known = {entry.fetch.url for entry in desk.world.articles.all().values() if entry.fetch}
    assert known == {A, B} or not desk.world.sources.all(), "validators were saved before the entries"
    for _ in range(4):
        desk.later(minutes=20)
        desk.run()
    assert {raw.url for raw in desk.raws()} == {A, B}
    assert {raw.article_id for raw in desk.raws()} == desk.world.articles.all().keys()
    entries = list(desk.world.articles.all().values())
    assert {entry.state for entry in entries} == {"fetched"}
    created = [entry.fetch.run_id for entry in entries if entry.fetch]
    for run_id, report in desk.world.runs.all().items():
        assert report.discovered == created.count(run_id)


def _with_gone(entry):
    return apply(entry, EditSection(position=1, gone=True))


def _with_removed(entry):
    return apply(entry, EditSection(position=1, removed=True))
