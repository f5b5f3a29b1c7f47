"""The lead order: which member of a story is shown, and in which order the others are listed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.core.model import Member

MEMBERS_IN_FULL = 1000
"""Members listed with their facts; the rest by id alone, so that a story stays far below the record cap."""

TEXT_KEPT = timedelta(days=45)
"""How long a revision's text is kept after the later of event and fetch time."""

LeadRank = tuple[bool, bool, datetime, int, str]


def lead_rank(member: Member) -> LeadRank:
    """Smaller leads: showable; agency byline; earliest event time; longest; smallest id."""
    return (
        not member.showable,
        member.agency is None,
        member.event_at,
        -member.word_count,
        member.article_id,
    )


def in_lead_order(members: Iterable[Member]) -> tuple[Member, ...]:
    """The members as a story lists them."""
    return tuple(sorted(members, key=lead_rank))


def kept_until(event_at: datetime, fetched_at: datetime) -> datetime:
    """Until when the text of a revision can be relied on."""
    return max(event_at, fetched_at) + TEXT_KEPT


def story_id_of(article_id: str) -> str:
    """The id of the story whose smallest member is `article_id`."""
    return "s-" + article_id.removeprefix("a-")
