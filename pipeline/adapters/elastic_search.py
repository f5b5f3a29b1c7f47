"""Readers' searches over the alias that shows active stories only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from elasticsearch import BadRequestError, NotFoundError

from pipeline.adapters import elastic_queries
from pipeline.adapters.elastic_clients import Client, status_error, translated
from pipeline.core import search_answer
from pipeline.core.codec import from_document
from pipeline.core.model import Story
from pipeline.core.search import BadQuery, Correction, Hit, Query, Results
from pipeline.core.search_request import SOURCE, body, everything
from pipeline.core.search_suggest import (
    CHOICES,
    as_written,
    completion,
    completions,
    corrected,
    correction,
    relaxed,
)

Answer = TypeVar("Answer")

ALIAS = "news-stories"
COPIES = ("title_*", "text_*", "suggest")
"""What only searching needs."""


class ElasticSearcher:
    """Searches `news-stories`. Every method raises BadQuery, IndexUnavailable and ConfigError."""

    def __init__(self, client: Client, alias: str = ALIAS) -> None:
        self._client, self._alias = client, alias

    def search(self, query: Query) -> Results:
        """One page of what answers."""
        request = _arguments(body(query))
        answer = _asked(query, lambda: self._client.search(index=self._alias, **request))
        return search_answer.results(answer.body)

    def all(self, query: Query) -> Iterator[Hit]:
        """Everything that answers in the order of the query, as of now, whatever is indexed meanwhile."""
        asked, order = everything(query, datetime.now(UTC))
        with _understood(query):
            for hit in elastic_queries.search(self._client, self._alias, asked, order, includes=SOURCE):
                yield search_answer.hit_of(hit)

    def complete(self, prefix: str, language: str | None = None, limit: int = 10) -> list[str]:
        """Titles that go on like this, from any of their first words."""
        suggest = completion(prefix, language, limit)
        with translated("the suggestions cannot be read"):
            answer = self._client.search(index=self._alias, suggest=suggest, source_includes=["title"])
        return completions(answer.body)

    def corrections(self, query: Query) -> list[Correction]:
        """For a query with words that no story has: the query with like words that do find stories."""
        if not query.text.strip():
            return []
        with translated("the words cannot be looked up"):
            answer = self._client.search(index=self._alias, size=0, suggest=correction(query))
        made = corrected(query, answer.body)
        answers = self._answers([each.query for each in made])
        found: dict[object, Correction] = {}
        for each, results in zip(made, answers, strict=True):
            if results.total:
                same = (results.total, results.hits[0].story_id)
                found.setdefault(same, Correction(text=as_written(each, results), total=results.total))
        return list(found.values())[:CHOICES]

    def relaxations(self, query: Query) -> dict[str, int]:
        """What a reader may let go of, in words, and how many stories are found then."""
        fewer = relaxed(query)
        answers = self._answers(list(fewer.values()))
        return {name: answer.total for name, answer in zip(fewer, answers, strict=True) if answer.total}

    def story(self, story_id: str) -> Story | None:
        """The whole story, if it is shown."""
        query = {"bool": {"filter": [{"term": {"story_id": story_id}}]}}
        with translated("the story cannot be read"):
            answer = self._client.search(index=self._alias, query=query, source_excludes=list(COPIES))
        return next((from_document(Story, hit["_source"]) for hit in answer.body["hits"]["hits"]), None)

    def _answers(self, queries: Sequence[Query]) -> list[Results]:
        """All in one request."""
        if not queries:
            return []
        searches: list[dict[str, Any]] = []
        for query in queries:
            searches += [{}, body(query)]
        answer = _asked(queries[0], lambda: self._client.msearch(index=self._alias, searches=searches))
        for one in answer.body["responses"]:
            if "error" in one:
                raise status_error(one["status"], "the search failed", error=one["error"])
        return [search_answer.results(one) for one in answer.body["responses"]]


def _asked(query: Query, ask: Callable[[], Answer]) -> Answer:
    """The answer; asked again once, as an index swapped away beneath a search fails it like a bad query."""
    with _understood(query):
        try:
            return ask()
        except (BadRequestError, NotFoundError):
            return ask()


@contextmanager
def _understood(query: Query) -> Iterator[None]:
    """Around a search for a reader, whose words may be beyond what Elasticsearch takes."""
    with translated("the search failed"):
        try:
            yield
        except BadRequestError as error:
            hint = 'use fewer words, "phrases", -without and prefix*'
            raise BadQuery("the query cannot be answered", hint, query=query.text) from error


def _arguments(request: dict[str, Any]) -> dict[str, Any]:
    """The body as the client's keyword arguments, whose names differ in two places."""
    return {{"_source": "source", "from": "from_"}.get(name, name): value for name, value in request.items()}
