"""The facets readers filter and count by: one row each in `FACETS`.

A facet of words is counted as written and filtered as folded, so `--tag politics` also finds "Politics", and
the two are shown as one, in the form most stories use.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.core.search import BadQuery, FacetValue, Query
from pipeline.core.search_text import written

SIZE = 20
"""Values shown of a facet."""
MAX_VALUES = 500
"""Of one filter."""
VARIANTS = 3
"""Times as many are counted where values of several spellings are then shown as one."""
DATE = "date"
"""The facet over time; it is narrowed by `since` and `until`."""
BARS = 30
"""Intervals of the facet `date` when Elasticsearch chooses their length."""

Kind = Literal["exact", "words", "language", "flag", "ranges"]
Range = tuple[int, int | None]
"""From, up to and including; None for no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The field behind a facet and how its values are matched; `values` where the list of them is closed."""

    field: str
    kind: Kind = "exact"
    values: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()


FACETS: Mapping[str, Facet] = {
    "source": Facet(field="source_ids"),
    "country": Facet(field="countries"),
    "language": Facet(field="language", kind="language"),
    "section": Facet(field="section", kind="words"),
    "author": Facet(field="authors", kind="words"),
    "tag": Facet(field="tags", kind="words"),
    "agency": Facet(field="agencies", kind="words"),
    "access": Facet(field="access", values=("free", "metered", "paywalled", "unknown")),
    "copies": Facet(
        field="article_count", kind="ranges", ranges=((1, 1), (2, 3), (4, 9), (10, 24), (25, None))
    ),
    "revised": Facet(field="revised", kind="flag", values=("true", "false")),
    "length": Facet(
        field="word_count", kind="ranges", ranges=((0, 299), (300, 799), (800, 1999), (2000, None))
    ),
}
"""Facets by name. `copies` counts articles of a story, `length` words of its text."""

_OTHERS = "others"
"""The group of the facets that are not filtered by."""
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_RANGE = re.compile(r"(?P<start>\d{1,9})?\s*(?P<dash>-|\.\.)?\s*(?P<end>\d{1,9})?(?P<plus>\+)?")


def check(filters: Mapping[str, Sequence[str]]) -> None:
    """Raises BadQuery for a facet that is none, and for a value that no story can have."""
    for name, values in filters.items():
        if name not in FACETS:
            raise BadQuery("no such facet", f"there are {', '.join(FACETS)}", given=name)
        if isinstance(values, str):
            raise BadQuery("a filter takes a list of values", f"write [{values!r}]", given=name)
        if len(values) > MAX_VALUES:
            raise BadQuery("too many values of one filter", f"use at most {MAX_VALUES:,}", given=len(values))
        for value in values:
            condition(name, [value])


def condition(name: str, values: Iterable[str]) -> dict[str, Any]:
    """The filter that holds where the facet has any of the values. Raises BadQuery."""
    facet = FACETS[name]
    values = [written(value) for value in values]
    match facet.kind:
        case "words":
            return {"terms": {f"{facet.field}.folded": values}}
        case "flag":
            return {"terms": {facet.field: [_truth(name, value) for value in values]}}
        case "ranges":
            return _any([{"range": {facet.field: _bounds(name, value)}} for value in values])
        case "language":
            return _any([_in_language(facet.field, value.lower()) for value in values])
        case "exact":
            return {"terms": {facet.field: [_known(name, value) for value in values]}}


def aggregations(query: Query) -> dict[str, Any]:
    """How often each value occurs. A facet that is filtered by is counted without that filter, all
    others with it: so a reader sees what else could be chosen.

    Those counted over the same stories share one filter, which is then looked at once a story.
    """
    chosen = {name: condition(name, values) for name, values in query.filters.items() if values}
    counted = {name: _counting(facet) for name, facet in FACETS.items()} | {DATE: _over_time(query)}
    others = {name: counting for name, counting in counted.items() if name not in chosen}
    if not chosen:
        return others
    return {_OTHERS: _narrowed(chosen.values(), others)} | {
        name: _narrowed([held for other, held in chosen.items() if other != name], {name: counted[name]})
        for name in chosen
    }


def counts(found: Mapping[str, Any]) -> dict[str, tuple[FacetValue, ...]]:
    """What Elasticsearch counted for `aggregations`, by facet."""
    groups = [found, *found.values()]
    return {
        name: values_of(name, group[name])
        for name in (*FACETS, DATE)
        for group in groups
        if "buckets" in group.get(name, {})
    }


def values_of(name: str, found: Mapping[str, Any]) -> tuple[FacetValue, ...]:
    """The values of one facet in an answer; those that no story has are left out, except in time."""
    buckets = found["buckets"]
    if name == DATE:
        return tuple(
            FacetValue(value=bucket["key_as_string"], count=bucket["doc_count"]) for bucket in buckets
        )
    counted = [(_value(bucket), bucket["doc_count"]) for bucket in buckets if bucket["doc_count"]]
    if FACETS[name].kind == "words":
        counted = _merged(counted)[:SIZE]
    return tuple(FacetValue(value=value, count=count) for value, count in counted)


def folded(value: str) -> str:
    """The value without capitals and accents, about as the index folds it."""
    bare = unicodedata.normalize("NFKD", value.casefold())
    return "".join(character for character in bare if not unicodedata.combining(character))


def _counting(facet: Facet) -> dict[str, Any]:
    if facet.kind == "ranges":
        ranges = [
            {"key": _shown(start, end), "from": start, **({} if end is None else {"to": end + 1})}
            for start, end in facet.ranges
        ]
        return {"range": {"field": facet.field, "ranges": ranges}}
    return {"terms": {"field": facet.field, "size": SIZE * VARIANTS if facet.kind == "words" else SIZE}}


def _narrowed(filters: Iterable[dict[str, Any]], counted: dict[str, Any]) -> dict[str, Any]:
    return {"filter": {"bool": {"filter": list(filters)}}, "aggs": counted}


def _over_time(query: Query) -> dict[str, Any]:
    if query.interval is None:
        return {"auto_date_histogram": {"field": "event_at", "buckets": BARS, "minimum_interval": "hour"}}
    return {"date_histogram": {"field": "event_at", "calendar_interval": query.interval, "min_doc_count": 1}}


def _value(bucket: Mapping[str, Any]) -> str:
    return str(bucket.get("key_as_string", bucket["key"]))


def _merged(counted: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Spellings of one value together, under the most frequent. Clean articles have one spelling each, so
    nothing is counted twice."""
    totals: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for value, count in counted:
        key = folded(value)
        totals[key] += count
        shown.setdefault(key, value)
    return [(shown[key], count) for key, count in totals.most_common()]


