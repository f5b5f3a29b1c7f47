"""An index of stories of a test's own, with the two aliases of the contract, for those who search it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import schemas
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_search import ElasticSearcher
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.core.model import Content, Story
from pipeline.settings import Settings
from tests.contract.stores import NOW, story


class Shelf:
    """Stories put here are found here, after a refresh."""

    def __init__(self, client: elastic_clients.Client, name: str) -> None:
        self.client, self.name = client, name
        self.stories = ElasticStories(client, f"{name}-write")
        self.searcher = ElasticSearcher(client, name)

    def put(self, stories: Iterable[Story]) -> None:
        self.stories.put(list(stories))
        self.stories.refresh()


@contextmanager
def shelf(settings: Settings) -> Iterator[Shelf]:
    client = elastic_clients.client(settings)
    name = f"test-{uuid.uuid4().hex[:8]}"
    contract = schemas.indices()["news-stories"]
    aliases = {alias.replace("news-stories", name): options for alias, options in contract.aliases.items()}
    client.indices.create(
        index=f"{name}-v0001", settings=contract.settings, mappings=contract.mappings, aliases=aliases
    )
    try:
        yield Shelf(client, name)
    finally:
        client.indices.delete(index=f"{name}-v0001")
        client.close()


def written(number: int, title: str, text: str = "…", language: str = "en", **changes: Any) -> Story:
    """A story of one member; what `Content` has no field for is of the story."""
    made = story(number)
    assert made.content is not None
    names = Content.__dataclass_fields__.keys()
    content = replace(
        made.content,
        title=title,
        text=text,
        language=language,
        published_at=NOW,
        word_count=len(text.split()),
        **{name: value for name, value in changes.items() if name in names},
    )
    return replace(
        made, content=content, **{name: value for name, value in changes.items() if name not in names}
    )
