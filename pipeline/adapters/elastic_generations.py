"""The next generation of indices: made beside the present one, put in its place in one request.

news-stories-rebuild ──► news-stories-v0001-e00002-<token>     these two change places with what
news-revisions-rebuild ► news-revisions-v0001-e00002-<token>   `news-stories` and `news-revisions` name
news-articles-rebuild ─► news-articles-v0001-e00002-<token>    the rebuild's own accounts; its `_meta` says
                                                               how far it is, so both are lost together
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import schemas
from pipeline.adapters.elastic_clients import Client, translated
from pipeline.adapters.elastic_stories import NEXT as FILLING
from pipeline.core.codec import from_document, to_document
from pipeline.core.generations import Generation
from pipeline.errors import ConfigError

STORIES, REVISIONS, ARTICLES = "news-stories-rebuild", "news-revisions-rebuild", "news-articles-rebuild"
"""Aliases of the next generation."""

_CONTRACTS = {STORIES: "news-stories", REVISIONS: "news-revisions", ARTICLES: "news-articles"}
_SWAPPED = (STORIES, REVISIONS)
_KEY = "rebuild"


class ElasticGenerations:
    """Generations."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def present(self) -> Generation | None:
        with translated("the rebuild in progress cannot be looked up"):
            found = self._client.indices.get(
                index=ARTICLES, ignore_unavailable=True, features="mappings"
            ).body
        for index in found.values():
            return from_document(Generation, index["mappings"]["_meta"][_KEY])
        return None

    def begin(self, generation: Generation) -> None:
        self.drop()
        with translated("the indices of a rebuild cannot be made"):
            if self._client.indices.exists_alias(name=FILLING):
                raise ConfigError(
                    "`copydesk index rebuild` is filling a version of the index that this would replace;"
                    " let it end, or `copydesk index rebuild --abandon`"
                )
            for alias, name in _CONTRACTS.items():
                self._create(alias, schemas.indices()[name], generation)

    def save(self, generation: Generation) -> None:
        meta = {**schemas.indices()[_CONTRACTS[ARTICLES]].mappings["_meta"], _KEY: to_document(generation)}
        with translated("the progress of a rebuild cannot be kept"):
            self._client.indices.put_mapping(index=ARTICLES, meta=meta)

    def swap(self) -> None:
        with translated("the indices cannot change places"):
            actions = [action for alias in _SWAPPED for action in self._actions(alias)]
            if actions:
                self._client.indices.update_aliases(actions=actions)

    def drop(self) -> None:
        with translated("what a rebuild left cannot be deleted"):
            for alias, name in _CONTRACTS.items():
                for index in self._behind(alias):
                    if alias in _SWAPPED and index in self._behind(name):
                        self._client.indices.delete_alias(index=index, name=alias)
                    else:
                        self._client.indices.delete(index=index)

    def _create(self, alias: str, contract: schemas.Index, generation: Generation) -> None:
        mappings: dict[str, Any] = {**contract.mappings}
        if alias == ARTICLES:
            mappings["_meta"] = {**mappings["_meta"], _KEY: to_document(generation)}
        self._client.indices.create(
            index=f"{contract.first}-e{generation.epoch:05}-{generation.token}",
            aliases={alias: {"is_write_index": True}},
            settings=contract.settings,
            mappings=mappings,
        )

    def _actions(self, alias: str) -> list[Mapping[str, Any]]:
        """Every alias of the contract to the new index, and the old one deleted; none once that is done."""
        contract = schemas.indices()[_CONTRACTS[alias]]
        (new,) = self._behind(alias)
        old = [index for index in self._behind(contract.name) if index != new]
        if not old:
            return []
        added = [
            {"add": {"index": new, "alias": name, **options}} for name, options in contract.aliases.items()
        ]
        return [*added, *({"remove_index": {"index": index}} for index in old)]

    def _behind(self, alias: str) -> list[str]:
        found = self._client.indices.get(index=alias, ignore_unavailable=True, features="aliases").body
        return sorted(found)