def _any(conditions: list[dict[str, Any]]) -> dict[str, Any]:
    return conditions[0] if len(conditions) == 1 else {"bool": {"should": conditions}}


def _in_language(path: str, value: str) -> dict[str, Any]:
    """`pt` stands for pt-BR too."""
    return _any(
        [{"term": {path: value}}, {"prefix": {path: {"value": f"{value}-", "case_insensitive": True}}}]
    )


def _known(name: str, value: str) -> str:
    closed = FACETS[name].values
    if closed and value not in closed:
        raise BadQuery(f"no story has this {name}", f"use {', '.join(closed)}", given=value)
    return value.upper() if name == "country" else value


def _truth(name: str, value: str) -> bool:
    if value.lower() not in _TRUTHS:
        raise BadQuery(f"{name} is true or false", "use one of the two", given=value)
    return _TRUTHS[value.lower()]


def _bounds(name: str, value: str) -> dict[str, int]:
    """`4`, `2-9`, `10+`, `-3`."""
    found = _RANGE.fullmatch(value.strip())
    if found is None or not (found["start"] or found["end"]) or (found["plus"] and found["dash"]):
        raise BadQuery(f"{name} is a number or a range", "write 4, 2-9, 10+ or -3", given=value)
    start, end = found["start"], found["end"]
    if start and end and int(start) > int(end):
        raise BadQuery(f"the range of {name} ends before it begins", f"write {end}-{start}", given=value)
    if not (found["dash"] or found["plus"]):
        return {"gte": int(value), "lte": int(value)}
    return ({"gte": int(start)} if start else {}) | ({"lte": int(end)} if end else {})


def _shown(start: int, end: int | None) -> str:
    if end is None:
        return f"{start}+"
    return str(start) if start == end else f"{start}-{end}"
