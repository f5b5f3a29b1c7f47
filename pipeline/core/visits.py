"""What one visit to an article means: its outcome, its next visit, and whether a record is sent.

    entry ──announced──► section `discovered`, due at once
    answer ──visited───► fetched · not-modified · deferred(reason) · discarded(reason)

A visit that sends no record leaves what names the last fetch as it is. Nothing stays in flight: what could
not be fetched for most of an hour counts as discarded, and yet stays due.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.core import schedule
from pipeline.core.http import Failure, FailureClass, Response
from pipeline.core.ledger import FetchSection
from pipeline.core.model import Entry

Ended = Literal["fetched", "not-modified", "deferred", "discarded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """How a visit ended. `gone` and `back` ask for the edit of that name; `fetched` for a raw record."""

    outcome: Ended
    section: FetchSection
    reason: str | None = None
    gone: bool = False
    back: bool = False


def signature(entry: Entry) -> str:
    """What of an entry, when it changes, says that its article did: title and time of update."""
    told = entry.updated_at or entry.published_at
    facts = f"{entry.title or ''}\n{told.isoformat() if told else ''}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def announced(held: FetchSection | None, new: FetchSection, now: datetime) -> FetchSection | None:
    """The section after a source announced the article again as `new`; None when that says nothing new.

    Only the source that brought an article speaks for it: another one words the same entry differently.
    """
    if held is None:
        return new
    if held.source_id != new.source_id or held.entry_signature == new.entry_signature:
        return None
    # Validators are dropped: the feed says that the page changed, so its word is not taken again.
    return replace(
        held,
        entry=new.entry,
        entry_signature=new.entry_signature,
        attempted_at=now,
        due_at=now,
        etag=None,
        last_modified=None,
    )


def visited(
    section: FetchSection,
    answer: Response | Failure,
    now: datetime,
    run_id: str,
    *,
    gone: bool,
    ages: Sequence[timedelta] = schedule.REVISITS,
    wait: timedelta | None = None,
) -> Visit:
    """What `answer`, complete at `now`, means for the article of `section`.

    `gone` says that a `gone` edit is in force; `wait` is what the server asked by `Retry-After`.
    """
    section = replace(section, attempted_at=now, attempt_run_id=run_id)
    if isinstance(answer, Failure):
        return _failed(section, answer, now, wait)
    if answer.status == 304:
        return _not_modified(section, now, ages)
    refusal = _refusal(answer)
    if refusal:
        return _failed(section, Failure(reason=refusal, status=answer.status), now, wait)
    digest = hashlib.sha256(answer.body).hexdigest()
    if section.fetched_at is not None and digest == section.body_sha256 and not gone:
        return _not_modified(section, now, ages, answer)
    first = section.first_fetched_at or now
    fetched = replace(
        _validated(_asked(section, now, ages, first), answer, now),
        outcome="fetched",
        first_fetched_at=first,
        fetched_at=now,
        body_sha256=digest,
    )
    return Visit(outcome="fetched", section=fetched, back=gone)


def deferred(section: FetchSection, reason: str, now: datetime, run_id: str) -> Visit:
    """An article whose turn did not come in this run; it stays due as it was."""
    section = replace(section, attempted_at=now, attempt_run_id=run_id, due_at=section.due_at or now)
    return _put_off(section, reason, now, section.due_at or now)


def overdue(section: FetchSection, now: datetime) -> FetchSection | None:
    """The section of an article that was in flight for too long: discarded, and due as before."""
    if section.fetched_at is not None or section.outcome not in ("discovered", "deferred"):
        return None
    if now - section.discovered_at < schedule.IN_FLIGHT_AT_MOST:
        return None
    return replace(section, attempted_at=now, outcome="discarded", reason=section.reason or "not-reached")


def _asked(section: FetchSection, now: datetime, ages: Sequence[timedelta], first: datetime) -> FetchSection:
    """After an answer that counts: visits go on by age, attempts begin anew."""
    return replace(
        section,
        reason=None,
        attempts=0,
        visits=section.visits + 1,
        missing_since=None,
        due_at=schedule.next_visit(first, now, ages),
    )


def _not_modified(
    section: FetchSection, now: datetime, ages: Sequence[timedelta], answer: Response | None = None
) -> Visit:
    if section.first_fetched_at is None:
        return _failed(section, Failure(reason="protocol", status=304), now, None)
    section = replace(_asked(section, now, ages, section.first_fetched_at), outcome="not-modified")
    if answer is not None:
        section = _validated(section, answer, now)
    return Visit(outcome="not-modified", section=section)


def _validated(section: FetchSection, answer: Response, now: datetime) -> FetchSection:
    headers = answer.headers
    return replace(
        section, etag=headers.get("etag"), last_modified=headers.get("last-modified"), validated_at=now
    )


def _failed(section: FetchSection, failure: Failure, now: datetime, wait: timedelta | None) -> Visit:
    attempts = section.attempts + 1
    section = replace(section, attempts=attempts)
    if failure.reason in ("not-found", "gone") and section.fetched_at is not None:
        return _missing(section, failure.reason, now)
    kind = failure.kind
    delay = max(schedule.spread(section.canonical_url, schedule.backoff(kind, attempts)), wait or timedelta())
    due = now + delay if attempts < schedule.MOST_ATTEMPTS and failure.reason not in _FINAL else None
    if kind in _PASSING and due is not None:
        return _put_off(section, failure.reason, now, due)
    section = replace(section, outcome="discarded", reason=failure.reason, due_at=due)
    return Visit(outcome="discarded", section=section, reason=failure.reason)


_PASSING: frozenset[FailureClass] = frozenset({"temporary", "soft", "throttled"})
_FINAL = frozenset(
    {
        "robots",
        "not-html",
        "too-large",
        "scheme",
        "url-too-long",
        "invalid-url",
        "address",
        "port",
        "off-site",
    }
)
"""Reasons after which only a new announcement makes an article due again."""


def _put_off(section: FetchSection, reason: str, now: datetime, due: datetime) -> Visit:
    section = replace(section, outcome="deferred", reason=reason, due_at=due)
    late = overdue(section, now)
    if late is not None:
        return Visit(outcome="discarded", section=late, reason=reason)
    return Visit(outcome="deferred", section=section, reason=reason)


def _missing(section: FetchSection, reason: str, now: datetime) -> Visit:
    """A fetched article answers 404 or 410: gone when it still does so twenty hours later."""
    since = section.missing_since
    if since is not None and now - since >= schedule.MISSING_AGAIN:
        section = replace(section, outcome="discarded", reason=reason, due_at=None)
        return Visit(outcome="discarded", section=section, reason=reason, gone=True)
    again = (since or now) + schedule.MISSING_AGAIN
    section = replace(
        section, outcome="discarded", reason=reason, missing_since=since or now, due_at=max(again, now)
    )
    return Visit(outcome="discarded", section=section, reason=reason)


_PAGES = ("text/html", "application/xhtml+xml")
_UNSAID = ("", "application/octet-stream", "text/plain", "application/xml", "text/xml")


def _refusal(answer: Response) -> str | None:
    """Why a complete answer is no page: nothing in it, or neither called nor looking like HTML."""
    if not answer.body.strip():
        return "empty-body"
    kind = (answer.content_type or "").partition(";")[0].strip().lower()
    if kind in _PAGES:
        return None
    head = answer.body[:2048].lower().replace(b"\x00", b"")
    looks_like_page = b"<html" in head or b"<!doctype html" in head
    return None if kind in _UNSAID and looks_like_page else "not-html"
