"""The next version of `news-stories`: made beside the one that is served, put in its place in one request.

    news-stories-next ──► news-stories-v0002     while it is filled; whoever writes stories writes here too
    news-stories, news-stories-write             change over to it in one request, and the first alias goes

How far it is stands in its mapping's `_meta`, so that both are lost together. The version before keeps its
documents, without an alias, until `drop_old`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, NotFoundError

import schemas
from pipeline.adapters.apply_index import put_template
from pipeline.adapters.elastic_bulk import Operation, write
from pipeline.adapters.elastic_clients import Client, translated
from pipeline.adapters.elastic_generations import STORIES as GENERATION
from pipeline.adapters.elastic_stories import ALIAS, NEXT, ElasticStories
from pipeline.core.codec import to_document
from pipeline.core.model import Story
from pipeline.core.reindex import Comparison, Filling, Standing, compared, next_name
from pipeline.errors import ConfigError

PAGE = 5_000
KEEP_ALIVE = "5m"
CHECKED_AT_ONCE = 200
_KEY = "reindex"
_FILLING = {"refresh_interval": "-1", "number_of_replicas": 0, "auto_expand_replicas": "false"}
"""While nobody reads it, nothing need be findable or copied."""


class ElasticReindex:
    """NextIndex."""

    def __init__(self, client: Client, contract: schemas.Index | None = None) -> None:
        self._client = client
        self._contract = contract or schemas.indices()["news-stories"]
        self._swapped: Filling | None = None

    def begin(self) -> Filling:
        with translated("the next version of the index cannot be made"):
            served, filling = self._served(), self._filling()
            if filling is not None and filling.served != served:
                raise ConfigError(
                    "another index is served than when this was begun; `copydesk index rebuild --abandon`",
                    index=filling.index,
                    served=served,
                )
            if self._client.indices.exists_alias(name=GENERATION):
                raise ConfigError(
                    "stories are being rebuilt, which makes an index of its own; wait for its end"
                )
            return filling or self._create(served)

    def put(self, stories: Sequence[Story], below: int | None = None) -> None:
        operations = (
            Operation(
                story.story_id,
                to_document(story),
                options={"version": story.version, "version_type": "external_gte"},
            )
            for story in stories
        )
        write(self._client, NEXT, operations).accepted()
        if below is not None:
            meta = self._meta(replace(self._present(), offset=below))
            with translated("the progress cannot be kept"):
                self._client.indices.put_mapping(index=NEXT, meta=meta)

    def compare(self, checked: Collection[str]) -> Comparison:
        filling = self._present()
        with translated("the two versions cannot be compared"):
            self._client.indices.put_settings(index=filling.index, settings=self._serving())
            self._client.indices.refresh(index=[filling.served, filling.index])
            found = compared(self._standings(filling.served), self._standings(filling.index))
        return replace(found, unequal=self._unequal(checked, found))

    def swap(self) -> None:
        filling = self._present()
        aliases = self._contract.aliases.items()
        served = self._client.indices.get_alias(index=filling.served).body[filling.served]["aliases"]
        old = [{"remove": {"index": filling.served, "alias": name, "must_exist": True}} for name in served]
        new = [{"add": {"index": filling.index, "alias": name, **options}} for name, options in aliases]
        done = [{"remove": {"index": filling.index, "alias": NEXT, "must_exist": True}}]
        with translated("the versions cannot change places"):
            self._client.indices.refresh(index=filling.index)  # or the latest stories vanish for a moment
            self._client.indices.update_aliases(actions=[*old, *new, *done])
        self._swapped = filling

    def late(self) -> list[Story]:
        if self._swapped is None:
            return []
        with translated("the version before cannot be looked through"):
            self._client.indices.refresh(index=[self._swapped.served, self._swapped.index])
            before, now = self._standings(self._swapped.served), self._standings(self._swapped.index)
            behind = compared(before, now).behind
        return list(ElasticStories(self._client, self._swapped.served).get(behind).values())

    def abandon(self) -> str | None:
        """Delete the version that is being filled; its name, or None when there is none."""
        with translated("the version cannot be abandoned"):
            filling = self._filling()
            if filling is not None:
                self._client.indices.delete(index=filling.index)
            return filling.index if filling else None

    def old(self) -> dict[str, int]:
        """Versions that no alias names any more, with how many documents they hold."""
        with translated("old versions cannot be looked up"):
            found = self._client.indices.get(index=self._contract.pattern, features="aliases").body
            names = sorted(name for name, index in found.items() if not index["aliases"])
            return {name: self._client.count(index=name).body["count"] for name in names}

    def drop_old(self, names: Collection[str]) -> None:
        """Delete versions that are old, each by its full name; others are left alone."""
        for name in self.old():
            if name in names:
                with translated("the old version cannot be deleted", index=name):
                    self._client.indices.delete(index=name)

    def _served(self) -> str:
        """The one index behind the writers' alias. Raises ConfigError when there is none, or several."""
        try:
            found: list[str] = sorted(self._client.indices.get_alias(name=ALIAS).body)
        except NotFoundError:
            found = []
        if len(found) != 1:
            raise ConfigError("no index is served; run `copydesk index apply`", alias=ALIAS, found=found)
        return found[0]

    def _filling(self) -> Filling | None:
        found = self._client.indices.get(index=NEXT, ignore_unavailable=True, features="mappings").body
        for index in found.values():
            return Filling(**index["mappings"]["_meta"][_KEY])
        return None

    def _present(self) -> Filling:
        with translated("the next version cannot be looked up"):
            filling = self._filling()
        if filling is None:
            raise ConfigError("no version is being filled; another process may have put it in place")
        return filling

    def _create(self, served: str) -> Filling:
        """The template first: the new version is made by the contract of today, whatever was applied."""
        put_template(self._client, self._contract)
        versions = self._client.indices.get(index=self._contract.pattern, features="aliases").body
        name = next_name(self._contract.name, versions)
        filling = Filling(index=name, served=served, offset=0)
        try:
            self._client.indices.create(
                index=name,
                aliases={NEXT: {"is_write_index": True}},
                settings={**self._contract.settings, **_FILLING},
                mappings={**self._contract.mappings, "_meta": self._meta(filling)},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
            return self._present()
        return filling

    def _meta(self, filling: Filling) -> dict[str, Any]:
        return {**self._contract.mappings["_meta"], _KEY: asdict(filling)}

    def _serving(self) -> dict[str, Any]:
        """The settings of the contract in place of those for filling."""
        return {name: self._contract.settings.get(name) for name in _FILLING}

    def _standings(self, index: str) -> Iterator[Standing]:
        """Every story by its id, from the columns alone: no document is read."""
        point = self._client.open_point_in_time(index=index, keep_alive=KEEP_ALIVE).body["id"]
        after: list[Any] | None = None
        try:
            while hits := self._page(point, after):
                for hit in hits:
                    (version,), (status,) = hit["fields"]["version"], hit["fields"]["status"]
                    yield Standing(hit["fields"]["story_id"][0], version, status)
                after = hits[-1]["sort"]
        finally:
            with suppress(ApiError, TransportError):  # it expires by itself
                self._client.close_point_in_time(id=point)

    def _page(self, point: str, after: list[Any] | None) -> list[Mapping[str, Any]]:
        answer = self._client.search(
            pit={"id": point, "keep_alive": KEEP_ALIVE},
            sort=[{"story_id": "asc"}],
            size=PAGE,
            search_after=after,
            source=False,
            docvalue_fields=[{"field": name} for name in ("story_id", "version", "status")],
            track_total_hits=False,
            allow_partial_search_results=False,
        )
        hits: list[Mapping[str, Any]] = answer.body["hits"]["hits"]
        return hits

    def _unequal(self, checked: Collection[str], found: Comparison) -> tuple[str, ...]:
        """Of the stories to look at closely those whose contents differ under one version."""
        differing = {*found.behind, *found.ahead}
        ids = [story_id for story_id in checked if story_id not in differing]
        served, following = ElasticStories(self._client), ElasticStories(self._client, NEXT)
        unequal: list[str] = []
        for start in range(0, len(ids), CHECKED_AT_ONCE):
            some = ids[start : start + CHECKED_AT_ONCE]
            old, new = served.get(some), following.get(some)
            unequal += [id for id in some if id in old and id in new and _differ(old[id], new[id])]
        return tuple(unequal)


def _differ(old: Story, new: Story) -> bool:
    """Whether one version has two contents; a story that moved on meanwhile is compared the next time."""
    return old.version == new.version and old != new
