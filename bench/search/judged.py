"""The judged queries: invented stories in six languages, what readers type, and how good the answers are.

nDCG@10 of a query is 1 when the best answers come first in order; it counts 2^grade - 1 for an answer,
less the further down it stands.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from pipeline.core.model import Content, Member, Story
from pipeline.core.search import Query

FOLDER = Path(__file__).parent
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and the grades of the stories that answer it; all others have none."""

    query: Query
    grades: dict[str, int]


def stories(now: datetime) -> dict[str, Story]:
    """The stories by the names used in queries.yaml, as old as they say."""
    return {given["id"]: _story(given, now) for given in _read("stories.yaml")}


def distractors(now: datetime, each: int = 30) -> list[Story]:
    """Stories of the same words in no order, `each` a language: they hold the words and answer nothing."""
    rng = random.Random(7)
    given = _read("stories.yaml")
    made = []
    for language in sorted({story["language"] for story in given}):
        pieces = [piece for story in given if story["language"] == language for piece in _pieces(story)]
        for number in range(each):
            rng.shuffle(pieces)
            glue = "" if language == "zh" else " "
            salad = {
                **next(story for story in given if story["language"] == language),
                "id": f"{language}-distractor-{number}",
                "title": f"Zusmar {number}",
                "text": glue.join(pieces[:60]),
                "tags": [],
                "authors": [],
                "agency": None,
                "copies": 1,
                "age": rng.randrange(400),
            }
            made.append(_story(salad, now))
    return made


def queries() -> Iterator[Judged]:
    """What is asked."""
    for given in _read("queries.yaml"):
        filters = {"language": [given["lang"]]} if "lang" in given else {}
        yield Judged(Query(text=given["q"], filters=filters, limit=DEPTH), given["want"])


def ndcg(found: Sequence[str], grades: dict[str, int]) -> float:
    """Of the first ten, by name."""
    best = sorted(grades.values(), reverse=True)[:DEPTH]
    return _gain([grades.get(name, 0) for name in found[:DEPTH]]) / _gain(best)


def judge(search: Callable[[Query], Sequence[str]]) -> list[tuple[Judged, list[str], float]]:
    """Every query with what `search` finds, by name, and how good that is."""
    judged = []
    for each in queries():
        found = list(search(each.query))
        judged.append((each, found, ndcg(found, each.grades)))
    return judged


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _pieces(story: dict[str, Any]) -> list[str]:
    """Words, or for Chinese what stands between two signs, in pairs of characters."""
    if story["language"] == "zh":
        bare = "".join(character for character in story["text"] if character.isalnum())
        return [bare[at : at + 2] for at in range(0, len(bare), 2)]
    return str(story["text"]).split()


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return found


def _story(given: dict[str, Any], now: datetime) -> Story:
    digits = hashlib.sha256(given["id"].encode()).hexdigest()[:20]
    at = now - timedelta(hours=given["age"])
    url = f"https://{given['source']}.example/{given['id']}"
    text = given["text"]
    members = tuple(_member(digits, number, given, url, at) for number in range(given.get("copies", 1)))
    content = Content(
        url=url,
        source_id=given["source"],
        source_name=given["source"].replace("-", " ").title(),
        source_country=given["country"],
        title=given["title"],
        text=text,
        language=given["language"],
        word_count=len(text.split()),
        first_fetched_at=at,
        authors=tuple(given.get("authors", ())),
        published_at=at,
        section=given["section"],
        tags=tuple(given.get("tags", ())),
        access="free",
        agency=given.get("agency"),
    )
    return Story(
        story_id=f"s-{digits}",
        version=1,
        status="active",
        change="created",
        changed_at=at,
        event_at=at,
        members=members,
        lead=members[0].article_id,
        content=content,
    )


def _member(digits: str, number: int, given: dict[str, Any], url: str, at: datetime) -> Member:
    source = given["source"] if number == 0 else f"outlet-{number}"
    return Member(
        article_id=f"a-{int(digits, 16) + number:020x}"[-22:],
        revision="0" * 16,
        fetched_at=at,
        event_at=at,
        url=url if number == 0 else f"https://{source}.example/{given['id']}",
        source_id=source,
        title=given["title"],
        word_count=len(given["text"].split()),
        extraction_version="1",
        joined=1,
        agency=given.get("agency"),
        country=given["country"],
    )
