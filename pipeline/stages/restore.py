"""Restore: Elasticsearch lost or new, Kafka whole. Everything comes back; nothing is decided again.

    news.stories.v1 ──► stories, the highest version of each ──► who first joined which story
    raw records     ──► the ledger's fetch sections
    the log, up to what was committed ──► revisions, clean and index sections, edits
    dead letters    ──► what ended there
    pages without any of these ──► extracted once more, to learn how they were discarded
    what is hidden, by edits older than the log too ──► from the stories' members, and its words erased

What exists nowhere else (validators, discards before raw, runs) comes from a snapshot or is learnt again.
Every write is one that may be repeated, so a restore that was interrupted is simply run again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from pipeline import log
from pipeline.core.codec import from_record, read_dead_letter
from pipeline.core.copies.document import prepare
from pipeline.core.copies.furniture import Furniture, decode
from pipeline.core.ledger import CleanSection, EditSection, LedgerEntry, Section
from pipeline.core.model import CleanArticle, Edit, RawArticle, Revision, Story
from pipeline.core.positions import position, version
from pipeline.core.records import Record
from pipeline.core.stories.edits import section_after
from pipeline.core.stories.kept import document_of, revision_of, without_text
from pipeline.errors import Discard, InvalidRecord
from pipeline.ports import Documents, Extractor, Revisions, Stories, TopicReader
from pipeline.stages.ledger import record as record_sections
from pipeline.stages.restore_accounts import (
    RUN_ID,
    Membership,
    article_sections,
    dead_page,
    dead_text,
    edit_section,
    fetch_section,
)
from pipeline.stages.tracing import DEAD_LETTERS, LOG, RAW, STORIES

CHUNK = 500
logger = logging.getLogger(__name__)
T = TypeVar("T")
Heard = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePorts:
    """What a restore reads and fills."""

    reader: TopicReader
    ledger: Documents[LedgerEntry]
    revisions: Revisions
    stories: Stories
    extractor: Extractor


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What came back."""

    stories: int
    articles: int
    revisions: int


def restore(
    ports: RestorePorts, *, epoch: int, log_end: int, clean_ends: dict[int, int], heard: Heard
) -> Restored:
    """Fill an empty Elasticsearch from Kafka. `log_end` is the index group's committed offset, `clean_ends`
    the clean group's by partition: what lies beyond is left to the stages themselves.

    Memory: one entry per article that is in a story.
    """
    membership = _restore_stories(ports, heard)
    _restore_fetches(ports, heard)
    revisions = _restore_log(ports, membership, epoch, log_end, heard)
    _restore_dead_letters(ports, epoch, log_end, heard)
    _restore_discards(ports, clean_ends, heard)
    _restore_edits(ports, membership)
    _erase(ports, membership)
    for store in (ports.stories, ports.revisions, ports.ledger):
        store.refresh()
    log.event(logger, "restored", stories=len(membership.stories), articles=len(membership.homes))
    return Restored(stories=len(membership.stories), articles=len(membership.homes), revisions=revisions)


def _restore_stories(ports: RestorePorts, heard: Heard) -> Membership:
    """Read the topic twice: what each story came to, then that alone is stored.

    The topic may still hold words that were taken down since, and nobody shall find them meanwhile.
    """
    membership = Membership()
    for _, value in _values(ports.reader, STORIES):
        if isinstance(value, Story):
            membership.add(replace(value, content=None, relations=()))
    done = 0
    for chunk in _chunks(_values(ports.reader, STORIES)):
        stories = [value for _, value in chunk if isinstance(value, Story)]
        ports.stories.put([story for story in stories if membership.is_latest(story)])
        heard("stories", done := done + len(chunk))
    return membership


def _restore_fetches(ports: RestorePorts, heard: Heard) -> None:
    done = 0
    for chunk in _chunks(_values(ports.reader, RAW)):
        pages = [(record, raw) for record, raw in chunk if isinstance(raw, RawArticle)]
        pages.sort(key=lambda page: page[1].fetched_at)
        record_sections(ports.ledger, [(raw.article_id, fetch_section(raw, record)) for record, raw in pages])
        heard("raw records", done := done + len(chunk))


def _restore_log(ports: RestorePorts, membership: Membership, epoch: int, log_end: int, heard: Heard) -> int:
    """Walk the log once, under the furniture lists it brings; the first one also stands for any before."""
    furniture = _first_list(ports.reader, epoch, log_end)
    edits: dict[str, EditSection] = {}
    done = revisions = 0
    for chunk in _chunks(_values(ports.reader, LOG, {0: log_end})):
        texts: list[Revision] = []
        sections: list[tuple[str, Section]] = []
        for record, value in chunk:
            place = position(record.offset, epoch)
            if isinstance(value, CleanArticle):
                sections += article_sections(value, record.offset, place, membership)
                texts += _texts(value, place, membership, furniture)
            elif isinstance(value, Edit) and value.furniture is not None:
                furniture = decode(value.furniture, version(place))
            elif isinstance(value, Edit) and value.article_id is not None:
                edits[value.article_id] = section_after(edits.get(value.article_id), value, place)
                sections.append((value.article_id, edits[value.article_id]))
        ports.revisions.add(texts)
        record_sections(ports.ledger, sections)
        revisions += len(texts)
        heard("log records", done := done + len(chunk))
    return revisions


