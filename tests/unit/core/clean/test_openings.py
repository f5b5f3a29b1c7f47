"""Where a text begins, and that it is whole: first paragraphs outside the rest, texts in several rows."""

from __future__ import annotations

from pipeline.core.clean import extract
from tests.unit.core.clean.pages import raw

LINES = [
    f"The ferry office will open window {number} in March, the council of the island decided on Tuesday "
    f"after a long debate about money, and point {number} of the plan was agreed by all who had come."
    for number in range(1, 13)
]
FURNITURE = "<p class='note'>Short words of the house for its readers, who may write to it at any time.</p>"


def paragraphs(body: str) -> list[str]:
    page = f"<html lang=en><head><title>Ferry office grows</title></head><body>{body}</body></html>"
    return extract(raw(page)).text.split("\n\n")


def joined(lines: list[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def test_paragraph_before_the_part_for_subscribers_opens_the_text():
    locked = f"<div class='locked'>{joined(LINES[1:])}</div>"
    body = (
        f"<article><h1>Ferry office grows</h1><div class='copy'>{joined(LINES[:1])}{locked}</div></article>"
    )
    assert paragraphs(body) == LINES


def test_paragraph_before_columns_opens_the_text():
    columns = f"<div class='columns'><div class='column'>{joined(LINES[1:])}</div></div>"
    body = (
        f"<article><h1>Ferry office grows</h1><div class='copy'>{joined(LINES[:1])}{columns}</div></article>"
    )
    assert paragraphs(body) == LINES


def test_short_or_marked_line_before_the_text_does_not_open_it():
    locked = f"<div class='locked'>{joined(LINES)}</div>"
    body = f"<article><h1>Ferry office grows</h1><div class='copy'>{FURNITURE}{locked}</div></article>"
    assert paragraphs(body) == LINES


def rows(*parts: list[str], extra: str = "") -> str:
    cells = "".join(f"<div class='row'><div class='cell'>{joined(part)}</div></div>" for part in parts)
    head = "<div class='head'><h1>Ferry office grows</h1></div>"
    return f"<main>{head}<div class='story'>{cells}{extra}</div></main>"


def test_text_in_several_rows_is_one_text():
    assert paragraphs(rows(LINES[:1], LINES[1:])) == LINES
    assert paragraphs(rows(LINES[:1], LINES[1:11], LINES[11:])) == LINES


def test_row_with_a_main_heading_of_its_own_is_another_article():
    text = "<p>The bus depot of the town closes in May, it said.</p>"
    other = f"<div class='row'><div class='cell'><h1>Bus</h1>{text}</div></div>"
    assert paragraphs(rows(LINES, extra=other)) == LINES


def test_readings_beside_characters_are_no_text():
    rest = "の議会は長い議論の末、火曜日に第{}の窓口を開くことを決めたと発表した。"
    line = f"<ruby>島<rt>しま</rt></ruby>{rest}"
    text = "".join(f"<p>{line.format(number)}</p>" for number in range(12))
    found = paragraphs(f"<article><h1>窓口</h1>{text}</article>")
    assert found[0] == "島" + rest.format(0)


def test_times_keep_the_zone_they_were_written_in():
    stamps = (
        '<meta property="article:published_time" content="2026-11-20T07:00:00+09:00">'
        '<meta property="article:modified_time" content="2026-11-20T08:00:00Z">'
    )
    article = extract(
        raw(f"<html><head>{stamps}</head><body><h1>Ferry</h1><article>{joined(LINES)}</article>")
    )
    assert article.published_at is not None
    assert article.published_at.isoformat() == "2026-11-19T22:00:00+00:00"
    assert article.provenance["published_zone"] == "+09:00"
    assert article.provenance["modified_zone"] == "+00:00"


def test_day_alone_has_no_zone():
    stamp = '<meta property="article:published_time" content="2026-11-19">'
    article = extract(
        raw(f"<html><head>{stamp}</head><body><h1>Ferry</h1><article>{joined(LINES)}</article>")
    )
    assert "published_zone" not in article.provenance
