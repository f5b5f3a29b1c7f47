"""One record of the log: which stories it touches, what they become, and what else has to be written.

    article ── known? ──────────────────────────────────────────────► unchanged
       │ copies among its partners (the copy test)
       ▼
    nodes = stories of the copies + its own story ── win = smallest ── others merge into it
       ▼
    win grows, its lead is chosen anew, the account names the position

The same state gives the same decision: everything is read through `Before`. A story whose version is above
the record's position already holds the record's effect, left there by a writer that crashed; it is taken
as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipeline.core.copies.relation import relate
from pipeline.core.copies.verdict import Verdict
from pipeline.core.ledger import EditSection, IndexSection, LedgerEntry, Section
from pipeline.core.model import CleanArticle, Edit, EditKind, Member, Relation, Revision, Story
from pipeline.core.positions import version
from pipeline.core.stories.before import Before, current_story
from pipeline.core.stories.edits import after_next_record, edited, section_after
from pipeline.core.stories.growth import grow, member_of, merged, revised
from pipeline.core.stories.kept import revision_of
from pipeline.core.stories.order import story_id_of
from pipeline.core.stories.showing import Cause

SPREAD_BY = "copydesk"
"""Who is said to have removed an article that is only a copy of a removed one."""

IndexOutcome = Literal["created", "joined", "bridged", "revised", "unchanged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything one record causes. `stories` are those that changed, what grew before what was merged away.

    `sections` are for the record's own article, which they make known; `spread` for others it reaches.
    `erased` names articles whose kept texts must become hashes; `given_back` is a text that may be kept
    again if hashes stand in its place. `compared` counts the partners tested.
    """

    outcome: IndexOutcome
    stories: tuple[Story, ...] = ()
    revision: Revision | None = None
    sections: tuple[tuple[str, Section], ...] = ()
    spread: tuple[tuple[str, Section], ...] = ()
    erased: tuple[str, ...] = ()
    given_back: Revision | None = None
    compared: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Touched:
    """What an article touches: its account, the story it is in, and the stories of its copies by id."""

    entry: LedgerEntry
    own: Story | None
    parts: dict[str, Story]

    def held(self, article_id: str) -> Member | None:
        members = self.own.members if self.own else ()
        return next((member for member in members if member.article_id == article_id), None)


def decide_article(article: CleanArticle, position: int, before: Before) -> Decision:
    """What the clean article at `position` does."""
    entry = before.entry(article.article_id)
    if entry.index is not None and entry.index.position >= position:
        return Decision(outcome="unchanged")
    ours, partners = before.prepared(article), before.partners(article, position)
    verdicts = [relate(ours, partner) for partner in partners]
    copies = [
        partner.document.article_id
        for partner, verdict in zip(partners, verdicts, strict=True)
        if verdict.is_copy
    ]
    own = _story_of(entry, before, position)
    touched = _Touched(entry=entry, own=own, parts=_parts(copies, own, before, position))
    edits = _edits_after(touched, article)
    outcome, winner, changed = _grow(article, edits, touched, _relations(verdicts), position, before)
    hidden = _hidden_with_copies(winner, position, article.fetched_at, before)
    erased = winner.hides_copies(version(position)) or "removed" in edits
    revision = revision_of(article, ours, position, erased=erased)
    return Decision(
        outcome=outcome,
        stories=changed,
        revision=revision,
        sections=(
            (article.article_id, _index_section(touched, winner, article, position)),
            *_awaited(entry, position, article),
            *(pair for pair in hidden if pair[0] == article.article_id),
        ),
        spread=tuple(pair for pair in hidden if pair[0] != article.article_id),
        erased=tuple(article_id for article_id, _ in hidden),
        given_back=revision if _was_edited(entry, position) and not erased else None,
        compared=len(partners),
    )


def decide_edit(edit: Edit, position: int, before: Before) -> Decision:
    """What an edit of one article does; a furniture list is no business of this function."""
    if edit.article_id is None:
        raise ValueError("an edit of an article names the article")
    entry = before.entry(edit.article_id)
    if entry.edit is not None and entry.edit.position >= position:
        return Decision(outcome="unchanged")
    section = section_after(entry.edit, edit, position)
    sections: tuple[tuple[str, Section], ...] = ((edit.article_id, section),)
    erased = (edit.article_id,) if section.removed else ()
    story = _story_of(entry, before, position)
    if story is None or edit.kind == "park":
        return Decision(outcome="unchanged", sections=sections, erased=erased)
    after = story
    if story.version <= position:
        after = edited(story, edit, Cause(version=version(position), at=edit.at, change="edited"), before)
    spread = _spread(after, edit, position, before)
    return Decision(
        outcome="unchanged" if after is story else "revised",
        stories=() if after is story else (after,),
        sections=sections,
        spread=spread,
        erased=erased + tuple(article_id for article_id, held in spread if held.removed),
    )


def _was_edited(entry: LedgerEntry, position: int) -> bool:
    """Whether an edit came before; one at a later position was found in a crashed writer's traces."""
    return entry.edit is not None and entry.edit.position < position


