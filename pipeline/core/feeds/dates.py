"""Dates as feeds really write them, to UTC, with what was known and what was not.

A form is read only if it has one meaning: `05/06/2024` is two dates, so it is none. A missing or ambiguous
zone counts as UTC and is marked, never guessed from the source's country.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pipeline.core.feeds import date_words

Precision = Literal["second", "minute", "day", "month", "year"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Older dates in feeds are zero timestamps and default values, not publications."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date in UTC, how exactly it was given, and whether it said in which zone."""

    at: datetime
    precision: Precision
    zone_known: bool


def read(text: str | None) -> Moment | None:
    """The moment `text` names, or None for what is no date, has two meanings or lies before `EARLIEST`."""
    if not text or len(text) > _LONGEST:
        return None
    text = text.strip()
    try:
        moment = _usual(text) or _numeric(text) or _worded(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment and moment.at >= EARLIEST else None


_LONGEST = 100

_WEEKDAYS = ("Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, ")
_ZONES = {"GMT": "+00:00", "UTC": "+00:00", "Z": "+00:00"}
_MONTHS = {
    name.capitalize(): f"-{number:02d}-" for name, number in date_words.MONTHS.items() if len(name) == 3
}


def _usual(text: str) -> Moment | None:
    """The two forms of nearly all feeds, by a shorter way than the rest; None for all others.

    `Tue, 24 Nov 2026 10:30:00 +0100` is put together as ISO 8601, which Python reads quickest.
    """
    if text[:5] in _WEEKDAYS and text[7:26:9] == "   " and text[11] == " ":
        month, zone = _MONTHS.get(text[8:11]), text[26:]
        if zone[:1] in ("+", "-") and len(zone) == 5 and zone[1:].isdecimal():
            zone = f"{zone[:3]}:{zone[3:]}"
        else:
            zone = _ZONES.get(zone, "")
        clock = text[17:25]
        if month is None or not zone or clock[:2] > "23" or clock[6:] > "59":
            return None
        text = f"{text[12:16]}{month}{text[5:7]}T{clock}{zone}"
    if len(text) in (20, 25) and text[10:11] == "T" and text[19:20] in ("Z", "+", "-"):
        return Moment(datetime.fromisoformat(text).astimezone(UTC), "second", True)
    return None


_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,]\d*)?)?"
_OFFSET = r"(?:(?:GMT|UTC)?[+-]\d{1,2}:?\d{2}|(?:GMT|UTC)[+-]\d{1,2}|[+-]\d{2})"
_ISO_TIME = rf"(?:{_TIME}|(?P<hour2>\d\d)(?P<minute2>\d\d)(?P<second2>\d\d)?)"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?:(?P<dash>[-/.])0?(?P<month>\d{{1,2}})(?:(?P=dash)(?P<day>\d{{1,2}}))?)?,?"
    rf"(?:\s*(?:T\s*|\s){_ISO_TIME}\s*(?P<zone>Z|{_OFFSET}|[A-Z]{{2,5}})?)?",
    re.IGNORECASE,
)
_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    rf"(?:T?(?:(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d*)?)?)(?P<zone>Z|{_OFFSET})?)?"
)
_DOTTED = re.compile(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}),?(?:\s+{_TIME})?")
_ORDINAL = re.compile(r"(?P<year>\d{4})-(?P<yearday>\d{3})")
_WEEK = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?")
_EPOCH = re.compile(r"(?P<seconds>\d{9,10})(?P<millis>\d{3})?")


def _numeric(text: str) -> Moment | None:
    """Forms without words: ISO 8601 and its relatives, dotted dates, seconds since the epoch."""
    for form in (_ISO, _BASIC, _DOTTED):
        if found := form.fullmatch(text):
            return _assembled(_without_second_names(found.groupdict()))
    if found := _ORDINAL.fullmatch(text):
        first = datetime(int(found["year"]), 1, 1, tzinfo=UTC)
        at = first + timedelta(days=int(found["yearday"]) - 1)
        return Moment(at, "day", False) if at.year == first.year and at >= first else None
    if found := _WEEK.fullmatch(text):
        day = datetime.fromisocalendar(int(found["year"]), int(found["week"]), int(found["weekday"] or 1))
        return Moment(day.replace(tzinfo=UTC), "day", False)
    if found := _EPOCH.fullmatch(text):
        return Moment(datetime.fromtimestamp(int(found["seconds"]), UTC), "second", True)
    return None


def _without_second_names(parts: dict[str, str | None]) -> dict[str, str | None]:
    """`hour2` and its like are the same part in another spelling: a pattern may name a group only once."""
    for name in ("hour", "minute", "second"):
        other = parts.pop(f"{name}2", None)
        parts[name] = parts.get(name) or other
    return parts


_CLOCK = re.compile(
    rf"(?P<before>{date_words.HALVES})?\s*(?<![\d:]){_TIME}(?![\d:])\s*(?P<after>{date_words.HALVES})?",
    re.IGNORECASE,
)
_ZONE = re.compile(rf"(?<![\w:+-])(?P<offset>{_OFFSET}|[+-]\d{{4}})(?![\w:])", re.IGNORECASE)
_GLUE = re.compile(r"(?<=\d)T(?=\d)")
_ZONE_COMMENT = re.compile(r"\([^()]*\)")
_CJK_DAY = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_WORDS = re.compile(r"[^\W\d_]+[.]?|\d+|\S")
_ORDINAL_DAY = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|°)(?=\W)", re.IGNORECASE)


