"""`news-stories` as the pipeline sees it: every story whatever its status, the higher version winning."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from pipeline.adapters import elastic_queries, elastic_retired
from pipeline.adapters.elastic_bulk import Operation, write
from pipeline.adapters.elastic_clients import Client
from pipeline.core.codec import from_document, to_document
from pipeline.core.model import Story
from pipeline.errors import ConfigError
from pipeline.ports import Where

ALIAS = "news-stories-write"
"""Unlike the alias of the readers it hides nothing."""
NEXT = "news-stories-next"
"""The next version of the index, there while `copydesk index rebuild` fills it."""
WRITES_AT_ONCE = 2
"""A story is the dearest document: its text is analysed twice, so more than one core may do it."""
COPIES = ("title_*", "text_*", "suggest")
"""What only searching needs."""


class ElasticStories:
    """Stories, with their version as the external version of the document."""

    def __init__(self, client: Client, alias: str = ALIAS) -> None:
        self._client, self._alias = client, alias

    def get(self, ids: Collection[str]) -> dict[str, Story]:
        hits = elastic_queries.get(self._client, self._alias, ids, excludes=COPIES)
        return {hit["_id"]: from_document(Story, hit["_source"]) for hit in hits}

    def put(self, stories: Sequence[Story]) -> set[str]:
        operations = [
            Operation(
                story.story_id,
                to_document(story),
                options={"version": story.version, "version_type": "external"},
            )
            for story in stories
        ]
        self._write_next(operations)
        held = write(self._client, self._alias, operations, at_once=WRITES_AT_ONCE).accepted()
        if self._alias == ALIAS:  # last, or a version retired meanwhile would be missed
            elastic_retired.erase(self._client, elastic_retired.removed_articles(stories))
        return set(held)

    def _write_next(self, operations: Sequence[Operation]) -> None:
        """Write what the next version of the index must have too; asked anew for each batch.

        First, so that a swap in between takes nothing away: the alias then names the same index. What its
        mapping rejects is no fault of the record; the comparison before the swap finds it missing.
        """
        if self._alias != ALIAS or not elastic_queries.has_alias(self._client, NEXT):
            return
        try:
            write(self._client, NEXT, operations)
        except ConfigError:
            if elastic_queries.has_alias(self._client, NEXT):
                raise

    def above(self, version: int) -> Iterator[Story]:
        query = {"bool": {"filter": [{"range": {"version": {"gt": version}}}]}}
        sort = [{"version": "asc"}, {"story_id": "asc"}]
        hits = elastic_queries.search(self._client, self._alias, query, sort, excludes=COPIES)
        return (from_document(Story, hit["_source"]) for hit in hits)

    def counts(self) -> dict[str, int]:
        everything = elastic_queries.query(Where())
        return elastic_queries.counts(self._client, self._alias, "status", everything)

    def refresh(self) -> None:
        elastic_queries.refresh(self._client, self._alias)