def _texts(article: CleanArticle, place: int, membership: Membership, furniture: Furniture) -> list[Revision]:
    """The text to keep, without its words while a removal is in force; none of what ended elsewhere."""
    home = membership.first_joined(article.article_id)
    if home is None:
        return []
    erased = membership.hides(article.article_id)
    return [revision_of(article, prepare(document_of(article), furniture), place, erased=erased)]


def _restore_dead_letters(ports: RestorePorts, epoch: int, log_end: int, heard: Heard) -> None:
    """Records that ended as dead letters, where nothing later speaks of the article."""
    ends = {partition: end for partition, (_, end) in ports.reader.ends(DEAD_LETTERS).items()}
    done = 0
    for chunk in _chunks(ports.reader.read(DEAD_LETTERS, {}, ends)):
        letters = [read_dead_letter(record) for record in chunk]
        entries = ports.ledger.get({letter.key for letter in letters if letter.key})
        sections: list[tuple[str, Section]] = []
        for letter in letters:
            entry = entries[letter.key].value if letter.key and letter.key in entries else None
            if entry is None or entry.fetch is None or entry.fetch.fetched_at is None:
                continue
            if letter.stage == "clean" and (letter.partition, letter.offset) == (
                entry.fetch.partition,
                entry.fetch.offset,
            ):
                sections.append((entry.article_id, dead_page(entry, letter.reason)))
            elif letter.stage == "index" and letter.offset < log_end:
                place = position(letter.offset, epoch)
                sections.append((entry.article_id, dead_text(entry, place, letter.reason)))
        record_sections(ports.ledger, sections)
        heard("dead letters", done := done + len(chunk))


def _restore_discards(ports: RestorePorts, clean_ends: dict[int, int], heard: Heard) -> None:
    """Pages that were cleaned and left nothing behind were discarded: extract them again to learn why."""
    done = 0
    for chunk in _chunks(_values(ports.reader, RAW, clean_ends)):
        raws = [raw for _, raw in chunk if isinstance(raw, RawArticle)]
        entries = ports.ledger.get({raw.article_id for raw in raws})
        silent = [raw for raw in raws if _is_silent(entries[raw.article_id].value, raw)]
        sections = []
        for raw, result in zip(silent, ports.extractor.extract_all(silent), strict=True):
            if isinstance(result, Discard):
                section = CleanSection(
                    fetched_at=raw.fetched_at, outcome="discarded", reason=result.reason, run_id=RUN_ID
                )
                sections.append((raw.article_id, section))
        record_sections(ports.ledger, sections)
        heard("pages looked at again", done := done + len(chunk))


def _is_silent(entry: LedgerEntry, raw: RawArticle) -> bool:
    return entry.clean is None and entry.fetch is not None and entry.fetch.fetched_at == raw.fetched_at


def _restore_edits(ports: RestorePorts, membership: Membership) -> None:
    """The stories have the last word on what is hidden: the log forgets, and a copy is hidden by no edit."""
    present = (story for story in membership.stories.values() if story.merged_into is None)
    for chunk in _chunks(present):
        edits = {member.article_id: (story, member.edits) for story in chunk for member in story.members}
        entries = ports.ledger.get(edits)
        sections = []
        for article_id, (story, kinds) in edits.items():
            held = entries[article_id].value.edit if article_id in entries else None
            section = edit_section(held, kinds, story.version - 1)
            if section is not None:
                sections.append((article_id, section))
        record_sections(ports.ledger, sections)


def _erase(ports: RestorePorts, membership: Membership) -> None:
    """Texts that came with a snapshot of before their removal lose their words again."""
    ports.revisions.refresh()
    hidden = (article_id for article_id in membership.homes if membership.hides(article_id))
    for chunk in _chunks(hidden):
        kept = [text for text in ports.revisions.of(chunk) if text.article is not None]
        if kept:
            ports.revisions.replace([without_text(text) for text in kept])


def _first_list(reader: TopicReader, epoch: int, log_end: int) -> Furniture:
    """The first list the log still holds: used for the sketches of what came before it too."""
    for record, value in _values(reader, LOG, {0: log_end}):
        if isinstance(value, Edit) and value.furniture is not None:
            return decode(value.furniture, version(position(record.offset, epoch)))
    return Furniture()


def _values(
    reader: TopicReader, topic: str, limits: dict[int, int] | None = None
) -> Iterator[tuple[Record, object]]:
    """The values of a topic up to its ends, or up to `limits`; poison is left where it lies."""
    held = reader.ends(topic)
    ends = {p: end if limits is None else min(end, limits.get(p, 0)) for p, (_, end) in held.items()}
    for record in reader.read(topic, {}, ends):
        try:
            yield record, from_record(record)
        except InvalidRecord:
            continue  # it went to the dead letters, from where its account comes back


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    held: list[T] = []
    for item in items:
        held.append(item)
        if len(held) == CHUNK:
            yield held
            held = []
    if held:
        yield held
