"""What Elasticsearch answers, in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.core.search import MARK, Hit, Results
from pipeline.core.search_facets import counts


def results(answer: Mapping[str, Any]) -> Results:
    """The answer to a request of `search_request.body`."""
    hits = answer["hits"]
    return Results(
        total=hits["total"]["value"],
        hits=tuple(hit_of(hit) for hit in hits["hits"]),
        facets=counts(answer.get("aggregations", {})),
    )


def hit_of(hit: Mapping[str, Any]) -> Hit:
    """One hit."""
    source = hit["_source"]
    return Hit(
        story_id=source["story_id"],
        title=source["title"],
        url=source["url"],
        source_id=source["source_id"],
        language=source["language"],
        published_at=source.get("published_at"),
        article_count=source["article_count"],
        score=hit.get("_score"),
        highlights=dict(_highlights(hit.get("highlight", {}))),
    )


def _highlights(found: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, list[str]]]:
    """Of `title`, `title_en` and so on the one with the most marks: the reading that found the story."""
    for name in ("title", "text"):
        readings = [lines for field, lines in found.items() if field.split("_")[0] == name]
        if readings:
            yield name, list(max(readings, key=lambda lines: sum(line.count(MARK[0]) for line in lines)))
