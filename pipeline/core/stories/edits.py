"""A story changed by a decision that is not an article, and the account of the edits in force."""

from __future__ import annotations

from dataclasses import replace

from pipeline.core.ledger import EditSection
from pipeline.core.model import Edit, EditKind, Member, Story
from pipeline.core.stories.before import Before
from pipeline.core.stories.order import in_lead_order
from pipeline.core.stories.showing import Cause, led

_CANCELS: dict[EditKind, EditKind] = {"back": "gone", "restored": "removed"}
_CANCELLED_BY: dict[EditKind, EditKind] = {gone: back for back, gone in _CANCELS.items()}


def edits_in_force(held: tuple[EditKind, ...], kind: EditKind) -> tuple[EditKind, ...]:
    """The edits of a member after one more. `back` without a `gone` before it changes nothing."""
    if kind in _CANCELS:
        if _CANCELS[kind] not in held:
            return held
        return tuple(sorted({*held, kind} - {_CANCELS[kind]}))
    if kind in _CANCELLED_BY:
        return tuple(sorted({*held, kind} - {_CANCELLED_BY[kind]}))
    return held


def after_next_record(held: tuple[EditKind, ...]) -> tuple[EditKind, ...]:
    """What stays in force once the article's next record arrives: it ends the waiting."""
    return tuple(kind for kind in held if kind not in _CANCELS)


def section_after(held: EditSection | None, edit: Edit, position: int) -> EditSection:
    """The edit section of the article's account after `edit`."""
    section = replace(
        held or EditSection(position=position),
        position=position,
        at=edit.at,
        by=edit.by,
        reason=edit.reason,
    )
    match edit.kind:
        case "gone":
            return replace(section, gone=True, awaiting=False)
        case "back":
            return replace(section, gone=False, awaiting=section.awaiting or section.gone)
        case "removed":
            return replace(section, removed=True, with_copies=edit.with_copies, awaiting=False)
        case "restored":
            return replace(
                section, removed=False, with_copies=False, awaiting=section.awaiting or section.removed
            )
        case "park":
            return replace(section, parked_fetch=edit.fetched_at)
        case "furniture":
            raise ValueError("a furniture list is no edit of an article")


def edited(story: Story, edit: Edit, cause: Cause, before: Before) -> Story:
    """The story after an edit of one of its members; the same object when nothing changes.

    `removed` with copies hides every member, present and to come; `restored` lifts that again.
    """
    hidden = story.hides_copies(story.version)
    turns = (edit.kind == "removed" and edit.with_copies and not hidden) or (
        edit.kind == "restored" and hidden
    )
    removed = (*story.copies_removed, cause.version) if turns else story.copies_removed
    members = in_lead_order(
        without_words(replace(member, edits=edits_in_force(member.edits, edit.kind)))
        if turns or member.article_id == edit.article_id
        else member
        for member in story.members
    )
    if members == story.members and not turns:
        return story
    contents = {story.lead: story.content} if story.lead and story.content else {}
    changed = replace(
        story,
        version=cause.version,
        change=cause.change,
        changed_at=cause.at,
        members=members,
        copies_removed=removed,
    )
    return led(changed, contents, before)


def without_words(member: Member, *, removed: bool = False) -> Member:
    """The member as a story may list it: a removal, in force or added here, takes the title too."""
    if removed:
        member = replace(member, edits=edits_in_force(member.edits, "removed"))
    return replace(member, title=None) if "removed" in member.edits else member
