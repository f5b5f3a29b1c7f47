"""Days written in words."""

from __future__ import annotations

import pytest

from pipeline.core.clean.months import day_in_words

MONTHS = {
    "January 5, 2026": 1, "5. Februar 2026": 2, "5 mars 2026": 3, "5 de abril de 2026": 4, "5 maggio 2026": 5,
    "5 juin 2026": 6, "5 juillet 2026": 7, "5 août 2026": 8, "5 settembre 2026": 9,
    "5 de outubro de 2026": 10,
    "5 listopada 2026": 11, "5. prosince 2026": 12, "5 ocak 2026": 1, "5 Şubat 2026": 2, "5 Ağustos 2026": 8,
    "5 Aralık 2026": 12, "5 мая 2026": 5, "5 июня 2026": 6, "5 июля 2026": 7, "5 травня 2026": 5,
    "5 жовтня 2026": 10, "5. června 2026": 6, "5. července 2026": 7, "5 czerwca 2026": 6, "5 lipca 2026": 7,
    "5 mei 2026": 5, "5 يونيو 2026": 6, "5 ديسمبر 2026": 12, "5 मार्च 2026": 3, "5 Μαΐου 2026": 5,
    "2026年8月5日": 8, "2026년 8월 5일": 8, "5 Agustus 2026": 8, "5 Mei 2026": 5, "5. toukokuuta 2026": 5,
}  # fmt: skip


@pytest.mark.parametrize("text", MONTHS)
def test_month_is_known_by_its_name(text: str):
    stamp = day_in_words(text)
    assert stamp is not None
    assert (stamp.at.year, stamp.at.month, stamp.at.day, stamp.precision) == (2026, MONTHS[text], 5, "day")


@pytest.mark.parametrize(
    "text", ["", "5 windows 2026", "31 February 2026", "2026年13月5日", "May be so 2026", "3/4/2026"]
)
def test_what_is_no_day_in_words_gives_none(text: str):
    assert day_in_words(text) is None
