"""What one visit to an article means, as a pure decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core import schedule, visits
from pipeline.core.http import CLASSES, Failure, Response
from pipeline.core.ledger import FetchSection
from pipeline.core.model import Entry

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://desk.example/a"
NEW = FetchSection(
    source_id="desk",
    url=URL,
    canonical_url=URL,
    host="desk.example",
    run_id="run-0",
    discovered_at=NOON,
    attempted_at=NOON,
    outcome="discovered",
    due_at=NOON,
    entry_signature="1",
)
PAGE = Response(
    url=URL, status=200, headers={"content-type": "text/html", "etag": '"1"'}, body=b"<html>text</html>"
)


def visit(
    section: FetchSection, answer: Response | Failure, *, at: datetime = NOON, gone: bool = False
) -> visits.Visit:
    return visits.visited(section, answer, at, "run-1", gone=gone)


FETCHED = visit(NEW, PAGE).section


def test_first_page_is_fetched_and_named_by_its_time():
    assert FETCHED.outcome == "fetched"
    assert FETCHED.fetched_at == FETCHED.first_fetched_at == NOON
    assert (FETCHED.etag, FETCHED.visits, FETCHED.attempts, FETCHED.run_id) == ('"1"', 1, 0, "run-0")
    assert FETCHED.due_at == NOON + timedelta(hours=1)


def test_same_body_and_304_are_not_modified_and_leave_the_last_fetch_alone():
    at = NOON + timedelta(hours=1)
    for answer in (PAGE, Response(url=URL, status=304)):
        ended = visit(FETCHED, answer, at=at)
        assert ended.outcome == ended.section.outcome == "not-modified"
        assert (ended.section.fetched_at, ended.section.visits) == (NOON, 2)
        assert ended.section.due_at == NOON + timedelta(hours=24)


def test_304_without_an_earlier_page_is_a_fault_of_the_server():
    assert visit(NEW, Response(url=URL, status=304)).reason == "protocol"


def test_changed_body_is_fetched_again_under_the_first_time():
    ended = visit(FETCHED, replace(PAGE, body=b"<html>other</html>"), at=NOON + timedelta(hours=1))
    assert ended.outcome == "fetched"
    assert ended.section.first_fetched_at == NOON
    assert ended.section.fetched_at == NOON + timedelta(hours=1)


def test_failure_after_a_fetch_changes_the_last_attempt_only():
    ended = visit(FETCHED, Failure(reason="timeout"), at=NOON + timedelta(hours=1))
    kept = ("fetched_at", "first_fetched_at", "etag", "body_sha256", "validated_at", "visits")
    assert [getattr(ended.section, name) for name in kept] == [getattr(FETCHED, name) for name in kept]
    assert (ended.section.attempts, ended.section.attempt_run_id) == (1, "run-1")


@pytest.mark.parametrize("reason", sorted(CLASSES))
def test_every_reason_ends_in_an_outcome_with_that_reason(reason):
    ended = visit(NEW, Failure(reason=reason))
    assert ended.outcome in ("deferred", "discarded")
    assert ended.reason == ended.section.reason == reason
    if ended.outcome == "deferred":
        assert ended.section.due_at is not None


def test_retry_after_is_a_lower_bound():
    ended = visits.visited(
        NEW, Failure(reason="unavailable"), NOON, "run-1", gone=False, wait=timedelta(hours=3)
    )
    assert ended.section.due_at == NOON + timedelta(hours=3)


def test_nothing_stays_deferred_for_an_hour_and_yet_it_stays_due():
    late = NOON + schedule.IN_FLIGHT_AT_MOST
    ended = visit(NEW, Failure(reason="timeout"), at=late)
    assert (ended.outcome, ended.reason) == ("discarded", "timeout")
    assert ended.section.due_at is not None
    put_off = visits.deferred(NEW, "budget", late, "run-1")
    assert (put_off.outcome, put_off.reason, put_off.section.due_at) == ("discarded", "budget", NOON)
    assert visits.overdue(NEW, late - timedelta(seconds=1)) is None
    assert visits.overdue(FETCHED, late + timedelta(days=9)) is None


def test_article_is_given_up_after_a_dozen_failures_in_a_row():
    section = NEW
    for number in range(schedule.MOST_ATTEMPTS):
        section = visit(section, Failure(reason="timeout"), at=NOON + timedelta(days=number)).section
    assert section.due_at is None


def test_missing_page_is_gone_only_when_it_still_is_twenty_hours_later():
    missing = Failure(reason="not-found", status=404)
    first = visit(FETCHED, missing, at=NOON + timedelta(hours=1))
    assert (first.gone, first.section.due_at) == (False, NOON + timedelta(hours=21))
    early = visit(first.section, missing, at=NOON + timedelta(hours=9))
    assert not early.gone
    last = visit(early.section, missing, at=NOON + timedelta(hours=21))
    assert (last.gone, last.section.due_at) == (True, None)
    back = visit(first.section, PAGE, at=NOON + timedelta(hours=21))
    assert (back.gone, back.section.missing_since) == (False, None)


def test_article_that_was_gone_comes_back_with_a_record_even_if_nothing_changed():
    ended = visit(FETCHED, PAGE, at=NOON + timedelta(days=2), gone=True)
    assert (ended.outcome, ended.back) == ("fetched", True)


def test_announcement_counts_when_its_own_source_words_it_anew():
    later = NOON + timedelta(hours=2)
    assert visits.announced(None, NEW, later) is NEW
    assert visits.announced(FETCHED, NEW, later) is None
    changed = replace(NEW, entry_signature="2", entry=Entry(url=URL, title="Now"))
    again = visits.announced(FETCHED, changed, later)
    assert again is not None
    assert (again.due_at, again.etag, again.entry_signature) == (later, None, "2")
    assert (again.fetched_at, again.run_id) == (NOON, "run-0")
    assert visits.announced(FETCHED, replace(changed, source_id="other"), later) is None


def test_signature_is_title_and_time_and_not_the_summary():
    entry = Entry(url=URL, title="A", published_at=NOON)
    assert visits.signature(entry) == visits.signature(replace(entry, summary="x", url="https://d.example/b"))
    assert visits.signature(entry) != visits.signature(replace(entry, title="B"))
    assert visits.signature(entry) != visits.signature(replace(entry, updated_at=NOON + timedelta(hours=1)))


@pytest.mark.parametrize(
    ("content_type", "body", "reason"),
    [
        ("text/html; charset=utf-8", b"<p>x", None),
        ("application/xhtml+xml", b"<html/>", None),
        (None, b"<!DOCTYPE html><p>x", None),
        ("text/plain", b"<html>x", None),
        ("text/plain", b"plain words", "not-html"),
        ("application/pdf", b"<html>", "not-html"),
        ("image/jpeg", b"\xff\xd8", "not-html"),
        ("application/json", b"{}", "not-html"),
        ("text/html", b" \r\n", "empty-body"),
        ("text/html", b"", "empty-body"),
    ],
)
def test_only_pages_are_kept(content_type, body, reason):
    headers = {"content-type": content_type} if content_type else {}
    assert visit(NEW, Response(url=URL, status=200, headers=headers, body=body)).reason == reason
