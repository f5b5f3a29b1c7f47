"""Daily maintenance: what expired is deleted, a snapshot is taken, furniture is learnt.

    texts ──► runs ──► snapshot ──► furniture ──► rebuild
    and       90 days  one a day    one a week,   once, under
    bodies             for 14 days  as an edit    the first list

Each part looks first and acts only on what is due, so a second run on the same day does nothing. What was
done is counted, with its reason, in the report of the run. A learnt list changes nothing here: it comes into
force where its edit stands in the log, for the records after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from pipeline import log
from pipeline.core.codec import to_message
from pipeline.core.copies.furniture import encode
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import MAX_DOCUMENTS, Seen
from pipeline.core.evidence import SourceBody
from pipeline.core.ledger import LedgerEntry
from pipeline.core.maintenance import (
    PARTS,
    Part,
    bodies_expire_before,
    first_article_ids,
    is_rebuild_due,
    is_still_listed,
    list_due,
    runs_expire_before,
    shares,
)
from pipeline.core.model import Edit, Revision
from pipeline.core.reports import RunReport, Tally
from pipeline.core.snapshots import expired_snapshots, is_snapshot_due, snapshot_name
from pipeline.core.stories.kept import kept_document
from pipeline.errors import IndexUnavailable
from pipeline.ports import Archive, Documents, Publisher, Snapshots, TopicReader, Where
from pipeline.stages.furniture import newest_list, standing_of

SOURCE = "/stages/maintenance"
CHUNK = 500
READ_AT_MOST = 2 * MAX_DOCUMENTS
"""Texts read for learning: enough to draw a full sample from, and a minute's work."""

logger = logging.getLogger(__name__)

