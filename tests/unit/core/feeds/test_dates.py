"""Dates in the forms feeds use: one meaning or none."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.feeds import dates

READ = [
    ("RFC 822", "Tue, 24 Nov 2026 10:05:00 GMT", "2026-11-24T10:05:00"),
    ("with an offset", "Tue, 24 Nov 2026 10:05:00 +0130", "2026-11-24T08:35:00"),
    ("with a named zone", "Tue, 24 Nov 2026 10:05:00 EST", "2026-11-24T15:05:00"),
    ("with a zone in brackets", "Tue, 24 Nov 2026 10:05:00 +0000 (UTC)", "2026-11-24T10:05:00"),
    ("without seconds", "Tue, 24 Nov 2026 10:05 GMT", "2026-11-24T10:05:00"),
    ("without time", "24 Nov 2026", "2026-11-24T00:00:00"),
    ("without weekday", "24 Nov 2026 10:05:00 GMT", "2026-11-24T10:05:00"),
    ("a wrong weekday", "Fri, 24 Nov 2026 10:05:00 GMT", "2026-11-24T10:05:00"),
    ("a year of two digits", "Tue, 24 Nov 26 10:05:00 GMT", "2026-11-24T10:05:00"),
    ("a long month", "Tue, 24 November 2026 10:05:00 GMT", "2026-11-24T10:05:00"),
    ("month before day", "Tue Nov 24 2026 10:05:00 +0200", "2026-11-24T08:05:00"),
    ("asctime", "Tue Nov 24 10:05:00 2026", "2026-11-24T10:05:00"),
    ("a browser's", "Tue Nov 24 2026 10:05:00 GMT+0100 (CET)", "2026-11-24T09:05:00"),
    ("half a day", "November 24, 2026 4:05 PM", "2026-11-24T16:05:00"),
    ("midnight as twelve", "Nov 24, 2026 12:05 am", "2026-11-24T00:05:00"),
    ("twenty-four o'clock", "Tue, 24 Nov 2026 24:00:00 GMT", "2026-11-25T00:00:00"),
    ("a leap second", "Thu, 31 Dec 2026 23:59:60 GMT", "2026-12-31T23:59:59"),
    ("RFC 3339", "2026-11-24T10:05:00Z", "2026-11-24T10:05:00"),
    ("with a fraction", "2026-11-24T10:05:00.123+02:00", "2026-11-24T08:05:00"),
    ("with a blank", "2026-11-24 10:05:00", "2026-11-24T10:05:00"),
    ("with blanks in it", "2026-11-24 T 10:05:00 +00:00", "2026-11-24T10:05:00"),
    ("without colons", "2026-11-24T100500Z", "2026-11-24T10:05:00"),
    ("without hyphens", "20261124T10:05:00.5Z", "2026-11-24T10:05:00"),
    ("a zone in small letters", "Tue, 24 Nov 2026 10:05:00 est", "2026-11-24T15:05:00"),
    ("a day", "2026-11-24", "2026-11-24T00:00:00"),
    ("basic", "20261124T100500Z", "2026-11-24T10:05:00"),
    ("a week", "2026-W48-2", "2026-11-24T00:00:00"),
    ("a day of the year", "2026-328", "2026-11-24T00:00:00"),
    ("slashes, year first", "2026/11/24 10:05:00", "2026-11-24T10:05:00"),
    ("dots, day first", "24.11.2026 10:05", "2026-11-24T10:05:00"),
    ("seconds since the epoch", "1795514700", "2026-11-24T10:05:00"),
    ("milliseconds since the epoch", "1795514700000", "2026-11-24T10:05:00"),
    ("French", "mar., 24 nov. 2026 10:05:00 +0100", "2026-11-24T09:05:00"),
    ("German", "Di, 24 Mär 2026 10:05:00 +0100", "2026-03-24T09:05:00"),
    ("Spanish", "24 de noviembre de 2026 10:05", "2026-11-24T10:05:00"),
    ("Russian", "Вт, 24 ноя 2026 10:05:00 +0300", "2026-11-24T07:05:00"),
    ("Chinese", "2026年11月24日 10:05", "2026-11-24T10:05:00"),
    ("Korean, which has one zone", "2026년 11월 24일 10:05:00", "2026-11-24T01:05:00"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_date_is_read(text, expected):
    moment = dates.read(text)
    assert moment is not None
    assert moment.at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


UNREAD = [
    ("two meanings", "05/06/2026"),
    ("no such day", "Tue, 31 Feb 2026 10:00:00 GMT"),
    ("no such month", "Tue, 24 Zzz 2026 10:00:00 GMT"),
    ("no such hour", "2026-11-24T25:00:00Z"),
    ("no such second", "2026-11-24T10:00:61Z"),
    ("no such offset", "2026-11-24T10:00:00+99:00"),
    ("too many colons", "Tue, 24 Nov 2026 1:2:3:4 GMT"),
    ("a word too many", "Tue, 24 Nov 2026 maybe"),
    ("too many parts", "2026-11-24-01"),
    ("before the web", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("year nought", "0123-11-22"),
    ("a number", "12345"),
    ("words", "yesterday"),
    ("nothing", ""),
    ("a page of text", "1 " * 1000),
]


@pytest.mark.parametrize("text", [row[1] for row in UNREAD], ids=[row[0] for row in UNREAD])
def test_what_has_no_single_meaning_is_no_date(text):
    assert dates.read(text) is None


@pytest.mark.parametrize(
    ("text", "precision", "zone_known"),
    [
        ("2026-11-24T10:05:00Z", "second", True),
        ("2026-11-24 10:05", "minute", False),
        ("2026-11-24", "day", False),
        ("2026-11", "month", False),
        ("2026", "year", False),
        ("Tue, 24 Nov 2026 10:05:00 IST", "second", False),
    ],
)
def test_what_was_not_said_is_marked(text, precision, zone_known):
    moment = dates.read(text)
    assert moment is not None
    assert (moment.precision, moment.zone_known) == (precision, zone_known)


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2200, 1, 1)), st.integers(-840, 840))
def test_both_standard_forms_give_back_the_moment(at, offset):
    at = at.replace(microsecond=0)
    sign, hours, minutes = "-" if offset < 0 else "+", abs(offset) // 60, abs(offset) % 60
    expected = datetime.fromisoformat(f"{at.isoformat()}{sign}{hours:02d}:{minutes:02d}").astimezone(UTC)
    for text in (
        f"{at.isoformat()}{sign}{hours:02d}:{minutes:02d}",
        f"{at:%a, %d %b %Y %H:%M:%S} {sign}{hours:02d}{minutes:02d}",
    ):
        moment = dates.read(text)
        assert (moment.at if moment else None) == (expected if expected >= dates.EARLIEST else None)


@given(st.text(max_size=120))
def test_no_text_makes_it_fail(text):
    moment = dates.read(text)
    assert moment is None or moment.at >= dates.EARLIEST
