"""Raw records around given bytes, for tests of the extraction."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
from pipeline.core.urls import article_id, canonical

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "https://daily.example/world/a-story"


def raw(body: str | bytes, url: str = URL, **changes: Any) -> RawArticle:
    """The raw record of a page fetched at NOON; `content_type` and `headers` go into its HTTP facts."""
    http = HttpFacts(
        final_url=url,
        status=changes.pop("status", 200),
        content_type=changes.pop("content_type", "text/html; charset=utf-8"),
        headers=changes.pop("headers", {}),
    )
    form = canonical(url)
    return RawArticle(
        article_id=article_id(form),
        source_id="daily",
        url=url,
        canonical_url=form,
        run_id="run-1",
        fetched_at=changes.pop("fetched_at", NOON),
        first_fetched_at=changes.pop("first_fetched_at", NOON),
        source=SourceFacts(name="The Daily Test"),
        http=http,
        body=body.encode() if isinstance(body, str) else body,
        **changes,
    )
