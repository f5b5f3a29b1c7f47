"""Turns base stories into articles: who carries what, when, under which title, cut or with local matter."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from newsroom.material import Carriage, Story, blocks_of
from newsroom.model import Article, Block, Outlet, Revision, Stray, Treatment


def first_edition(
    stories: tuple[Story, ...], outlets: Mapping[str, Outlet], now: datetime
) -> tuple[list[Article], list[Article]]:
    """Every article of the base material, oldest first: those published, and those held until asked for.

    Times are fixed offsets from `now`, so the same `now` always gives the same articles and addresses.
    """
    published: list[Article] = []
    held: list[Article] = []
    for number, (story, carriage) in enumerate(_placements(stories), start=1001):
        published_at = now + timedelta(minutes=story.offset_minutes + carriage.after)
        article = place(story, carriage, outlets[carriage.outlet_id], number, published_at)
        (held if story.held else published).append(article)
    published.sort(key=lambda article: (article.published_at, article.id))
    return published, held


def place(story: Story, carriage: Carriage, outlet: Outlet, number: int, published_at: datetime) -> Article:
    """One story as one outlet carries it; `number` is the article's own in that outlet's archive."""
    first = Revision(carriage.title or story.title, _blocks(story, carriage))
    return Article(
        id=f"{outlet.id}/{carriage.slug}",
        outlet_id=outlet.id,
        story_id=story.id,
        path=article_path(outlet, carriage.slug, story.category, number, published_at),
        category=story.category,
        language=story.language,
        authors=story.authors,
        agency=story.agency,
        treatment=_treatment(story, carriage),
        teaser=carriage.teaser or outlet.teasers[number % len(outlet.teasers)],
        published_at=published_at,
        revisions=(first,),
        correction=_correction(story, first),
        brief=story.brief,
    )


def stray_entries(rows: tuple[Mapping[str, Any], ...], now: datetime) -> list[Stray]:
    """The announced entries that are no articles, with times relative to `now`."""
    return [
        Stray(
            outlet_id=row["outlet"],
            kind=row["kind"],
            title=row["title"],
            path=row["path"],
            published_at=now + timedelta(minutes=row["offset_minutes"]),
        )
        for row in rows
    ]


def article_path(outlet: Outlet, slug: str, category: str, number: int, published_at: datetime) -> str:
    """The address of an article on its host, in the outlet's own style."""
    section = quote(category.lower().replace(" ", "-"))
    return outlet.article_path.format(
        slug=slug, number=number, category=section, date=f"{published_at:%Y/%m/%d}"
    )


def _placements(stories: tuple[Story, ...]) -> Iterator[tuple[Story, Carriage]]:
    for story in stories:
        for carriage in story.carried:
            yield story, carriage


def _blocks(story: Story, carriage: Carriage) -> tuple[Block, ...]:
    blocks = story.blocks[: carriage.cut]
    if carriage.local is None:
        return blocks
    at = carriage.local_at
    return (*blocks[:at], *blocks_of(carriage.local), *blocks[at:])


def _treatment(story: Story, carriage: Carriage) -> Treatment:
    if len(story.carried) == 1:
        return "single"
    if carriage.local:
        return "local"
    if carriage.cut:
        return "cut"
    return "retitled" if carriage.title else "full"


def _correction(story: Story, first: Revision) -> Revision | None:
    if story.correction is None:
        return None
    blocks = first.blocks
    for old, new in story.correction.replace:
        blocks = tuple(replace(block, text=block.text.replace(old, new)) for block in blocks)
    return Revision(story.correction.title, (*blocks, *blocks_of(story.correction.append)))
