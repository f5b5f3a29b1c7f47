"""Help for a reader who types: titles that complete a beginning, words that were meant, what to let go of.

The suggesters of Elasticsearch look past the filter of the read alias and into deleted documents. So a
title is suggested only by the field `suggest`, which no hidden story has, and a corrected word only if a
search with it finds a story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.core.search import MARK, BadQuery, Query, Results
from pipeline.core.search_facets import folded
from pipeline.core.search_text import words_of, written
from pipeline.core.story_form import ANY_LANGUAGE

MAX_COMPLETIONS = 50
MAX_PREFIX = 80
"""Characters of a title that can be completed."""
CHOICES = 3
"""Corrections considered of each word, and shown of a query."""
MIN_LETTERS = 4
"""Shorter words have too many neighbours to guess from."""

_MARKED = re.compile(f"{re.escape(MARK[0])}(.*?){re.escape(MARK[1])}")


def completion(prefix: str, language: str | None, limit: int) -> dict[str, Any]:
    """The request for titles with words that begin so, or with one letter wrong. Raises BadQuery."""
    if not 0 < limit <= MAX_COMPLETIONS:
        raise BadQuery("too many suggestions", f"ask for 1 to {MAX_COMPLETIONS}", given=limit)
    suggester = {
        "field": "suggest",
        "size": limit,
        "skip_duplicates": True,
        "contexts": {"language": [written(language or ANY_LANGUAGE)]},
        "fuzzy": {"fuzziness": 1, "min_length": 5, "prefix_length": 1},
    }
    return {"titles": {"prefix": " ".join(written(prefix).split())[:MAX_PREFIX], "completion": suggester}}


def completions(answer: Mapping[str, Any]) -> list[str]:
    """The titles, best first."""
    options = answer["suggest"]["titles"][0]["options"]
    return list(dict.fromkeys(option["_source"]["title"] for option in options))


def correction(query: Query) -> dict[str, Any]:
    """The request for words like those of the query that no story has."""
    likeness = {
        "suggest_mode": "missing",
        "max_edits": 2,
        "prefix_length": 1,
        "min_word_length": MIN_LETTERS,
        "size": CHOICES,
    }
    return {
        "text": written(query.text),
        **{f"in_{field}": {"term": {"field": field, **likeness}} for field in ("title", "text")},
    }


@dataclass(frozen=True, slots=True)
class Corrected:
    """A query with words exchanged; `words` are the new ones, as the index folds them, by the old."""

    query: Query
    words: Mapping[str, str]


def corrected(query: Query, answer: Mapping[str, Any]) -> list[Corrected]:
    """The query with the likeliest words instead, and then with others. Empty if every word is known."""
    query = replace(query, text=written(query.text))
    in_text, in_title = answer["suggest"]["in_text"], answer["suggest"]["in_title"]
    places = _places(in_text, in_title) or _places(in_title, in_text)
    if not places:
        return []
    first = [options[0] for *_, options in places]
    variants = [first]
    for number, (*_, options) in enumerate(places):
        variants += [[*first[:number], other, *first[number + 1 :]] for other in options[1:CHOICES]]
    return [_exchanged(query, places, variant) for variant in variants]


def as_written(made: Corrected, found: Results) -> str:
    """The corrected text with its words as the first story found writes them, which has the accents."""
    text = made.query.text
    marked = [
        word for hit in found.hits for lines in hit.highlights.values() for word in _words_marked(lines)
    ]
    for old, new in made.words.items():
        written = next((word for word in marked if folded(word) == folded(new)), new)
        text = text.replace(new, written if old[:1].isupper() else written.lower(), 1)
    return text


def relaxed(query: Query) -> dict[str, Query]:
    """What a reader may let go of when nothing is found: in words, and the query without it."""
    without = {
        f"without the filter on {name}": replace(
            query, filters={other: values for other, values in query.filters.items() if other != name}
        )
        for name, values in query.filters.items()
        if values
    }
    if query.since or query.until:
        without["at any time"] = replace(query, since=None, until=None)
    words = words_of(query.text)
    if len(words.plain) > 1:
        without["with any of the words"] = replace(query, text=" OR ".join(words.plain))
    return without


def _places(
    entries: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[tuple[int, int, list[str]]]:
    """Where the words stand that one field lacks, and the like words of both. Texts hold most words that
    titles do, so what only titles lack may well be right."""
    more = {entry["offset"]: entry["options"] for entry in others}
    return [
        (entry["offset"], entry["length"], _ranked([*entry["options"], *more.get(entry["offset"], [])]))
        for entry in entries
        if entry["options"]
    ]


def _ranked(options: Sequence[Mapping[str, Any]]) -> list[str]:
    """Words by likeness, then by how many stories have them."""
    best = sorted(options, key=lambda option: (-option["score"], -option["freq"], option["text"]))
    return list(dict.fromkeys(option["text"] for option in best))


def _exchanged(query: Query, places: Sequence[tuple[int, int, list[str]]], words: Sequence[str]) -> Corrected:
    text, new = query.text, {}
    for (offset, length, _), word in reversed(list(zip(places, words, strict=True))):
        start, end = _place(text, offset), _place(text, offset + length)
        new[text[start:end]] = word
        text = text[:start] + word + text[end:]
    return Corrected(replace(query, text=text, limit=1, offset=0, facets=False), new)


def _place(text: str, offset: int) -> int:
    """Elasticsearch counts a character beyond the basic plane, such as an emoji, as two."""
    return len(text.encode("utf-16-le")[: 2 * offset].decode("utf-16-le"))


def _words_marked(lines: Sequence[str]) -> Iterator[str]:
    return (found[1] for line in lines for found in _MARKED.finditer(line))
