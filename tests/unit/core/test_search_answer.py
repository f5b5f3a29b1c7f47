"""What Elasticsearch answers, in our words."""

from typing import Any

from pipeline.core.search import Hit
from pipeline.core.search_answer import hit_of, results

SOURCE = {
    "story_id": "s-1",
    "title": "Taxes rise",
    "url": "https://desk.example/1",
    "source_id": "desk",
    "language": "en",
    "article_count": 3,
}


def hit(**more: Any) -> dict[str, Any]:
    return {"_id": "s-1", "_score": 2.5, "_source": SOURCE, **more}


def test_hit_has_what_readers_need_and_null_for_what_the_story_lacks() -> None:
    assert hit_of(hit()) == Hit(**SOURCE, published_at=None, score=2.5, highlights={})


def test_reading_with_the_most_marks_is_shown() -> None:
    marked = {
        "text": ["<em>taxes</em> rise"],
        "text_en": ["<em>taxes</em> rise as <em>taxation</em>", "and <em>tax</em>"],
        "title_en": ["<em>Taxes</em> rise"],
    }
    shown = hit_of(hit(highlight=marked)).highlights
    assert shown == {"text": marked["text_en"], "title": marked["title_en"]}


def test_page_without_facets_has_none() -> None:
    found = results({"hits": {"total": {"value": 7}, "hits": [hit()]}})
    assert (found.total, len(found.hits), found.facets) == (7, 1, {})
