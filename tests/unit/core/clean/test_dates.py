"""Stamps as publishers write them, and which of several is believed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.clean import extract
from pipeline.core.clean.dates import parse, plausible
from pipeline.core.model import CleanArticle, Entry
from tests.unit.core.clean.pages import NOON, raw

MORNING = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
READ = {
    "2026-11-19T08:30:00Z": (MORNING, "second"),
    "2026-11-19T09:30:00+01:00": (MORNING, "second"),
    "2026-11-19T09:30+0100": (MORNING, "minute"),
    "2026-11-19 08:30:00": (MORNING, "second"),
    "2026-11-19T08:30:00.123456Z": (MORNING, "second"),
    "2026-11-19T03:30:00-05:00": (MORNING, "second"),
    "2026-11-19 09:30 CET": (MORNING, "minute"),
    "20261119T083000Z": (MORNING, "second"),
    "Thu, 19 Nov 2026 08:30:00 GMT": (MORNING, "second"),
    "1795077000": (MORNING, "second"),
    "1795077000000": (MORNING, "second"),
    "2026-11-19": (datetime(2026, 11, 19, tzinfo=UTC), "day"),
    "2026/11/19": (datetime(2026, 11, 19, tzinfo=UTC), "day"),
    "2026-11-19T24:00:00Z": (datetime(2026, 11, 19, tzinfo=UTC), "second"),
}


@pytest.mark.parametrize("text", READ)
def test_stamp_is_read_with_its_precision(text: str):
    stamp = parse(text)
    assert stamp is not None
    assert (stamp.at, stamp.precision) == READ[text]


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-45", "19", "2026-11-19T99:99Z", "x" * 100, "0000-00-00"]
)
def test_what_is_no_stamp_gives_none(text: str):
    assert parse(text) is None


def test_time_without_zone_is_read_in_the_zone_given():
    assert parse("2026-11-19T09:30", timedelta(hours=1)).at == MORNING


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str):
    stamp = parse(text)
    assert stamp is None or stamp.at.tzinfo is UTC


def test_implausible_stamps_are_those_before_the_web_and_after_the_fetch():
    assert not plausible(parse("1970-01-01T00:00:00Z"), NOON)
    assert plausible(parse("1996-05-01"), NOON)
    assert plausible(parse("2026-11-21T11:00:00Z"), NOON)
    assert not plausible(parse("2026-11-21T13:00:00Z"), NOON)


def article(
    data: dict[str, Any] | None = None, head: str = "", body: str = "", **changes: Any
) -> CleanArticle:
    structured = {"@type": "NewsArticle", "headline": "Office", **(data or {})}
    text = "".join(
        f"<p>The office opens window {n}, the council said after the debate.</p>" for n in range(9)
    )
    script = f"<script type=application/ld+json>{json.dumps(structured)}</script>"
    page = f"<html lang=en>{script}{head}<h1>Office</h1>"
    return extract(raw(f"{page}<article>{body}{text}</article>", **changes))


def test_structured_data_is_believed_before_meta_and_the_origin_is_named():
    found = article(
        {"datePublished": "2026-11-19T08:30:00Z"},
        '<meta property="article:published_time" content="2026-11-18T08:30:00Z">',
    )
    assert found.published_at == MORNING
    assert found.provenance["published_at"] == "json-ld"


def test_implausible_stamp_gives_way_to_the_next():
    found = article(
        {"datePublished": "1970-01-01T00:00:00Z"},
        '<meta property="article:published_time" content="2026-11-19T08:30:00Z">',
    )
    assert (found.published_at, found.provenance["published_at"]) == (MORNING, "meta")


def test_day_is_refined_by_a_time_on_the_same_day():
    found = article({"datePublished": "2026-11-19"}, body='<time datetime="2026-11-19T08:30Z">8:30</time>')
    assert (found.published_at, found.published_precision) == (MORNING, "minute")


def test_time_without_zone_takes_that_of_another_stamp_of_the_page():
    found = article({"datePublished": "2026-11-19T09:30:00", "dateModified": "2026-11-19T10:00:00+01:00"})
    assert found.published_at == MORNING


def test_feed_speaks_when_the_page_says_nothing():
    entry = Entry(url="https://daily.example/", published_at=MORNING)
    found = article(entry=entry)
    assert (found.published_at, found.provenance["published_at"]) == (MORNING, "feed")


def test_address_gives_a_day():
    found = article(url="https://daily.example/2026/11/19/office")
    assert (found.published_at.date(), found.published_precision) == (MORNING.date(), "day")
    assert found.provenance["published_at"] == "url"


def test_modification_before_publication_is_none():
    found = article({"datePublished": "2026-11-19T08:30:00Z", "dateModified": "2026-11-01T08:30:00Z"})
    assert found.modified_at is None


def test_event_is_the_earlier_of_publication_and_first_fetch():
    assert article({"datePublished": "2026-11-19T08:30:00Z"}).event_at == MORNING
    assert article({"datePublished": "2026-11-20T20:00:00Z"}).event_at == NOON
    assert article().event_at == NOON
