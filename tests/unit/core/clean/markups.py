"""Pages around a given text, in the markups of real publishing systems (`markups.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import yaml

_MARKUPS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("markups.yaml").read_text(encoding="utf-8")
)
REPORT: tuple[str, ...] = tuple(_MARKUPS["report"])
"""Markups of a news report with another article's headline in it."""
ANALYSIS: tuple[str, ...] = tuple(_MARKUPS["analysis"])
"""Markups of a blog's analysis with sub-headings."""
TEASER_AFTER = 4


@dataclass(frozen=True)
class Story:
    """A title, paragraphs (a sub-heading begins with `# `), and the headline of another article."""

    title: str
    paragraphs: tuple[str, ...]
    teaser: str = ""

    @property
    def truth(self) -> list[str]:
        """What a reader would call the text."""
        return [paragraph.removeprefix("# ") for paragraph in self.paragraphs]


def build(kind: str, name: str, story: Story) -> str:
    """The page that shows the story in one markup of `report` or `analysis`."""
    markup = _MARKUPS[kind][name]
    places = {"title": escape(story.title), "category": "World", "teaser": escape(story.teaser)}
    body: list[str] = []
    for number, paragraph in enumerate(story.paragraphs, start=1):
        is_heading = paragraph.startswith("# ")
        line = (
            markup.get("heading", "<h2>$text</h2>") if is_heading else markup.get("paragraph", "<p>$text</p>")
        )
        body.append(Template(line).substitute(text=escape(paragraph.removeprefix("# "))))
        if number == TEASER_AFTER and "teaser" in markup:
            body.append(Template(markup["teaser"]).substitute(places))
    return Template(_MARKUPS["pages"][markup["page"]]).substitute(places, body="\n".join(body))