def _worded(text: str) -> Moment | None:
    """Forms with names of months or days, in any order that leaves one reading: RFC 822, asctime, prose."""
    rest = _ZONE_COMMENT.sub(" ", f" {_GLUE.sub(' ', text)} ")
    clock: dict[str, str | None] = {}
    if found := _CLOCK.search(rest):
        clock = found.groupdict()
        rest = rest[: found.start()] + " " + rest[found.end() :]
    zone = None
    if clock and (found := _ZONE.search(rest)):
        zone = found["offset"]
        rest = rest[: found.start()] + " " + rest[found.end() :]
    if found := _CJK_DAY.search(rest):
        korean = "년" in found[0]
        parts = {"year": found[1], "month": found[2], "day": found[3]}
        rest = rest[: found.start()] + " " + rest[found.end() :]
        return None if _meaningful(rest) else _assembled(parts | clock | {"zone": zone or _korean(korean)})
    if found := re.search(r"\b(\d{4})([-/])(\d{1,2})\2(\d{1,2})\b", rest):
        parts = {"year": found[1], "month": found[3], "day": found[4]}
        rest = rest[: found.start()] + " " + rest[found.end() :]
        korean = any((clock.get(side) or "") in ("오전", "오후") for side in ("before", "after"))
        named = _named(rest)
        return (
            None if named is None else _assembled(parts | clock | {"zone": zone or named or _korean(korean)})
        )
    return _by_names(_ORDINAL_DAY.sub("", rest), clock, zone)


def _by_names(rest: str, clock: dict[str, str | None], zone: str | None) -> Moment | None:
    """Day, year and the name of a month are left; every word must be one we know."""
    months: list[str] = []
    numbers: list[str] = []
    for word in _WORDS.findall(rest.replace("-", " ").replace("/", " ")):
        bare = word.rstrip(".").casefold()
        if word.isdigit():
            numbers.append(word)
        elif bare in date_words.MONTHS:
            months.append(bare)
        elif zone is None and clock and bare in date_words.ZONES and _is_zone(word, bare):
            zone = word
        elif bare in date_words.FILLERS or bare in date_words.WEEKDAYS or word in ",.;|":
            continue
        elif not (clock and zone is None and _ZONE_NAME.fullmatch(word)):
            return None
    month = _month(months)
    if month is None or len(numbers) != 2:
        return None
    day, year = numbers if len(numbers[0]) <= 2 else numbers[::-1]
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _assembled({"year": year, "month": str(month), "day": day, "zone": zone} | clock)


def _is_zone(word: str, bare: str) -> bool:
    """Whether a word of the zones' list is meant as one: "AT" is the Atlantic, "at" is not."""
    return word.isupper() or bare not in date_words.FILLERS


def _month(names: list[str]) -> int | None:
    """The one month among the words found: "mar" is also a Tuesday, "mai" a Monday somewhere."""
    if len(names) > 1:
        names = [name for name in names if name not in date_words.WEEKDAYS]
    return date_words.MONTHS[names[0]] if len(names) == 1 else None


_ZONE_NAME = re.compile(r"[A-Z]{1,5}|Etc")


def _named(rest: str) -> str | None:
    """The zone named in what is left beside a numeric date, "" without one; None if anything else is left."""
    zone = ""
    for word in _WORDS.findall(rest):
        bare = word.rstrip(".").casefold()
        if bare in date_words.ZONES:
            zone = word
        elif not (bare in date_words.FILLERS or bare in date_words.WEEKDAYS or word in ",.;|"):
            return None
    return zone


def _meaningful(rest: str) -> bool:
    return any(
        word.casefold() not in date_words.WEEKDAYS and word not in "(),." for word in _WORDS.findall(rest)
    )


def _korean(korean: bool) -> str | None:
    """Korea has one zone, and these forms are used nowhere else."""
    return "KST" if korean else None


def _assembled(parts: dict[str, str | None]) -> Moment:
    """The moment the named parts make. Raises ValueError for what is in no calendar."""
    hour, minute, second = _hour(parts), int(parts.get("minute") or 0), int(parts.get("second") or 0)
    second = 59 if second == 60 else second  # a leap second, which Python's clock does not have
    offset = _offset(parts.get("zone"))
    local = datetime(
        _year(parts["year"] or ""), int(parts.get("month") or 1), int(parts.get("day") or 1), tzinfo=UTC
    )
    if hour == 24 and minute == second == 0:
        local, hour = local + timedelta(days=1), 0
    at = local.replace(hour=hour, minute=minute, second=second) - (offset or timedelta())
    return Moment(at, _precision(parts), offset is not None)


def _precision(parts: dict[str, str | None]) -> Precision:
    order: tuple[Precision, ...] = ("second", "minute", "day", "month")
    return next((name for name in order if parts.get(name) is not None), "year")


def _year(digits: str) -> int:
    """Two digits as in RFC 5322 §4.3: 00 to 49 are this century."""
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _hour(parts: dict[str, str | None]) -> int:
    hour = int(parts.get("hour") or 0)
    half = ((parts.get("before") or parts.get("after")) or "").casefold().replace(".", "")
    if not half:
        return hour
    if hour > 12:
        return hour
    return hour % 12 + (12 if half in date_words.AFTERNOON else 0)


def _offset(zone: str | None) -> timedelta | None:
    """A zone's distance from UTC; None where it is missing, unknown or means several."""
    if not zone:
        return None
    if found := re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", zone, re.IGNORECASE):
        hours, minutes = int(found[2]), int(found[3] or 0)
        if hours > 24 or minutes > 59:
            raise ValueError(zone)
        # RFC 5322 §3.3: "-0000" says that the time is UTC and the local zone unknown.
        return timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)
    return date_words.ZONES.get(zone.casefold())
