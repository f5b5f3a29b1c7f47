"""Whole pages with bylines of many languages and systems (`names.yaml`): who wrote it, and which agency."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.core.clean import extract
from tests.unit.core.clean.pages import raw

_TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text(encoding="utf-8"))
PAGES: dict[str, dict[str, Any]] = _TABLE["pages"]
TITLE = "Ferry office"
SITE = "The Tidewater Post"


def build(page: dict[str, Any]) -> str:
    """The page of one row of the table."""
    line = _TABLE["texts"][page.get("lang", "en")]
    text = "".join(f"<p>{page.get('first', '') if n == 1 else ''}{line.format(n)}</p>" for n in range(1, 9))
    data = page.get("data", {})
    nodes = data if isinstance(data, list) else [{"@type": "NewsArticle", "headline": TITLE, **data}]
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)
    site = f'<meta property="og:site_name" content="{SITE}">'
    head = f"<title>{TITLE} - {SITE}</title>{site}{page.get('head', '')}{scripts if data else ''}"
    body = f'<div class="text">{text}{page.get("below_text", "")}</div>'
    article = f"<article><h1>{TITLE}</h1>{page.get('above', '')}{body}</article>"
    return (
        f'<html lang="{page.get("lang", "en")}"><head>{head}</head><body><header>{SITE}</header>'
        f"<main>{article}{page.get('below', '')}</main></body></html>"
    )


@pytest.mark.parametrize("name", PAGES)
def test_people_are_named_and_agencies_credited(name: str) -> None:
    page = PAGES[name]
    article = extract(raw(build(page), url="https://tidewater.example/harbour/ferry-office"))
    assert article.authors == tuple(page["authors"])
    if "agency" in page:
        assert article.agency == page["agency"]
