"""The written form of a story: what readers see stands at top level, with facets derived from the members.

Story(content=Content(…), members=…)  ◄─►  {story_id, …, title, text, …, article_count, source_ids, …}
                                       ─►  the same plus title_en, text_en, suggest: the search document
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

import schemas
from pipeline.core.model import Content, Story
from pipeline.core.plain import plain, value_of

_CONTENT = tuple(field.name for field in fields(Content))
_CJK = ("zh", "ja", "ko")
ANY_LANGUAGE = "any"
"""The context in which every title is suggested, beside that of its own language."""
SUGGESTED_WORDS = 8
"""How many words into a title a suggestion may begin."""
_CONTROLS = dict.fromkeys(range(0x20), " ")


def flat(story: Story) -> dict[str, Any]:
    """The story as a message: without content unless it is active, always with facets."""
    written = plain(story)
    content = written.pop("content")
    return {**written, **(content or {}), **_facets(story)}


def story_of(written: Mapping[str, Any]) -> Story:
    """The story a message or a search document holds. Raises ValueError naming what does not fit."""
    content = None
    if written.get("title") is not None:
        content = {name: written[name] for name in _CONTENT if name in written}
    return value_of(Story, {**written, "content": content})


def search_document(story: Story) -> dict[str, Any]:
    """The story as `news-stories` holds it: an active one also in its language's fields and as a suggestion.

    The completion suggester looks past the filter of the read alias, so only active stories may suggest.
    """
    document = flat(story)
    if story.status != "active" or story.content is None:
        return document
    title, language = story.content.title, story.content.language
    if (analysed := _analysed(language)) is not None:
        document[f"title_{analysed}"] = title
        document[f"text_{analysed}"] = story.content.text
    if beginnings := _beginnings(title):
        contexts = {"language": [language, ANY_LANGUAGE]}
        weight = document["article_count"]
        document["suggest"] = {"input": beginnings, "weight": weight, "contexts": contexts}
    return document


def _beginnings(title: str) -> list[str]:
    """The title, and it again from each of its next words on: so a reader may type any of them first."""
    words = title.translate(_CONTROLS).split()
    return list(dict.fromkeys(" ".join(words[start:]) for start in range(min(len(words), SUGGESTED_WORDS))))


def _facets(story: Story) -> dict[str, Any]:
    members = story.members
    source_ids = sorted({member.source_id for member in members})
    corrections = sum(member.corrections for member in members)
    return {
        "article_count": len(members) + len(story.more_member_ids),
        "source_count": len(source_ids),
        "source_ids": source_ids,
        "countries": sorted({member.country for member in members if member.country}),
        "agencies": sorted({member.agency for member in members if member.agency}),
        "revision_count": sum(len({member.revision, *member.revisions}) for member in members),
        "correction_count": corrections,
        "revised": corrections > 0,
    }


def _analysed(language: str) -> str | None:
    """Which language fields hold a text, of those mapped; Chinese, Japanese and Korean share one."""
    primary = language.split("-")[0]
    suffix = "cjk" if primary in _CJK else primary
    return suffix if suffix in _suffixes() else None


@cache
def _suffixes() -> frozenset[str]:
    mapped = schemas.indices()["news-stories"].mappings["properties"]
    return frozenset(name.removeprefix("text_") for name in mapped if name.startswith("text_"))
