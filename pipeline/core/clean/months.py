"""Days written in words: `19 de novembro de 2026`, `November 19, 2026`, `2026年11月19日`.

Asked of the short lines between title and text, where no stamp declares when an article was published; a
search of the whole page comes after. Figures alone (`03/04/2026`) are left to it, since their order is a
matter of the country.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.core.clean.dates import Stamp

_STEMS = (
    "jan ene gen jän янв січ ян sty led ocak يناير ژانویه ינואר जन ιαν ian stu sij leden",
    "feb fev fév лют фев lut úno şub فبراير شباط فوریه פברואר फ़र फर φεβ veljače helmi febr",
    "mar mär mrt maa бер мар mart březn marzo março مارس آذار מרץ मार्च μαρ maaliskuu",
    "apr abr avr avril abril квіт апр kwi dub nisan أبريل نيسان آوریل אפריל अप्र απρ aprill huhti",
    "may mai mag mei май трав мая kvě květ mayıs مايو أيار مه מאי मई μαΐ μάι μαι touko toukok",
    "jun juin giu cze červn черв июн haz يونيو حزيران ژوئن יוני जून ιουν kesä",
    "jul juil lug lip červenc лип июл tem يوليو تموز ژوئیه יולי जुल ιουλ heinä",
    "aug ago août aoû sie srp серп авг ağu أغسطس آب اوت אוגוסט अग αύγ αυγ elo agu",
    "sep set wrz zář верес сен eyl سبتمبر أيلول سپتامبر ספטמבר सित σεπ syys",
    "oct okt ott out paź říj жовт окт eki أكتوبر اکتبر אוקטובר अक्ट अक्तू οκτ loka",
    "nov lis listopad лист ноя kas نوفمبر نوامبر נובמבר नव νοε marras",
    "dec dez déc dic gru pros груд дек ara ديسمبر دسامبر דצמבר दिस δεκ joulu des",
)
_AMBIGUOUS = {
    "listopadu": 11,
    "června": 6,
    "července": 7,
    "lipnja": 6,
    "srpnja": 7,
    "listopada": 11,
    "maj": 5,
}
"""Whole words that a stem of another month or language would take; `listopada` is Polish far more often."""
_MONTHS = {stem: number for number, row in enumerate(_STEMS, start=1) for stem in row.split()}
_LONGEST = max(map(len, _MONTHS))
_MONTH = r"(?P<month>[^\W\d_][\w\u0900-\u097f]{2,11})\.?"
_FORMS = (
    re.compile(r"(?P<year>\d{4})\s*[年년]\s*(?P<number>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:\.|º|er|st|nd|rd|th)?\s+(?:de\s+)?{_MONTH},?\s+(?:de[l]?\s+)?(?P<year>\d{{4}})\b"
    ),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})\b"),
)


def day_in_lines(lines: Iterable[str]) -> Stamp | None:
    """The first day that one of the lines writes in words; None without one."""
    return next((stamp for line in lines if (stamp := day_in_words(line))), None)


def day_in_words(text: str) -> Stamp | None:
    """The day a line writes with the month's name, or with the signs of East Asia."""
    for form in _FORMS:
        for match in form.finditer(text):
            part = match.groupdict()
            month = int(part["number"]) if "number" in part else _month(part["month"])
            if month and (stamp := _stamp(int(part["year"]), month, int(part["day"]))):
                return stamp
    return None


def _month(word: str) -> int | None:
    folded = word.casefold()
    if folded in _AMBIGUOUS:
        return _AMBIGUOUS[folded]
    beginnings = (folded[:length] for length in range(min(len(folded), _LONGEST), 1, -1))
    return next((_MONTHS[beginning] for beginning in beginnings if beginning in _MONTHS), None)


def _stamp(year: int, month: int, day: int) -> Stamp | None:
    try:
        return Stamp(datetime(year, month, day, tzinfo=UTC), "day", zoned=False)
    except ValueError:
        return None
