"""Retained pages go through the clean stage again: those that were asked for, and nothing is done twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.codec import to_message
from pipeline.core.model import Edit
from pipeline.core.reports import RunReport
from pipeline.stages.clean import CleanPorts, CleanStage
from pipeline.stages.replay import Wanted, how_many, replay
from pipeline.stages.runner import Pace
from pipeline.stages.runs import reported
from tests.stages import cleaning
from tests.stages.cleaning import NOON, RAW
from tests.stages.indexing import drain, publish

HOUR = timedelta(hours=1)


class Better(cleaning.InProcess):
    """An extraction that reads more on every page than the one before."""

    def _one(self, raw):
        found = super()._one(raw)
        return replace(found, title=f"{found.title}, in full")


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> MemoryWorld:
    """Three pages an hour apart, the last of another source, all cleaned."""
    made = MemoryWorld(now=clock)
    for hours, name in enumerate(["bridge", "market"]):
        clock.at = NOON + hours * HOUR
        cleaning.fetched(made, cleaning.raw(name, minutes=60 * hours))
    clock.at = NOON + 2 * HOUR
    other = replace(cleaning.raw("harbour", minutes=120), source_id="post")
    made.publisher().publish([to_message(other, source="/sources/post")])
    cleaning.drain(made)
    return made


def again(
    world: MemoryWorld, wanted: Wanted, *, seconds: float = 60, batch: int = 10, extractor=None
) -> tuple[datetime | None, RunReport]:
    with reported("clean", world.runs, world.articles, lambda: NOON + 3 * HOUR) as run:
        ports = CleanPorts(
            publisher=world.publisher(), ledger=world.articles, extractor=extractor or cleaning.InProcess()
        )
        pace = Pace(batch=batch, seconds=seconds)
        left = replay(world.reader(), CleanStage(ports, run), wanted, pace, run)
    return left, run.report


def test_pages_that_give_the_same_end_unchanged(world):
    before = len(world.records(RAW)), len(cleaning.logged(world))
    assert (None, {"unchanged": 3}) == (lambda found: (found[0], found[1].outcomes))(again(world, Wanted()))
    assert before == (len(world.records(RAW)), len(cleaning.logged(world)))


def test_better_extraction_is_published_and_points_to_the_page_where_it_lies(world):
    pointers = {article.article_id: article.raw for article in cleaning.logged(world)}
    _, report = again(world, Wanted(), extractor=Better())
    assert {"published": 3} == report.outcomes
    assert pointers == {article.article_id: article.raw for article in cleaning.logged(world)[3:]}


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(), 3),
        (Wanted(sources=frozenset({"post"})), 1),
        (Wanted(sources=frozenset({"nobody"})), 0),
        (Wanted(since=NOON + HOUR), 2),
        (Wanted(until=NOON + HOUR), 1),
        (Wanted(since=NOON + HOUR, until=NOON + 2 * HOUR), 1),
        (Wanted(sources=frozenset({"herald"}), since=NOON + 2 * HOUR), 0),
    ],
    ids=["all", "one source", "no such source", "from a time on", "up to a time", "a period", "both"],
)
def test_only_what_was_asked_for_is_replayed(world, wanted, count):
    assert count == sum(how_many(world.reader(), wanted).values())
    _, report = again(world, wanted)
    assert count == sum(report.outcomes.values())


def test_partitions_are_shares_of_the_whole(world):
    shares = how_many(world.reader(), Wanted())
    done = [
        sum(again(world, Wanted(partitions=frozenset({partition})))[1].outcomes.values())
        for partition in shares
    ]
    assert list(shares.values()) == done
    assert 3 == sum(done)


def test_limit_holds_for_each_partition():
    world = MemoryWorld()
    cleaning.fetched(world, *(cleaning.raw("bridge", minutes=minutes) for minutes in range(4)))
    assert [2] == list(how_many(world.reader(), Wanted(limit=2)).values())


def test_out_of_time_says_from_when_to_go_on(world):
    left, report = again(world, Wanted(sources=frozenset({"post"})), seconds=-1)
    assert (NOON + 2 * HOUR, {}) == (left, report.outcomes)


def test_older_page_than_the_one_cleaned_last_changes_nothing(world):
    cleaning.fetched(world, cleaning.raw("bridge", minutes=180, body=cleaning.page("Bridge is open")))
    cleaning.drain(world)
    titles = [article.title for article in cleaning.logged(world)]
    assert {"unchanged": 4} == again(world, Wanted())[1].outcomes
    assert titles == [article.title for article in cleaning.logged(world)]


def test_removed_article_stays_removed(world):
    gone = cleaning.raw("bridge").article_id
    drain(world)
    publish(world, Edit(kind="removed", at=NOON, by="me", article_id=gone))
    drain(world)
    before = len(cleaning.logged(world))
    assert {"discarded(removed)": 1, "published": 2} == again(world, Wanted(), extractor=Better())[1].outcomes
    assert gone not in {article.article_id for article in cleaning.logged(world)[before:]}
