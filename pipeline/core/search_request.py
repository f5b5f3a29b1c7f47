"""How a query is put to Elasticsearch.

    (every wanted word, in the reading of one language or of none)   dis_max over groups of fields
    and each required word, phrase, prefix   and none of the excluded   and the filters
    × recency
    + nearness of the words × recency        for the best only: it reads where words stand in each text

A group is a title and a text analysed alike. Words count across title and text of a group, and a quarter of
three or more may be missing. So "of governments" finds a text on a government: English drops "of", and no
other language has to agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import schemas
from pipeline.core.plain import rfc3339
from pipeline.core.search import (
    INTERVALS,
    MARK,
    MAX_DEPTH,
    MAX_HITS,
    MAX_RECENCY,
    SORTS,
    BadQuery,
    Query,
    Sort,
)
from pipeline.core.search_facets import aggregations, check, condition
from pipeline.core.search_scripts import scripts_of
from pipeline.core.search_text import Alternatives, Term, Words, words_of

NEUTRAL = (
    "title^3",
    "subtitle^2",
    "description",
    "text",
    "tags.words^2",
    "authors.words^2",
    "agencies.words^2",
)
"""Fields analysed without regard to language, with their weights."""
TITLE_WEIGHT = 3
MOST = "2<75%"
"""Of one or two words all must match, of more three quarters."""
MOST_PAIRS = "1<50%"
"""Chinese, Japanese and Korean are matched by pairs of characters, many of which span two words."""
LENIENT: Mapping[str, Any] = {"fuzziness": "AUTO:4,7", "prefix_length": 1}
"""A letter or two wrong, depending on the length, and never the first."""
NEAREST = 50
"""How many of the best are ordered anew by how near one another their words stand. A constant, or pages of
one search would overlap."""
SOURCE = ("story_id", "title", "url", "source_id", "language", "published_at", "article_count")
"""What a hit is made of."""

_MARKED: Mapping[str, dict[str, Any]] = {
    "title": {"number_of_fragments": 0},
    "text": {"fragment_size": 160, "number_of_fragments": 2},
}
"""Where words are marked: the whole title, two sentences of the text."""
_NEWEST = ({"event_at": "desc"}, {"story_id": "asc"})
_SORTS: Mapping[Sort, tuple[Mapping[str, str], ...]] = {
    "relevance": ({"_score": "desc"}, *_NEWEST),
    "newest": _NEWEST,
    "oldest": ({"event_at": "asc"}, {"story_id": "asc"}),
    "copies": ({"article_count": "desc"}, *_NEWEST),
    "corrections": ({"correction_count": "desc"}, *_NEWEST),
    "changed": ({"changed_at": "desc"}, {"story_id": "asc"}),
}


def body(query: Query, now: datetime | None = None) -> dict[str, Any]:
    """The request for the alias `news-stories`, by the server's clock unless `now` is given.

    Raises BadQuery with a hint.
    """
    _check(query)
    words = words_of(query.text)
    suffixes = _suffixes(query, words)
    filters = [condition(name, values) for name, values in query.filters.items() if values]
    request: dict[str, Any] = {
        "query": _scored(query, words, suffixes, [] if query.facets else filters, now),
        "size": query.limit,
        "from": query.offset,
        "track_total_hits": True,
        "sort": list(_SORTS[_sort(query, words)]),
        "_source": list(SOURCE),
    }
    if _is_rescored(query, words):
        request["rescore"] = _rescored(query, words, now)
        del request["sort"]  # Elasticsearch takes one of the two; without, the best come first all the same
    if marked := _highlight(query, words, suffixes):
        request["highlight"] = marked
    if query.facets:
        request["aggs"] = aggregations(query)
        if filters:
            request["post_filter"] = {"bool": {"filter": filters}}
    return request


def everything(query: Query, now: datetime) -> tuple[dict[str, Any], list[Mapping[str, str]]]:
    """The query and the order for paging through all stories that answer, whatever its limit and offset.

    Newness is as of `now`: were it to move on from page to page, so would the scores, and hits come twice.
    Nearness of words plays no part: it orders the best, and whoever takes everything sees them all.
    """
    wanted = replace(query, limit=0, offset=0)
    _check(wanted)
    words = words_of(query.text)
    filters = [condition(name, values) for name, values in query.filters.items() if values]
    asked = _scored(query, words, _suffixes(query, words), filters, now)
    return asked, list(_SORTS[_sort(query, words)])


def _check(query: Query) -> None:
    check(query.filters)
    _check_choice("sort", query.sort, SORTS)
    _check_choice("interval", query.interval, (None, *INTERVALS))
    _check_moment("since", query.since)
    _check_moment("until", query.until)
    if query.since and query.until and query.since >= query.until:
        raise BadQuery("nothing lies between since and until", "since must be the earlier one")
    if not 0 <= query.limit <= MAX_HITS:
        raise BadQuery("no such size of a page", f"ask for at most {MAX_HITS}", given=query.limit)
    if query.offset < 0 or query.offset + query.limit > MAX_DEPTH:
        hint = f"pages reach to {MAX_DEPTH:,}; take all of them (--all, Search.all) to go further"
        raise BadQuery("the page lies too deep", hint, given=query.offset)
    if not 0 <= query.recency <= MAX_RECENCY:
        raise BadQuery("recency is out of range", f"use 0 to {MAX_RECENCY:g}", given=query.recency)


def _check_choice(name: str, given: str | None, choices: Sequence[str | None]) -> None:
    if given not in choices:
        raise BadQuery(f"no such {name}", f"use {', '.join(filter(None, choices))}", given=given)


def _check_moment(name: str, moment: datetime | None) -> None:
    try:
        if moment is not None:
            rfc3339(moment)
    except ValueError as error:
        raise BadQuery(f"{name} has no time zone", "add one, such as tzinfo=UTC", given=moment) from error
    except OverflowError as error:
        raise BadQuery(f"{name} is beyond the calendar", "use a later year", given=moment) from error


def _sort(query: Query, words: Words) -> Sort:
    """Without words everything is equally relevant: the newest first."""
    return "newest" if query.sort == "relevance" and words.empty else query.sort


def _scored(
    query: Query,
    words: Words,
    suffixes: Iterable[str],
    filters: list[dict[str, Any]],
    now: datetime | None,
) -> dict[str, Any]:
    must = [_plain(" ".join(words.plain), suffixes, fuzzy=query.fuzzy)] if words.plain else []
    must += [_alternatives(terms, suffixes) for terms in words.required]
    asked = {
        "bool": {
            "must": must or [{"match_all": {}}],
            "must_not": [_term(term, suffixes) for term in words.excluded],
            "filter": [*filters, *_time(query)],
        }
    }
    return _newer_first(asked, query, now) if _sort(query, words) == "relevance" else asked


def _newer_first(asked: dict[str, Any], query: Query, now: datetime | None) -> dict[str, Any]:
    """The query with its scores multiplied by newness."""
    if not query.recency:
        return asked
    return {
        "function_score": {
            "query": asked,
            "functions": [{"weight": 1}, *_newness(query.recency, rfc3339(now) if now else "now")],
            "score_mode": "sum",
            "boost_mode": "multiply",
        }
    }


def _newness(weight: float, now: str) -> list[dict[str, Any]]:
    """Half of the weight is gone after a month, and half of that half after two days already."""
    return [
        {"exp": {"event_at": {"origin": now, "scale": scale, "decay": 0.5}}, "weight": weight / 2}
        for scale in ("2d", "30d")
    ]


def _plain(text: str, suffixes: Iterable[str], *, fuzzy: bool = False) -> dict[str, Any]:
    """Words that may stand anywhere in title and text, read in each language that they may be in."""
    groups = [_across(text, NEUTRAL, MOST)]
    for suffix in suffixes:
        fields = (f"title_{suffix}^{TITLE_WEIGHT}", f"text_{suffix}")
        groups.append(_across(text, fields, MOST_PAIRS if suffix == "cjk" else MOST))
    if fuzzy:
        groups.append(_misspelt(text))
    return {"dis_max": {"queries": groups, "tie_breaker": 0.3}}


def _across(text: str, fields: Iterable[str], most: str) -> dict[str, Any]:
    return {
        "multi_match": {
            "query": text,
            "type": "cross_fields",
            "fields": list(fields),
            "minimum_should_match": most,
            "tie_breaker": 0.2,
        }
    }


def _misspelt(text: str) -> dict[str, Any]:
    """Words with a letter or two wrong."""
    return {
        "multi_match": {
            "query": text,
            "fields": ["title^3", "text"],
            **LENIENT,
            "minimum_should_match": MOST,
            "boost": 0.3,
        }
    }


def _is_rescored(query: Query, words: Words) -> bool:
    return query.limit > 0 and len(words.plain) > 1 and _sort(query, words) == "relevance"


def _rescored(query: Query, words: Words, now: datetime | None) -> dict[str, Any]:
    """What is only better: words beside one another in the title, and near one another in the text.

    Added to the best alone: in the query it took a third of the time, reading where the words stand in every
    text that has them.
    """
    text = " ".join(words.plain)
    near = [
        {"match": {"title.pairs": {"query": text, "boost": 1.5}}},
        {"match_phrase": {"text": {"query": text, "slop": 10}}},
    ]
    again = {"rescore_query": _newer_first({"bool": {"should": near}}, query, now), "score_mode": "total"}
    return {"window_size": NEAREST, "query": again}


def _alternatives(terms: Alternatives, suffixes: Iterable[str]) -> dict[str, Any]:
    matched = [_term(term, suffixes) for term in terms]
    return matched[0] if len(matched) == 1 else {"bool": {"should": matched, "minimum_should_match": 1}}


def _term(term: Term, suffixes: Iterable[str]) -> dict[str, Any]:
    match term.kind:
        case "word":
            return _plain(term.text, suffixes)
        case "phrase":
            return _exactly(term.text, "phrase")
        case "prefix":
            return _exactly(term.text, "phrase_prefix")
        case "fuzzy":
            return _misspelt(term.text)


def _exactly(text: str, kind: str) -> dict[str, Any]:
    fields = ["title^3", "subtitle^2", "description", "text"]
    return {"multi_match": {"query": text, "type": kind, "fields": fields, "tie_breaker": 0.2}}


def _time(query: Query) -> list[dict[str, Any]]:
    limits = {"gte": query.since, "lt": query.until}
    held = {name: rfc3339(time) for name, time in limits.items() if time is not None}
    return [{"range": {"event_at": held}}] if held else []


def _highlight(query: Query, words: Words, suffixes: Iterable[str]) -> dict[str, Any] | None:
    """Marks in each field that a story may have: the neutral ones, and those of its language.

    By a query for each field, of what can stand in it and without what only ranks. With one query for all,
    each field was looked through for what is sought in every other, which took four times as long.
    """
    marked = {name: _marks(name, query, words) for name in _MARKED}
    for suffix in suffixes:
        marked |= {f"{name}_{suffix}": _marks(f"{name}_{suffix}", query, words) for name in _MARKED}
    fields = {
        name: {**_MARKED[name.split("_")[0]], "highlight_query": {"bool": {"should": parts}}}
        for name, parts in marked.items()
        if parts
    }
    if not fields:
        return None
    return {"type": "unified", "pre_tags": [MARK[0]], "post_tags": [MARK[1]], "fields": fields}


def _marks(field: str, query: Query, words: Words) -> list[dict[str, Any]]:
    """What is to be marked in one field; exact and misspelt words only where they were looked for."""
    neutral = field in _MARKED
    text = " ".join(words.plain)
    terms = [term for alternatives in words.required for term in alternatives]
    marks: list[dict[str, Any]] = [{"match": {field: {"query": text}}}] if text else []
    if text and query.fuzzy and neutral:
        marks.append(_mark(field, Term("fuzzy", text)))
    return marks + [_mark(field, term) for term in terms if neutral or term.kind == "word"]


def _mark(field: str, term: Term) -> dict[str, Any]:
    match term.kind:
        case "word":
            return {"match": {field: {"query": term.text}}}
        case "phrase":
            return {"match_phrase": {field: {"query": term.text}}}
        case "prefix":
            return {"match_phrase_prefix": {field: {"query": term.text}}}
        case "fuzzy":
            return {"match": {field: {"query": term.text, **LENIENT}}}


def _suffixes(query: Query, words: Words) -> list[str]:
    """The language fields in which these words can stand: of their script, and of the languages asked for."""
    written = scripts_of(words.wanted + " ".join(term.text for term in words.excluded))
    asked = {_suffix(language) for language in query.filters.get("language", ())}
    return [s for s in mapped_suffixes() if _SCRIPTS.get(s, "latin") in written and (not asked or s in asked)]


def _suffix(language: str) -> str:
    primary = language.lower().split("-")[0]
    return "cjk" if primary in ("zh", "ja", "ko") else primary


_SCRIPTS = {"ru": "cyrillic", "ar": "arabic", "fa": "arabic", "cjk": "cjk"}
"""The script of a language field, where it is not the Latin one."""


@cache
def mapped_suffixes() -> tuple[str, ...]:
    """The languages with fields of their own, as the contract has them."""
    fields = schemas.indices()["news-stories"].mappings["properties"]
    return tuple(sorted(name.removeprefix("text_") for name in fields if name.startswith("text_")))
