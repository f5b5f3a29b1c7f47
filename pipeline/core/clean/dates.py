"""Points in time as publishers write them, with the precision they really have.

Accepted: ISO 8601 in its many spellings, RFC 2822, Unix seconds or milliseconds, and a bare day. A time
without zone is read in the zone of another stamp of the same page where there is one, otherwise as UTC.
Days written in words are left to `htmldate`, which the metadata asks last.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Literal

Precision = Literal["second", "minute", "day"]
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Before this no news page was published on the web; earlier stamps are defaults of some system."""
LATEST_AFTER_FETCH = timedelta(hours=24)
"""A stamp may lie this far after the fetch: zones misread, embargoes; beyond it is an event's date."""

_ISO = re.compile(
    r"""(?P<year>\d{4})[-/.]?(?P<month>\d{2})[-/.]?(?P<day>\d{2})
        (?:[T\s,]*(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,:]\d+)?)?
           \s*(?P<zone>Z|UTC|GMT|[A-Z]{2,5}(?![a-z])|[+\-−]\d{1,2}:?\d{0,2})?)?\s*(?:\[[\w/]+\])?\s*$""",
    re.VERBOSE,
)
_SMALL = re.compile(r"(?<=\d)[tz](?=\d|$)")
_UNIX = re.compile(r"\d{10}(?:\d{3})?$")
_ZONES = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    **dict.fromkeys(("BST", "CET", "WEST"), 60),
    **dict.fromkeys(("CEST", "EET", "SAST"), 120),
    **dict.fromkeys(("EEST", "MSK"), 180),
    **dict.fromkeys(("SGT", "HKT"), 480),
    **dict.fromkeys(("JST", "KST"), 540),
    **{"AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780},
    **dict.fromkeys(("EDT",), -240),
    **dict.fromkeys(("EST", "ET", "CDT"), -300),
    **dict.fromkeys(("CST", "CT", "MDT"), -360),
    **dict.fromkeys(("MST", "PDT"), -420),
    **dict.fromkeys(("PST", "PT"), -480),
}
"""Minutes east of Greenwich. IST is left out: India, Israel and Ireland all use it."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One point in time in UTC, how exact it was written, and whether its zone was written too."""

    at: datetime
    precision: Precision
    zoned: bool
    offset: timedelta = timedelta(0)


def parse(text: str | None, zone: timedelta | None = None) -> Stamp | None:
    """The stamp a text stands for; `zone` is used when it names none. None for anything unreadable."""
    text = (text or "").strip()
    if not text or len(text) > 64:
        return None
    if _UNIX.match(text):
        seconds = int(text[:10])
        return Stamp(datetime.fromtimestamp(seconds, UTC), "second", zoned=True)
    match = _ISO.match(_SMALL.sub(lambda letter: letter[0].upper(), text))
    return _from_iso(match, zone) if match else _from_mail(text)


def plausible(stamp: Stamp | None, fetched_at: datetime) -> bool:
    """Whether the stamp can be the time a page was published that was fetched then."""
    return stamp is not None and EARLIEST <= stamp.at <= fetched_at + LATEST_AFTER_FETCH


def _from_iso(match: re.Match[str], zone: timedelta | None) -> Stamp | None:
    named = match["zone"]
    offset = _offset(named)
    part = {name: int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    if part["hour"] == 24:
        part["hour"] = 0
    try:
        if match["hour"] is None:
            return Stamp(datetime(**part, tzinfo=UTC), "day", zoned=False)
        used = offset if offset is not None else (zone or timedelta(0))
        at = datetime(**part, tzinfo=timezone(used)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    precision: Precision = "second" if match["second"] is not None else "minute"
    return Stamp(at, precision, zoned=offset is not None, offset=used)


def _offset(named: str | None) -> timedelta | None:
    if not named:
        return None
    if named in _ZONES:
        return timedelta(minutes=_ZONES[named])
    digits = re.sub(r"\D", "", named)
    if not digits:
        return None
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    offset = timedelta(hours=hours, minutes=minutes)
    return None if offset > timedelta(hours=14) else (offset if named[0] == "+" else -offset)


def _from_mail(text: str) -> Stamp | None:
    words = text.split()
    if words and words[-1] in _ZONES:
        minutes = _ZONES[words[-1]]
        hours, rest = divmod(abs(minutes), 60)
        text = f"{text[: -len(words[-1])]}{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    zoned: tzinfo | None = at.tzinfo
    aware = at if zoned else at.replace(tzinfo=UTC)
    try:
        return Stamp(
            aware.astimezone(UTC), "second", zoned=zoned is not None, offset=aware.utcoffset() or timedelta(0)
        )
    except OverflowError:
        return None
