"""Entries into the ledger: the step after which nothing announced can be lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipeline.core import entries
from pipeline.core.ledger import FetchSection, LedgerEntry
from pipeline.core.model import Entry
from pipeline.core.sources import Source
from pipeline.core.visits import announced
from pipeline.ports import Documents
from pipeline.stages import ledger
from pipeline.stages.runs import Run

CHUNK = 1_000


def discover(
    store: Documents[LedgerEntry], run: Run, source: Source, found: Mapping[str, Entry], now: datetime
) -> tuple[int, dict[str, LedgerEntry]]:
    """Give every entry its account, and return how many are new and those to be fetched now, by article id.

    An entry another worker brought at the same moment is counted by the worker whose run the ledger names.
    """
    new = 0
    due: dict[str, LedgerEntry] = {}
    names = list(found)
    for start in range(0, len(names), CHUNK):
        chunk = names[start : start + CHUNK]
        held = store.get(chunk)
        sections: list[tuple[str, FetchSection]] = []
        for name in chunk:
            first = entries.discovered(source, found[name], now, run.run_id)
            before = held[name].value.fetch if name in held else None
            section = announced(before, first, now)
            if section is not None and not _is_removed(held[name].value if name in held else None):
                sections.append((name, section))
        for name, entry in ledger.record(store, sections, held).items():
            if name not in held and entry.fetch is not None and entry.fetch.run_id == run.run_id:
                new += 1
            due[name] = entry
    run.tally.discovered += new
    return new, due


def _is_removed(entry: LedgerEntry | None) -> bool:
    """An operator's removal stands whatever the source says."""
    return entry is not None and entry.edit is not None and entry.edit.removed
