"""The ledger: for every URL ever discovered one document that says where it is and why.

Four sections, each with one writer. A writer hands over its whole section; one that is older than what
is there is ignored, an equal one replaces it, and `state` is derived anew:

    fetch ──┐
    clean ──┤   apply(entry, section)  ──►  entry, with its state
    index ──┤
    edit  ──┘
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pipeline.core.model import Entry

State = Literal[
    "discovered", "fetched", "cleaned", "indexed", "discarded", "dead-lettered", "parked", "gone", "removed"
]
IN_FLIGHT: tuple[State, ...] = ("discovered", "fetched", "cleaned")
FetchOutcome = Literal["discovered", "fetched", "not-modified", "deferred", "discarded"]
CleanOutcome = Literal["published", "unchanged", "discarded", "dead-lettered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSection:
    """The fetch stage's word: when and how we heard of the URL, and how the last attempt ended.

    `attempted_at` orders the section. `fetched_at` is the time of the last raw record and names that fetch
    for the later stages; it is null until there is one. `validated_at` is the last unconditional 200.
    `due_at` is when the URL should be asked (again), null for never. `missing_since` is the first 404 or
    410 of the present absence. `entry` is what the source announced, without its summary: every fetch of
    the article hands the same facts to the clean stage, also one that runs days later.
    """

    source_id: str
    url: str
    canonical_url: str
    host: str
    run_id: str
    discovered_at: datetime
    attempted_at: datetime
    outcome: FetchOutcome
    reason: str | None = None
    attempts: int = 0
    attempt_run_id: str | None = None
    visits: int = 0
    due_at: datetime | None = None
    first_fetched_at: datetime | None = None
    fetched_at: datetime | None = None
    partition: int | None = None
    offset: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_sha256: str | None = None
    entry_signature: str | None = None
    entry: Entry | None = None
    missing_since: datetime | None = None
    validated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSection:
    """The clean stage's word on one fetch. `published_fetch` names the fetch whose text was published last.

    `content_hash` covers text and metadata of that publication, so an equal page ends `unchanged`;
    `sketch` is what the next revision is compared with (`core.clean.changes`).
    """

    fetched_at: datetime
    outcome: CleanOutcome
    run_id: str
    reason: str | None = None
    published_fetch: datetime | None = None
    revision: str | None = None
    content_hash: str | None = None
    offset: int | None = None
    sketch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSection:
    """The index stage's word: the position that counted last and the story the article first joined.

    `fetched_at` is that of the record at `position`; `error` is set when that record was dead-lettered.
    """

    position: int
    fetched_at: datetime
    story_id: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSection:
    """The edits in force. `parked_fetch` names the fetch a `park` is about.

    `awaiting`: it was said to be back or restored, and its next record has not arrived; fetch asks for it
    without validators.
    """

    position: int
    gone: bool = False
    removed: bool = False
    with_copies: bool = False
    awaiting: bool = False
    parked_fetch: datetime | None = None
    at: datetime | None = None
    by: str | None = None
    reason: str | None = None


Section = FetchSection | CleanSection | IndexSection | EditSection


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One URL's whole account; `state` is always `derive_state` of the four sections."""

    article_id: str
    state: State = "discovered"
    fetch: FetchSection | None = None
    clean: CleanSection | None = None
    index: IndexSection | None = None
    edit: EditSection | None = None


def apply(entry: LedgerEntry, section: Section) -> LedgerEntry:
    """Put `section` in its place unless it is older than what stands there; return the new entry.

    Idempotent, and for sections of different writers independent of order. A removed article's account holds
    no word of it.
    """
    match section:
        case FetchSection():
            entry = _with_fetch(entry, section)
        case CleanSection():
            if entry.clean is None or section.fetched_at >= entry.clean.fetched_at:
                entry = replace(entry, clean=section)
        case IndexSection():
            if entry.index is None or section.position >= entry.index.position:
                entry = replace(entry, index=section)
        case EditSection():
            if entry.edit is None or section.position >= entry.edit.position:
                entry = replace(entry, edit=section)
    entry = replace(entry, state=derive_state(entry))
    return _without_words(entry) if entry.state == "removed" else entry


def derive_state(entry: LedgerEntry) -> State:
    """The state of an article: the first rule that applies, in the order of the index machine's note."""
    fetch, clean, index, edit = entry.fetch, entry.clean, entry.index, entry.edit
    if edit and edit.removed:
        return "removed"
    if edit and edit.gone:
        return "gone"
    if index and index.story_id is not None:
        return "indexed"
    if edit and edit.parked_fetch and not _later_fetch(fetch, edit.parked_fetch):
        return "parked"
    if (
        index
        and index.error
        and (clean is None or index.fetched_at >= (clean.published_fetch or index.fetched_at))
    ):
        return "dead-lettered"
    if clean and not _later_fetch(fetch, clean.fetched_at):
        return _state_of_clean(clean)
    return _state_of_fetch(fetch)


def _without_words(entry: LedgerEntry) -> LedgerEntry:
    """Of what the source announced only where and when is kept: its title is a text that was removed too."""
    if entry.fetch is None or entry.fetch.entry is None:
        return entry
    told = entry.fetch.entry
    bare = Entry(url=told.url, published_at=told.published_at, updated_at=told.updated_at)
    return replace(entry, fetch=replace(entry.fetch, entry=bare))


def _with_fetch(entry: LedgerEntry, section: FetchSection) -> LedgerEntry:
    """The first discovery stays what it was, whichever attempt is written first."""
    held = entry.fetch
    if held is None:
        return replace(entry, fetch=section)
    if section.attempted_at < held.attempted_at:
        return entry
    return replace(entry, fetch=replace(section, discovered_at=held.discovered_at, run_id=held.run_id))


def _later_fetch(fetch: FetchSection | None, than: datetime) -> bool:
    return fetch is not None and fetch.fetched_at is not None and fetch.fetched_at > than


def _state_of_clean(clean: CleanSection) -> State:
    if clean.outcome in ("published", "unchanged"):
        return "cleaned"
    return "discarded" if clean.outcome == "discarded" else "dead-lettered"


def _state_of_fetch(fetch: FetchSection | None) -> State:
    if fetch is None:
        return "discovered"
    if fetch.fetched_at is not None:
        return "fetched"
    return "discarded" if fetch.outcome == "discarded" else "discovered"
