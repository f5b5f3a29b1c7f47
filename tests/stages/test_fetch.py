"""The fetch stage edge to edge: feeds and pages go in, records, accounts and outcomes come out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.adapters.memory import Crash
from tests.stages.fetching import FEED, Desk, page, source

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


def test_entry_whose_host_is_no_domain_name_is_dropped_and_its_neighbours_go_through():
    desk = Desk()
    desk.feed(A, f"https://{'a' * 600}.example/x")
    assert desk.run().outcomes == {"fetched": 1}
    assert desk.state().items_dropped == {"invalid-url": 1}


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
