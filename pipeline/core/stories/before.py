"""What lies before a record: the only things a decision may look at."""

from __future__ import annotations

from typing import Protocol

from pipeline.core.copies.document import Prepared
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import CleanArticle, Revision, Story


class Before(Protocol):
    """The state of the world as the records before this one left it.

    Stories may already be in a later state, left by a writer that crashed: `Story.version` tells.
    """

    def entry(self, article_id: str) -> LedgerEntry:
        """The article's account; an empty one when it was never heard of."""

    def story(self, story_id: str) -> Story | None:
        """The story as stored, whatever its status."""

    def prepared(self, article: CleanArticle) -> Prepared:
        """The article ready for the copy test, under the furniture list in force."""

    def partners(self, article: CleanArticle, position: int) -> list[Prepared]:
        """Texts of other articles, first seen before `position`, that may be copies of `article`: ready
        likewise, in order of article and revision."""

    def revision(self, article_id: str, revision: str) -> Revision | None:
        """One text as kept; None once it expired."""


def current_story(before: Before, story_id: str, version: int) -> Story | None:
    """Follow `merged_into` as far as merges up to `version` go; None if there is no such story yet.

    A merge by a later record is not seen: it is what a crashed writer left, and is decided again.
    """
    story = before.story(story_id)
    while story is not None and story.merged_into is not None and story.version <= version:
        story = before.story(story.merged_into)
    return story
