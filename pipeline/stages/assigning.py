"""Assigning: a list of articles through the index stage, in the order they came: which stories they make.

    articles ──► furniture list ──► the log ──► index stage ──► stories ──► one answer an article

The stage is the one that runs over the servers; only the ports are the caller's choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.codec import to_message
from pipeline.core.copies.furniture import Furniture, encode
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen
from pipeline.core.copies.tokens import tokenize
from pipeline.core.model import CleanArticle, Edit, Relation
from pipeline.core.records import Record
from pipeline.core.reports import RunReport
from pipeline.errors import InvalidRecord
from pipeline.ports import Documents, Publisher
from pipeline.stages.index import IndexPorts, IndexStage
from pipeline.stages.outcome import Outcome
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import reported


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where an article ended, and the relations in which it is the one that contains, derives or updates."""

    article_id: str
    story_id: str
    relations: tuple[Relation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignPorts:
    """An empty world: its log, its index stage, its reports."""

    publisher: Publisher
    index: IndexPorts
    runs: Documents[RunReport]


def furniture_of(articles: Iterable[CleanArticle]) -> Furniture:
    """The furniture list learnt from the articles themselves."""
    return learn(
        Seen(article.source_id, article.language, article.event_at, tokenize(article.text))
        for article in articles
    )


def assign(
    ports: AssignPorts,
    articles: Sequence[CleanArticle],
    furniture: Furniture | None,
    *,
    batch: int,
    clock: Callable[[], datetime],
    heard: Callable[[str, int], None] = lambda _what, _done: None,
) -> list[Assigned | InvalidRecord]:
    """One answer an article, in order: the story it is in once all have arrived, or why it is no record.

    `furniture` comes into force before the first article; None means that nothing is left out. `heard` is
    told how many records were decided.
    """
    if furniture is not None:
        listed = Edit(kind="furniture", at=clock(), by="assign", furniture=encode(furniture))
        ports.publisher.publish([to_message(listed, source="/stages/assign")])
    refused = dict(_published(ports.publisher, articles))
    with reported("index", ports.runs, ports.index.ledger, clock) as run:
        stage = IndexStage(ports.index, run, 0, clock)

        def step(records: Sequence[Record]) -> Sequence[Outcome]:
            outcomes = stage(records)
            heard("articles decided", max((record.offset for record in records), default=0))
            return outcomes

        consume(ports.index.consumer, step, Pace(batch=batch, seconds=float("inf")), run, commits=False)
    homes, relations = _outcome(ports.index)
    return [
        refused.get(number) or _assigned(article.article_id, homes, relations)
        for number, article in enumerate(articles)
    ]


def _assigned(
    article_id: str, homes: Mapping[str, str], relations: Mapping[str, list[Relation]]
) -> Assigned | InvalidRecord:
    """An article without a story is one that the stage gave up: its story could not be published."""
    if article_id not in homes:
        return InvalidRecord("too-large", "no story of it fits a record", article_id=article_id)
    return Assigned(article_id, homes[article_id], tuple(relations.get(article_id, ())))


def _published(publisher: Publisher, articles: Sequence[CleanArticle]) -> Iterator[tuple[int, InvalidRecord]]:
    """Append to the log; yields what the contract refuses, by number."""
    for number, article in enumerate(articles):
        try:
            publisher.publish([to_message(article, source="/stages/assign")])
        except InvalidRecord as error:
            yield number, error


def _outcome(index: IndexPorts) -> tuple[dict[str, str], defaultdict[str, list[Relation]]]:
    """The story of each article, and the relations by the article they are told of."""
    homes: dict[str, str] = {}
    relations: defaultdict[str, list[Relation]] = defaultdict(list)
    index.stories.refresh()
    for story in index.stories.above(0):
        if story.status == "merged":
            continue
        members = [member.article_id for member in story.members]
        homes |= dict.fromkeys([*members, *story.more_member_ids], story.story_id)
        for relation in story.relations:
            relations[relation.article_id].append(relation)
    return homes, relations