Held = Archive[Revision] | Archive[SourceBody] | Archive[RunReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenancePorts:
    """`index_group` is the group whose committed offset says which list is in force; `rebuild` goes on with
    the rebuild in progress, or begins one, and says how it stands. `snapshots` is None where the server
    takes them by itself.
    """

    texts: Archive[Revision]
    bodies: Archive[SourceBody]
    old_runs: Archive[RunReport]
    ledger: Documents[LedgerEntry]
    reader: TopicReader
    publisher: Publisher
    snapshots: Snapshots | None
    rebuild: Callable[[], str]
    index_group: str


def maintain(
    ports: MaintenancePorts,
    parts: Collection[Part],
    tally: Tally,
    now: datetime,
    *,
    dry_run: bool = False,
    heard: Callable[[], None] = lambda: None,
) -> None:
    """Do what is due of `parts`, counting it; a dry run counts what would be done, and does nothing.

    Raises what the ports raise; what was done until then stays done and counted.
    """
    work = _Work(ports, tally, now, dry_run, heard)
    steps: dict[Part, Callable[[], None]] = {
        "texts": work.delete_texts,
        "runs": work.delete_runs,
        "snapshot": work.take_snapshot,
        "furniture": work.learn_furniture,
        "rebuild": work.rebuild,
    }
    for part in PARTS:
        if part in parts:
            heard()
            steps[part]()


@dataclass(frozen=True, slots=True)
class _Work:
    ports: MaintenancePorts
    tally: Tally
    now: datetime
    dry_run: bool
    heard: Callable[[], None]

    def delete_texts(self) -> None:
        """Those past their time, save of articles that their source still shows us; documents of sources."""
        self.ports.texts.refresh()
        expired = Where(ranges={"kept_until": (None, self.now)})
        ids = (kept.article_id for kept in self.ports.texts.find(expired, order="article_id"))
        for chunk in _chunks(article_id for article_id, _ in groupby(ids)):
            entries = self.ports.ledger.get(chunk)
            listed = {id for id, stored in entries.items() if is_still_listed(stored.value, self.now)}
            self._delete("text-expired", self.ports.texts, _of(set(chunk) - listed, expired))
            if kept := self._how_many(self.ports.texts, _of(listed, expired)):
                self.tally.count("kept", "still-listed", kept)
            self.heard()
        self.ports.bodies.refresh()
        old = Where(ranges={"fetched_at": (None, bodies_expire_before(self.now))})
        self._delete("body-expired", self.ports.bodies, old)

    def delete_runs(self) -> None:
        """An open one is of a process that died, and is closed first, by the next run of any stage."""
        self.ports.old_runs.refresh()
        old = Where(
            terms={"status": ["finished", "failed", "dead"]},
            ranges={"started_at": (None, runs_expire_before(self.now))},
        )
        self._delete("run-expired", self.ports.old_runs, old)

    def take_snapshot(self) -> None:
        """One a day, then delete the old ones. Raises IndexUnavailable when it did not become whole."""
        snapshots = self.ports.snapshots
        if snapshots is None:
            return
        if is_snapshot_due(snapshots.held(), self.now):
            state = "due" if self.dry_run else snapshots.take(snapshot_name(self.now)).state
            self.tally.count("snapshot", state)
            if state in ("partial", "failed"):
                raise IndexUnavailable("the snapshot is not whole; Elasticsearch's log says why", state=state)
        for name in expired_snapshots(snapshots.held(), self.now):
            if not self.dry_run:
                snapshots.delete(name)
            self.tally.count("deleted", "snapshot-expired")

    def learn_furniture(self) -> None:
        """Learn a list if one is due, and put it into the log. A first list of nothing is none."""
        self.ports.texts.refresh()
        texts = self.ports.texts.counts("source_id", Where())
        due = list_due(
            self.now,
            newest_list(self.ports.reader, self.ports.index_group),
            documents=sum(texts.values()),
            began=self._first_discovery(),
        )
        if due is None:
            return
        if self.dry_run:
            self.tally.count("list", f"{due}-due")
            return
        furniture = learn(self._sampled(texts))
        self.tally.details["furniture_hashes"] = furniture.size
        if due == "first" and not furniture.size:
            return
        edit = Edit(kind="furniture", at=self.now, by="maintenance", furniture=encode(furniture))
        self.ports.publisher.publish([to_message(edit, source=SOURCE)])
        self.tally.count("list", due)
        log.event(logger, "furniture.learnt", list=due, hashes=furniture.size)

    def rebuild(self) -> None:
        """Decide anew what was decided under no list, once one is in force."""
        _, standing = standing_of(self.ports.reader, self.ports.index_group)
        self.ports.texts.refresh()
        without = self._how_many(self.ports.texts, Where(terms={"furniture": [0]}))
        if is_rebuild_due(list_in_force=bool(standing.furniture), decided_without=without):
            self.tally.count("rebuild", "due" if self.dry_run else self.ports.rebuild())
        elif without and newest_list(self.ports.reader, self.ports.index_group) is not None:
            self.tally.count("rebuild", "waits-for-list")

    def _delete(self, reason: str, archive: Held, where: Where) -> None:
        done = self._how_many(archive, where) if self.dry_run else archive.delete(where)
        if done:
            self.tally.count("deleted", reason, done)

    def _how_many(self, archive: Held, where: Where) -> int:
        field = "stage" if archive is self.ports.old_runs else "source_id"
        return sum(archive.counts(field, where).values())

    def _sampled(self, texts: dict[str, int]) -> Iterator[Seen]:
        """The newest text of every article read: one that is corrected daily is still one document."""
        parts = shares(texts, READ_AT_MOST)
        bounds: dict[str | None, list[str]] = {}
        for source, part in parts.items():
            bounds.setdefault(first_article_ids(part), []).append(source)
        for bound, sources in bounds.items():
            where = Where(terms={"source_id": sources}, ranges={"article_id": (None, bound)})
            found = self.ports.texts.find(where, order="article_id")
            for _, revisions in groupby(found, key=lambda kept: kept.article_id):
                newest = max(revisions, key=lambda kept: kept.position)
                self.heard()
                yield Seen(newest.source_id, newest.language, newest.event_at, kept_document(newest).tokens)

    def _first_discovery(self) -> datetime | None:
        found = self.ports.ledger.find(
            Where(present=["fetch.discovered_at"]), order="fetch.discovered_at", limit=1
        )
        return next((stored.value.fetch.discovered_at for stored in found if stored.value.fetch), None)


def _of(article_ids: Collection[str], where: Where) -> Where:
    """`where`, and of these articles alone."""
    return Where(terms={"article_id": sorted(article_ids)}, ranges=where.ranges)


def _chunks(items: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
