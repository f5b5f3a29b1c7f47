"""Whole pages with titles and dates of many languages and systems (`facts.yaml`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.core.clean import extract
from tests.unit.core.clean.pages import raw

_HERE = Path(__file__)
_TABLE: dict[str, Any] = yaml.safe_load(_HERE.with_name("facts.yaml").read_text(encoding="utf-8"))
_TEXTS: dict[str, str] = yaml.safe_load(_HERE.with_name("names.yaml").read_text(encoding="utf-8"))["texts"]
TITLES: dict[str, dict[str, Any]] = _TABLE["titles"]
DATES: dict[str, dict[str, Any]] = _TABLE["dates"]
URL = "https://tidewater.example/harbour/ferry-office"


def build(row: dict[str, Any]) -> str:
    lang = row.get("lang", "en")
    text = "".join(f"<p>{_TEXTS[lang].format(number)}</p>" for number in range(1, 9))
    nodes = row.get("nodes", [{"@type": "NewsArticle", **row["data"]}] if "data" in row else [])
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    og = f'<meta property="og:title" content="{row["og"]}">' if "og" in row else ""
    site = f'<meta property="og:site_name" content="{row.get("site", "The Tidewater Post")}">'
    title = f"<title>{row['html_title']}</title>" if "html_title" in row else ""
    heading = f"<h1>{row['h1']}</h1>" if "h1" in row else ""
    head = f"<head>{title}{og}{site}{row.get('head', '')}{scripts}</head>"
    article = f"<article>{heading}{row.get('above', '')}<div>{text}</div></article>"
    return f'<html lang="{lang}">{head}<body><main>{article}{row.get("below", "")}</main></body></html>'


@pytest.mark.parametrize("name", TITLES)
def test_title_is_the_headline_alone(name: str):
    assert extract(raw(build(TITLES[name]), url=URL)).title == TITLES[name]["title"]


@pytest.mark.parametrize("name", DATES)
def test_time_of_publication_is_read(name: str):
    row = {"html_title": "Ferry office", "h1": "Ferry office", **DATES[name]}
    found = extract(raw(build(row), url=row.get("url", URL))).published_at
    assert found is not None
    assert f"{found:%Y-%m-%dT%H:%M}".startswith(row["at"])
