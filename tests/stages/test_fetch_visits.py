"""What becomes of an article over its visits: failures, revisits, gone and back, removed and restored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.core.http import Failure, Response
from pipeline.core.ledger import EditSection, apply
from pipeline.ports import Write
from tests.stages.fetching import FEED, NOON, Desk, page, rss

A, B = (f"https://herald.example/{name}" for name in "ab")


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


def _with_gone(entry):
    return apply(entry, EditSection(position=1, gone=True))


def _with_removed(entry):
    return apply(entry, EditSection(position=1, removed=True))
