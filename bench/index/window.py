"""Filling the window past the stage: with what it would have decided for articles without copies.

What is written is what the stage's own code decides and writes, so the documents are those of the stage; only
the log, the lookups and the topic of stories are left out. While it fills, nothing is refreshed and the
write-ahead log is not forced to disk; afterwards the indices are as their contract says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import schemas
from bench.index.arrivals import Arrivals
from pipeline.adapters.elastic_clients import Client
from pipeline.adapters.memory import MemoryWorld
from pipeline.core.copies.furniture import Furniture
from pipeline.core.model import CleanArticle
from pipeline.core.stories.decide import decide_article
from pipeline.ports import Documents, Revisions, Stories
from pipeline.stages.index_texts import Texts
from pipeline.stages.index_view import BatchView
from pipeline.stages.index_writes import write
from pipeline.world import World

CHUNK: Final = 500
FILLED: Final = ("news-revisions", "news-stories", "news-articles")
_HURRIED: Final = {"refresh_interval": "-1", "translog.durability": "async", "translog.sync_interval": "60s"}


def fill(numbers: range, world: World, arrivals: Arrivals, furniture: Furniture) -> None:
    """Store the articles of these numbers, which are those of their positions too."""
    for chunk in chunks(numbers):
        articles = {number: arrivals.article(number) for number in chunk}
        store(articles, furniture, world.ledger, world.revisions, world.stories)


def store(
    articles: dict[int, CleanArticle],
    furniture: Furniture,
    ledger: Documents,
    revisions: Revisions,
    stories: Stories,
) -> None:
    """Store articles by position as the stage would that finds no candidates."""
    empty, texts = MemoryWorld(), Texts(budget=1)
    texts.use(furniture)
    nothing = BatchView(empty.articles, empty.revisions, empty.stories, texts)
    decisions = [decide_article(article, place, nothing) for place, article in articles.items()]
    write(decisions, {}, ledger, revisions, stories)


@contextmanager
def hurried(client: Client) -> Iterator[None]:
    """The indices in a state for filling, and then as they were made, everything refreshed and on disk."""
    for name in FILLED:
        client.indices.put_settings(index=name, settings=_HURRIED)
    yield
    for name in FILLED:
        contract = schemas.indices()[name].settings
        as_made = {key: contract.get(key) for key in _HURRIED}
        client.indices.put_settings(index=name, settings=as_made)
        client.indices.refresh(index=name)
        client.indices.flush(index=name)


def chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Numbers in pieces of a bulk request."""
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))
