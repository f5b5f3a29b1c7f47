"""Writing to the ledger: read, apply, compare-and-set, until every section stands.

Four writers share a document, each with a section of its own (`core.ledger`). Nobody holds a lock: who
comes second reads again and applies again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.core.ledger import LedgerEntry, Section, apply
from pipeline.errors import IndexUnavailable
from pipeline.ports import Documents, Stored, Write

ATTEMPTS = 20
"""Rounds before we call it a fault: writers of one document are three, so a second round is rare."""


def record(
    ledger: Documents[LedgerEntry],
    sections: Iterable[tuple[str, Section]],
    held: Mapping[str, Stored[LedgerEntry]] | None = None,
) -> dict[str, LedgerEntry]:
    """Apply the sections, in the order given per article, and return the entries as they now stand.

    `held` are entries the caller has just read, which saves reading them again. An entry that a section
    does not change is not written. Raises IndexUnavailable when other writers do not let us through.
    """
    todo: dict[str, list[Section]] = {}
    for article_id, section in sections:
        todo.setdefault(article_id, []).append(section)
    entries: dict[str, LedgerEntry] = {}
    known = held
    for _ in range(ATTEMPTS):
        if not todo:
            return entries
        if known is None:
            known = ledger.get(list(todo))
        writes = [_write(article_id, todo[article_id], known.get(article_id)) for article_id in todo]
        refused = set(ledger.put([write for write in writes if _differs(write, known.get(write.id))]))
        entries |= {write.id: write.value for write in writes if write.id not in refused}
        todo = {article_id: todo[article_id] for article_id in refused}
        known = None
    raise IndexUnavailable("the ledger kept changing under our writes", articles=len(todo))


def _write(
    article_id: str, sections: list[Section], stored: Stored[LedgerEntry] | None
) -> Write[LedgerEntry]:
    entry = stored.value if stored else LedgerEntry(article_id=article_id)
    for section in sections:
        entry = apply(entry, section)
    return Write(id=article_id, value=entry, tag=stored.tag if stored else "")


def _differs(write: Write[LedgerEntry], stored: Stored[LedgerEntry] | None) -> bool:
    return stored is None or stored.value != write.value
