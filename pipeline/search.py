"""Searching stories from a program.

    from pipeline.search import Query, Search

    with Search() as search:
        found = search(Query(text="steel tariffs", filters={"language": ["en"]}, facets=True))
        for hit in search.all(Query(text="strike", sort="newest")):
            ...

`docs/search.md` says what a query may hold and what the results promise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from pipeline import settings as settings_module
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_search import ElasticSearcher
from pipeline.core.model import Story
from pipeline.core.search import (
    INTERVALS,
    MARK,
    MAX_HITS,
    SORTS,
    BadQuery,
    Correction,
    FacetValue,
    Hit,
    Query,
    Results,
)
from pipeline.core.search_facets import FACETS
from pipeline.errors import ConfigError, IndexUnavailable
from pipeline.settings import Settings

__all__ = [
    "FACETS",
    "INTERVALS",
    "MARK",
    "MAX_HITS",
    "SORTS",
    "BadQuery",
    "ConfigError",
    "Correction",
    "FacetValue",
    "Hit",
    "IndexUnavailable",
    "Query",
    "Results",
    "Search",
    "Story",
]


class Search:
    """A connection to the stories. A text given for a query is short for `Query(text=…)`.

    `settings` are those of the environment (`COPYDESK_ELASTICSEARCH_URL`, `…_API_KEY`, `…_CA_FILE`) unless
    given; `url` and `api_key` replace theirs. Raises ConfigError when they cannot be used. Every method
    raises BadQuery with a hint, and IndexUnavailable when Elasticsearch does not answer.
    """

    def __init__(
        self, settings: Settings | None = None, *, url: str | None = None, api_key: str | None = None
    ) -> None:
        chosen = settings or settings_module.load()
        if url is not None:
            chosen = replace(chosen, elasticsearch_url=url)
        if api_key is not None:
            chosen = replace(chosen, elasticsearch_api_key=api_key)
        self._client = elastic_clients.client(chosen)
        self._searcher = ElasticSearcher(self._client)

    def __call__(self, query: Query | str) -> Results:
        """One page of hits, the total, and the facets if asked for."""
        return self._searcher.search(_query(query))

    def all(self, query: Query | str) -> Iterator[Hit]:
        """Every hit, however many, without highlights: a consistent view of the moment of the call."""
        return self._searcher.all(_query(query))

    def complete(self, prefix: str, *, language: str | None = None, limit: int = 10) -> list[str]:
        """Titles of stories for what a reader has typed so far, most copied first."""
        return self._searcher.complete(prefix, language, limit)

    def corrections(self, query: Query | str) -> list[Correction]:
        """Did you mean: queries with other words that find stories. Empty when every word is known."""
        return self._searcher.corrections(_query(query))

    def relaxations(self, query: Query | str) -> dict[str, int]:
        """For a query without answers: what to let go of, in words, and how many stories there are then."""
        return self._searcher.relaxations(_query(query))

    def story(self, story_id: str) -> Story | None:
        """The story with its text and members; None if there is none, or none to be shown."""
        return self._searcher.story(story_id)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _query(asked: Query | str) -> Query:
    return Query(text=asked) if isinstance(asked, str) else asked
