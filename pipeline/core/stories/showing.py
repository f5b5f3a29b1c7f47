"""What readers see of a story: its lead, the lead's content, and the status when nothing may be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.core.model import Change, CleanArticle, Content, Member, Story, StoryStatus
from pipeline.core.stories.before import Before
from pipeline.core.stories.order import kept_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The record behind a change: the version it gives, its own time, and what it does."""

    version: int
    at: datetime
    change: Change


def led(story: Story, contents: Mapping[str, Content], before: Before) -> Story:
    """The story with its lead, content and status: the first showable member whose text is still kept."""
    for member in story.members:
        if not member.showable:
            break
        content = contents.get(member.article_id) or _kept_content(member, story.changed_at, before)
        if content is not None:
            return replace(story, status="active", lead=member.article_id, content=content)
    return replace(story, status=_hidden_status(story), lead=None, content=None)


def content_of(article: CleanArticle) -> Content:
    """What readers see when this article leads."""
    return Content(
        url=article.url,
        source_id=article.source_id,
        source_name=article.source.name,
        source_country=article.source.country,
        title=article.title,
        text=article.text,
        language=article.language,
        word_count=article.word_count,
        first_fetched_at=article.first_fetched_at,
        subtitle=article.subtitle,
        description=article.description,
        authors=article.authors,
        published_at=article.published_at,
        modified_at=article.modified_at,
        section=article.section,
        tags=article.tags,
        image_url=article.image_url,
        access=article.access,
        agency=article.agency,
        opt_outs=article.opt_outs,
    )


def _kept_content(member: Member, at: datetime, before: Before) -> Content | None:
    """The member's content from its kept revision; judged by the record's time, so a replay agrees."""
    if kept_until(member.event_at, member.fetched_at) < at:
        return None
    kept = before.revision(member.article_id, member.revision)
    return content_of(kept.article) if kept and kept.article else None


def _hidden_status(story: Story) -> StoryStatus:
    if story.hides_copies(story.version):
        return "removed"
    by_operator = any("removed" in member.edits or "restored" in member.edits for member in story.members)
    return "removed" if by_operator else "gone"
