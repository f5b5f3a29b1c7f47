"""What topics say of an article's account: the sections a restore writes, and who is in which story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.core.clean.publication import content_hash
from pipeline.core.ledger import CleanSection, EditSection, FetchSection, IndexSection, LedgerEntry, Section
from pipeline.core.model import CleanArticle, EditKind, RawArticle, Story
from pipeline.core.positions import epoch_of
from pipeline.core.records import Record
from pipeline.core.urls import host

RUN_ID = "restore"
"""Stands for the run in sections whose run is not known any more."""


@dataclass(slots=True)
class Membership:
    """Who is, or was, in which story, as the topic tells: by the latest record of each story, and of these by
    those of the article's latest epoch, since a rebuild may have put it elsewhere.
    """

    stories: dict[str, Story] = field(default_factory=dict)
    homes: dict[str, set[str]] = field(default_factory=dict)

    def add(self, story: Story) -> None:
        held = self.stories.get(story.story_id)
        if held is not None and story.version <= held.version:
            return
        if held is not None and epoch_of(held.version) < epoch_of(story.version):
            for article_id in _members_of(held):
                self.homes[article_id].discard(story.story_id)
        self.stories[story.story_id] = story
        for article_id in _members_of(story):
            self._move_in(article_id, story)

    def _move_in(self, article_id: str, story: Story) -> None:
        """Stories of an earlier epoch are left, those of a later one are not entered."""
        homes = self.homes.setdefault(article_id, set())
        epochs = {epoch_of(self.stories[home].version) for home in homes}
        latest = max(epochs, default=0)
        if epoch_of(story.version) > latest:
            homes.clear()
        if epoch_of(story.version) >= latest:
            homes.add(story.story_id)

    def is_latest(self, story: Story) -> bool:
        """Whether the topic holds no later version of the story."""
        return story.version == self.stories[story.story_id].version

    def first_joined(self, article_id: str) -> str | None:
        """The story no other of the article's stories was merged into."""
        homes = self.homes.get(article_id, set())
        targets = {self.stories[home].merged_into for home in homes}
        return min((home for home in homes if home not in targets), default=None)

    def hides(self, article_id: str) -> bool:
        """Whether a removal of the article is in force in the story it is in now."""
        for home in self.homes.get(article_id, ()):
            story = self.stories[home]
            if story.merged_into is None:
                edits = {member.article_id: member.edits for member in story.members}
                return "removed" in edits.get(article_id, ()) or story.hides_copies(story.version)
        return False


def _members_of(story: Story) -> Iterator[str]:
    yield from (member.article_id for member in story.members)
    yield from story.more_member_ids


def article_sections(
    article: CleanArticle, offset: int, place: int, membership: Membership
) -> list[tuple[str, Section]]:
    clean = CleanSection(
        fetched_at=article.fetched_at,
        outcome="published",
        run_id=RUN_ID,
        published_fetch=article.fetched_at,
        revision=article.revision,
        content_hash=content_hash(article),
        offset=offset,
    )
    home = membership.first_joined(article.article_id)
    if home is None:
        return [(article.article_id, clean)]
    index = IndexSection(position=place, fetched_at=article.fetched_at, story_id=home)
    return [(article.article_id, clean), (article.article_id, index)]


def dead_page(entry: LedgerEntry, reason: str) -> CleanSection:
    assert entry.fetch is not None
    assert entry.fetch.fetched_at is not None
    held = entry.clean
    return CleanSection(
        fetched_at=entry.fetch.fetched_at,
        outcome="dead-lettered",
        reason=reason,
        run_id=RUN_ID,
        published_fetch=held.published_fetch if held else None,
        revision=held.revision if held else None,
        content_hash=held.content_hash if held else None,
        offset=held.offset if held else None,
    )


def dead_text(entry: LedgerEntry, place: int, reason: str) -> IndexSection:
    fetched = entry.clean.published_fetch if entry.clean else None
    assert entry.fetch is not None
    return IndexSection(
        position=place,
        fetched_at=fetched or entry.fetch.attempted_at,
        story_id=entry.index.story_id if entry.index else None,
        error=reason,
    )


def edit_section(held: EditSection | None, kinds: tuple[EditKind, ...], place: int) -> EditSection | None:
    """The section that says what the member says; None when the one held says it already."""
    shown = held or EditSection(position=place, by=RUN_ID)
    section = replace(
        shown,
        position=max(shown.position, place),
        gone="gone" in kinds,
        removed="removed" in kinds,
        awaiting="back" in kinds or "restored" in kinds,
    )
    same = (section.gone, section.removed, section.awaiting) == (shown.gone, shown.removed, shown.awaiting)
    return None if same else section


def fetch_section(raw: RawArticle, record: Record) -> FetchSection:
    return FetchSection(
        source_id=raw.source_id,
        url=raw.url,
        canonical_url=raw.canonical_url,
        host=host(raw.canonical_url),
        run_id=raw.run_id,
        discovered_at=raw.first_fetched_at,
        attempted_at=raw.fetched_at,
        outcome="fetched",
        attempts=1,
        attempt_run_id=raw.run_id,
        visits=1,
        due_at=raw.fetched_at,
        first_fetched_at=raw.first_fetched_at,
        fetched_at=raw.fetched_at,
        partition=record.partition,
        offset=record.offset,
    )
