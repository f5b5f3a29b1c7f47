"""Takedowns: an operator's word on an article, or on a story, put into the log as edits.

    name ──► articles it stands for ──► one edit each ──► the log ──► (index stage) hidden or shown again

Nothing is hidden here. Only what stands in the log survives every replay, restore and rebuild.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.core.codec import to_message
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Edit, Story
from pipeline.errors import PipelineError
from pipeline.ports import Documents, Publisher, Stories
from pipeline.stages.tracing import followed

SOURCE = "/stages/takedown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who wants it, when, and why: kept with every edit."""

    by: str
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a name stands for now. `article_id` is None for a story; `story` None for an article in none."""

    article_id: str | None
    story: Story | None
    known: bool

    @property
    def members(self) -> list[str]:
        """Every article of the story, or the article alone."""
        if self.story is None:
            return [self.article_id] if self.article_id else []
        return [member.article_id for member in self.story.members] + list(self.story.more_member_ids)


def look_up(name: str, ledger: Documents[LedgerEntry], stories: Stories) -> Named:
    """The article or story with that id, a merged story standing for the one it went into.

    Raises PipelineError for a story that does not exist; an article may be one nobody heard of yet.
    """
    if name.startswith("s-"):
        trail = list(followed(name, stories))
        if not trail:
            raise PipelineError("no such story", story=name)
        return Named(article_id=None, story=trail[-1], known=True)
    stored = ledger.get([name]).get(name)
    first = stored.value.index.story_id if stored and stored.value.index else None
    trail = list(followed(first, stories))
    return Named(article_id=name, story=trail[-1] if trail else None, known=stored is not None)


def removal(named: Named, order: Order, *, copies: bool) -> list[Edit]:
    """The edits that hide the article, or with `copies` it and every copy, present and to come.

    With copies every present member gets an edit of its own, so that each stays hidden whatever becomes of
    the story. Raises PipelineError for a story named without `copies`.
    """
    if named.article_id is None and not copies:
        raise PipelineError("a story is removed with all its copies (--copies); or name one article")
    articles = _first(named) if copies else [named.article_id] if named.article_id else []
    return [_edit("removed", article_id, order, with_copies=copies) for article_id in articles]


def restoration(named: Named, order: Order) -> list[Edit]:
    """The edits that take removals back: of the article, or of every removed member of the story.

    If the story was removed with its copies, one edit lifts that for all of them.
    """
    if named.article_id is not None:
        return [_edit("restored", named.article_id, order)]
    members = named.story.members if named.story else ()
    removed = [member.article_id for member in members if "removed" in member.edits]
    if not removed:
        raise PipelineError("no member of the story is removed, so there is nothing to restore")
    return [_edit("restored", article_id, order) for article_id in removed]


def publish(edits: Sequence[Edit], publisher: Publisher) -> None:
    """Put the edits into the log; they come into force as the index stage reads them."""
    publisher.publish([to_message(edit, source=SOURCE) for edit in edits])


def _first(named: Named) -> list[str]:
    """All members, the one that was named first."""
    rest = [article_id for article_id in named.members if article_id != named.article_id]
    return [named.article_id, *rest] if named.article_id else rest


def _edit(
    kind: Literal["removed", "restored"], article_id: str, order: Order, *, with_copies: bool = False
) -> Edit:
    return Edit(
        kind=kind,
        at=order.at,
        by=order.by,
        article_id=article_id,
        reason=order.reason,
        with_copies=with_copies,
    )