def _story_of(entry: LedgerEntry, before: Before, position: int) -> Story | None:
    """The story the article is in now: the one it first joined, followed through merges so far."""
    if entry.index is None or entry.index.story_id is None:
        return None
    return current_story(before, entry.index.story_id, position)


def _parts(copies: Iterable[str], own: Story | None, before: Before, position: int) -> dict[str, Story]:
    """The present stories of the copies and our own; a partner that never got into a story has none."""
    stories = [own, *(_story_of(before.entry(copy), before, position) for copy in copies)]
    return {story.story_id: story for story in stories if story is not None}


def _edits_after(touched: _Touched, article: CleanArticle) -> tuple[EditKind, ...]:
    """The edits in force for the member once this record arrived."""
    held = touched.held(article.article_id)
    if held is not None:
        return after_next_record(held.edits) if article.fetched_at >= held.fetched_at else held.edits
    edit = touched.entry.edit
    in_force: dict[EditKind, bool] = {"gone": edit.gone, "removed": edit.removed} if edit else {}
    return tuple(kind for kind, holds in in_force.items() if holds)


def _grow(
    article: CleanArticle,
    edits: tuple[EditKind, ...],
    touched: _Touched,
    relations: list[Relation],
    position: int,
    before: Before,
) -> tuple[IndexOutcome, Story, tuple[Story, ...]]:
    """The outcome, the winner after the record, and all stories that changed."""
    parts = touched.parts
    winner_id = min([*parts, story_id_of(article.article_id)])
    losers = [parts[story_id] for story_id in sorted(parts) if story_id != winner_id]
    change: Literal["created", "joined", "bridged", "revised"] = (
        "bridged" if losers else "revised" if touched.own else "joined" if parts else "created"
    )
    cause = Cause(version=version(position), at=article.fetched_at, change=change)
    winner = before.story(winner_id)
    edit = touched.entry.edit
    with_copies = edit is not None and edit.removed and edit.with_copies
    changed: list[Story] = []
    if winner is None or winner.version <= position:
        held = touched.held(article.article_id)
        member = revised(held, article, edits) if held else member_of(article, edits, cause.version)
        grown = grow(winner_id, list(parts.values()), member, article, relations, with_copies, cause, before)
        if winner is None or not _same_but_for_cause(grown, winner):
            changed.append(grown)
            winner = grown
    away = replace(cause, change="merged")
    changed += [merged(loser, winner_id, away) for loser in losers if loser.version <= position]
    return change if changed else "unchanged", winner, tuple(changed)


def _same_but_for_cause(grown: Story, held: Story) -> bool:
    return replace(grown, version=held.version, change=held.change, changed_at=held.changed_at) == held


def _relations(verdicts: Iterable[Verdict]) -> list[Relation]:
    return [
        Relation(
            kind=link.kind,
            article_id=link.subject,
            other_id=link.object,
            containment=round(verdict.evidence.containment, 4),
            why=verdict.why,
        )
        for verdict in verdicts
        for link in verdict.links
    ]


def _index_section(touched: _Touched, winner: Story, article: CleanArticle, position: int) -> IndexSection:
    """The account keeps the story an article first joined; readers follow `merged_into`."""
    held = touched.entry.index
    first = held.story_id if held and held.story_id else winner.story_id
    return IndexSection(position=position, fetched_at=article.fetched_at, story_id=first)


def _awaited(entry: LedgerEntry, position: int, article: CleanArticle) -> tuple[tuple[str, EditSection], ...]:
    """The wait that `back` or `restored` began ends with the article's next record."""
    if entry.edit is None or not entry.edit.awaiting:
        return ()
    return ((article.article_id, replace(entry.edit, position=position, awaiting=False)),)


def _hidden_with_copies(
    story: Story, position: int, at: datetime, before: Before
) -> tuple[tuple[str, EditSection], ...]:
    """Members that a removal with copies reaches through this record and whose account does not say so."""
    if not story.hides_copies(version(position)):
        return ()
    found = []
    for article_id in _members_by(story, version(position)):
        held = before.entry(article_id).edit
        if held is None or not held.removed:
            section = replace(
                held or EditSection(position=position),
                position=position,
                removed=True,
                awaiting=False,
                at=at,
                by=SPREAD_BY,
                reason="copy of a removed article",
            )
            found.append((article_id, section))
    return tuple(found)


def _members_by(story: Story, version: int) -> list[str]:
    """Who was in the story as of `version`, also when it is stored in a later state."""
    present = [member.article_id for member in story.members if member.joined <= version]
    return sorted({*present, *story.more_member_ids})


def _spread(story: Story, edit: Edit, position: int, before: Before) -> tuple[tuple[str, EditSection], ...]:
    """The other members an operator's word on one article reaches, as far as their accounts lack it."""
    if edit.kind == "removed":
        hidden = _hidden_with_copies(story, position, edit.at, before)
        return tuple((article_id, section) for article_id, section in hidden if article_id != edit.article_id)
    lifted = story.hides_copies(position) and not story.hides_copies(version(position))
    if edit.kind != "restored" or not lifted:
        return ()
    accounts = ((member, before.entry(member).edit) for member in _members_by(story, version(position)))
    return tuple(
        (article_id, section_after(held, edit, position))
        for article_id, held in accounts
        if article_id != edit.article_id and held is not None and held.removed
    )
