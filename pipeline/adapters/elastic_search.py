"""Readers' searches over the alias that shows active stories only."""

from __future__ import annotations

from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from pipeline.adapters.elastic_clients import translated
from pipeline.core.search import Query, Results, body, results
from pipeline.errors import ConfigError

ALIAS = "news-stories"


class ElasticSearcher:
    """Searches `news-stories`."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client

    def search(self, query: Query) -> Results:
        """Raises ConfigError for a query that cannot be understood, IndexUnavailable."""
        with translated("the search failed"):
            try:
                answer = self._client.search(index=ALIAS, **_arguments(query))
            except BadRequestError as error:
                hint = 'use words, "phrases", -without and prefix*'
                raise ConfigError(f"the query cannot be understood; {hint}", query=query.text) from error
        return results(answer.body)


def _arguments(query: Query) -> dict[str, Any]:
    """The body as the client's keyword arguments, whose names differ in two places."""
    request = body(query)
    return {{"_source": "source", "from": "from_"}.get(name, name): value for name, value in request.items()}
