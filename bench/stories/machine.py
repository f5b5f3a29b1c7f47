"""The same articles through the real index stage in memory: what `copydesk stories assign` runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from bench.stories.sets import Article
from pipeline.cli.stories_assign import empty_world
from pipeline.cli.stories_lines import read
from pipeline.core.copies import Furniture
from pipeline.core.model import CleanArticle
from pipeline.errors import InvalidRecord
from pipeline.stages.assigning import assign


def through_the_stage(
    articles: Sequence[Article], furniture: Furniture | None, batch: int = 200
) -> list[int]:
    """Clusters by place of the article, as the stage's stories have them."""
    found = assign(empty_world(), clean(articles), furniture, batch=batch, clock=lambda: datetime.now(UTC))
    numbers: dict[str, int] = {}
    clusters: list[int] = []
    for outcome in found:
        if isinstance(outcome, InvalidRecord):
            raise outcome
        clusters.append(numbers.setdefault(outcome.story_id, len(numbers)))
    return clusters


def clean(articles: Iterable[Article]) -> list[CleanArticle]:
    """The articles as records of the log."""
    found: list[CleanArticle] = []
    for article in read(_line(article) for article in articles):
        if isinstance(article, InvalidRecord):
            raise article
        found.append(article)
    return found


def _line(article: Article) -> bytes:
    moment = article.event_at.isoformat()
    line = {
        "article_id": article.article_id,
        "url": f"https://{article.source_id}.example/{article.article_id}",
        "source_id": article.source_id,
        "title": article.title,
        "text": article.text,
        "language": article.language,
        "published_at": moment,
        "fetched_at": moment,
    }
    return json.dumps(line).encode()
