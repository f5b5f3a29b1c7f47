"""A story made larger: by an article that is new or has a new text, and by the stories it ties together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.core.model import CleanArticle, EditKind, Member, Relation, Story
from pipeline.core.stories.before import Before
from pipeline.core.stories.edits import without_words
from pipeline.core.stories.order import MEMBERS_IN_FULL, in_lead_order
from pipeline.core.stories.showing import Cause, content_of, led

MAX_RELATIONS = 500
"""Relations a story keeps, smallest ids first: a page that quotes more is a list, no evidence."""

MAX_REVISIONS = 100
"""Texts a member lists; older ones stay in `news-revisions`."""


def member_of(article: CleanArticle, edits: tuple[EditKind, ...], joined: int) -> Member:
    """The article as a member that joins with the version `joined`."""
    return Member(
        article_id=article.article_id,
        revision=article.revision,
        fetched_at=article.fetched_at,
        event_at=article.event_at,
        url=article.url,
        source_id=article.source_id,
        title=None if "removed" in edits else article.title,
        word_count=article.word_count,
        extraction_version=article.extraction_version,
        joined=joined,
        agency=article.agency,
        country=article.source.country,
        revisions=(article.revision,),
        edits=edits,
    )


def revised(held: Member, article: CleanArticle, edits: tuple[EditKind, ...]) -> Member:
    """The member after a further record of its article: the record fetched last is the one shown."""
    known = held.revisions if article.revision in held.revisions else (*held.revisions, article.revision)
    known = known[-MAX_REVISIONS:]
    if article.fetched_at < held.fetched_at:
        return replace(held, revisions=known, edits=edits)
    corrected = article.revision != held.revision and article.extraction_version == held.extraction_version
    return replace(
        member_of(article, edits, held.joined), revisions=known, corrections=held.corrections + corrected
    )


def grow(
    story_id: str,
    parts: Sequence[Story],
    member: Member,
    article: CleanArticle,
    relations: Iterable[Relation],
    with_copies: bool,
    cause: Cause,
    before: Before,
) -> Story:
    """The story `story_id` that holds the members of `parts` and `member`, shown by its best lead.

    `with_copies`: an operator removed the article together with its copies before it ever arrived.
    """
    members = {held.article_id: held for part in parts for held in part.members} | {member.article_id: member}
    winner = next((part for part in parts if part.story_id == story_id), None)
    present = {held.article_id for held in winner.members} if winner else set()
    members = {
        key: held if key in present else replace(held, joined=cause.version) for key, held in members.items()
    }
    removed = _copies_removed(winner, parts, with_copies, cause)
    if len(removed) % 2:
        members = {key: without_words(held, removed=True) for key, held in members.items()}
    more = {known for part in parts for known in part.more_member_ids} - members.keys()
    ordered = in_lead_order(members.values())
    contents = {part.lead: part.content for part in parts if part.lead and part.content}
    if member.fetched_at == article.fetched_at:
        contents[member.article_id] = content_of(article)
    story = Story(
        story_id=story_id,
        version=cause.version,
        status="active",
        change=cause.change,
        changed_at=cause.at,
        event_at=min([article.event_at, *(part.event_at for part in parts)]),
        members=ordered[:MEMBERS_IN_FULL],
        more_member_ids=tuple(sorted(more | {cut.article_id for cut in ordered[MEMBERS_IN_FULL:]})),
        copies_removed=removed,
        relations=_united(relations, *(part.relations for part in parts)),
    )
    return led(story, contents, before)


def merged(loser: Story, winner_id: str, cause: Cause) -> Story:
    """The loser of a merge: it points to the winner and keeps member ids and edits, no content."""
    return replace(
        loser,
        version=cause.version,
        status="merged",
        change="merged",
        changed_at=cause.at,
        merged_into=winner_id,
        members=tuple(replace(member, title=None) for member in loser.members),
        lead=None,
        content=None,
        relations=(),
    )


def _copies_removed(
    winner: Story | None, parts: Sequence[Story], with_copies: bool, cause: Cause
) -> tuple[int, ...]:
    """The winner's turns, and one more if something hidden with its copies comes in."""
    turns = winner.copies_removed if winner else ()
    hidden = with_copies or any(part.hides_copies(part.version) for part in parts)
    return turns if not hidden or len(turns) % 2 else (*turns, cause.version)


def _united(*relations: Iterable[Relation]) -> tuple[Relation, ...]:
    found: dict[tuple[str, str, str], Relation] = {}
    for group in relations:
        for relation in group:
            found.setdefault((relation.article_id, relation.other_id, relation.kind), relation)
    return tuple(found[key] for key in sorted(found)[:MAX_RELATIONS])
