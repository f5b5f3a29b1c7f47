"""The writes of one batch into Elasticsearch, in the order that survives a crash between any two of them.

    revisions ──► texts taken away or given back ──► growing stories ──► stories merged away ──► ledger

Revisions first: a later writer ignores those above its record, so they are harmless alone. A winner before
its losers: a bridge found again sends the loser after it. The ledger last, and there what a record
spreads to other articles before what makes the record itself known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.core.codec import to_message
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision, Story
from pipeline.core.records import Message
from pipeline.core.stories.decide import Decision
from pipeline.core.stories.kept import without_text
from pipeline.ports import Documents, Revisions, Stored, Stories
from pipeline.stages.index_recent import RecentStories
from pipeline.stages.ledger import record as record_sections

SOURCE = "/stages/index"


def write(
    decisions: Sequence[Decision],
    held: Mapping[str, Stored[LedgerEntry]],
    ledger: Documents[LedgerEntry],
    revisions: Revisions,
    stories: Stories,
    recent: RecentStories | None = None,
) -> dict[str, Message]:
    """Write what a batch decided; return the changed stories as they are stored now, by id, to be published.

    `recent` is told what was stored. Raises InvalidRecord when a document is rejected or a story cannot be
    published.
    """
    changed = {story.story_id: story for decision in decisions for story in decision.stories}
    messages = announced(changed.values())
    _write_revisions(decisions, revisions)
    growing = [story for story in changed.values() if story.status != "merged"]
    away = [story for story in changed.values() if story.status == "merged"]
    refused: set[str] = set()
    for group in (growing, away):
        refused |= stories.put(group) if group else set()
    if recent is not None:
        recent.written(changed.values(), refused)
    record_sections(ledger, [pair for decision in decisions for pair in decision.spread])
    record_sections(ledger, [pair for decision in decisions for pair in decision.sections], held)
    return messages | announced(stories.get(refused).values() if refused else ())


def announced(stories: Iterable[Story]) -> dict[str, Message]:
    """The records that publish the stories, by id. Raises InvalidRecord."""
    return {story.story_id: to_message(story, source=SOURCE) for story in stories}


def _write_revisions(decisions: Sequence[Decision], revisions: Revisions) -> None:
    new = [decision.revision for decision in decisions if decision.revision is not None]
    if new:
        revisions.add(new)
    touched = {article_id for decision in decisions for article_id in decision.erased}
    touched |= {decision.given_back.article_id for decision in decisions if decision.given_back}
    if not touched:
        return
    revisions.refresh()
    before = {text.key: text for text in revisions.of(touched)}
    after = dict(before)
    for decision in decisions:
        _take_and_give(after, decision)
    changed = [text for key, text in after.items() if text != before[key]]
    if changed:
        revisions.replace(changed)


def _take_and_give(texts: dict[str, Revision], decision: Decision) -> None:
    """Apply what one decision says of kept texts, in the order of the log."""
    for key, text in texts.items():
        if text.article_id in decision.erased:
            texts[key] = without_text(text)
    given = decision.given_back
    if given is not None and texts[given.key].article is None:
        texts[given.key] = replace(texts[given.key], article=given.article, title=given.title, tokens=None)
