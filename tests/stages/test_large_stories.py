"""Stories of very many members: still one record below the cap, and every member in it."""

from __future__ import annotations

from collections.abc import Sequence

import schemas
from pipeline.adapters.memory import MemoryWorld
from pipeline.core.codec import to_message
from pipeline.core.copies.document import prepare
from pipeline.core.copies.furniture import Furniture
from pipeline.core.ledger import IndexSection
from pipeline.core.model import CleanArticle, Story
from pipeline.core.stories.growth import member_of
from pipeline.core.stories.kept import document_of, revision_of
from pipeline.core.stories.order import MEMBERS_IN_FULL, in_lead_order, story_id_of
from pipeline.core.stories.showing import content_of
from pipeline.stages.ledger import record
from tests.stages.articles import article, prose
from tests.stages.indexing import active, drain, publish, published

NEXT_EPOCH = 1
"""What is stored beforehand lies in epoch 0, so that nothing of it counts as left by a crash."""


def carried(text: str, count: int, *, named: str) -> list[CleanArticle]:
    """One text in so many outlets, with titles and addresses of usual length."""
    return [
        article(
            f"{named}-{number}-harbour-bridge-to-stay-closed-until-spring",
            text,
            minutes=number % 600,
            source=f"{named}-outlet-{number}",
            title=f"Harbour bridge to stay closed until spring, council tells outlet {number}",
        )
        for number in range(count)
    ]


def stored(world: MemoryWorld, articles: Sequence[CleanArticle]) -> Story:
    """The articles as one story, as earlier records would have left it."""
    story_id = story_id_of(min(each.article_id for each in articles))
    ordered = in_lead_order(member_of(each, (), place + 1) for place, each in enumerate(articles))
    lead = next(each for each in articles if each.article_id == ordered[0].article_id)
    story = Story(
        story_id=story_id,
        version=len(articles),
        status="active",
        change="joined",
        changed_at=lead.fetched_at,
        event_at=lead.event_at,
        members=ordered[:MEMBERS_IN_FULL],
        more_member_ids=tuple(sorted(member.article_id for member in ordered[MEMBERS_IN_FULL:])),
        lead=lead.article_id,
        content=content_of(lead),
    )
    texts = [prepare(document_of(each), Furniture()) for each in articles]
    world.revisions.add(
        [
            revision_of(each, text, place, erased=False)
            for place, (each, text) in enumerate(zip(articles, texts, strict=True))
        ]
    )
    world.stories.put([story])
    record(
        world.articles,
        [
            (each.article_id, IndexSection(position=place, fetched_at=each.fetched_at, story_id=story_id))
            for place, each in enumerate(articles)
        ],
    )
    return story


def ids_of(story: Story) -> set[str]:
    return {*(member.article_id for member in story.members), *story.more_member_ids}


def size_of(story: Story) -> int:
    return len(to_message(story, source="/stages/index").value or b"")


def test_article_bridges_two_stories_of_500_members_within_the_record_cap():
    world = MemoryWorld()
    left, right = prose("left"), prose("right")
    one, other = carried(left, 500, named="left"), carried(right, 500, named="right")
    parts = {stored(world, one).story_id, stored(world, other).story_id}
    both = article("both", left + "\n\n" + right, minutes=700)
    publish(world, both)
    _, report = drain(world, epoch=NEXT_EPOCH)
    (story,) = active(world)
    assert {"bridged": 1} == report.outcomes
    assert {each.article_id for each in (*one, *other, both)} == ids_of(story)
    assert len(story.members) == MEMBERS_IN_FULL
    away = [each for each in published(world).values() if each.status == "merged"]
    assert {each.story_id for each in away} <= parts
    assert all(size_of(each) < schemas.topics()["news.stories.v1"].max_value_bytes for each in (story, *away))


def test_story_of_2000_members_takes_one_more_within_the_record_cap():
    world = MemoryWorld()
    wire = carried(prose("wire"), 2000, named="wire")
    stored(world, wire)
    late = article("late", prose("wire"), minutes=700)
    publish(world, late)
    _, report = drain(world, epoch=NEXT_EPOCH)
    (story,) = active(world)
    assert 1 == report.outcomes.get("joined", 0) + report.outcomes.get(
        "bridged", 0
    )  # by whose id is smallest
    assert {each.article_id for each in (*wire, late)} == ids_of(story)
    assert len(story.members) == MEMBERS_IN_FULL
    assert size_of(story) < schemas.topics()["news.stories.v1"].max_value_bytes / 4
