"""A window over `news-revisions` in the memory of the process: what the index holds, as of the last refresh.

    before a refresh: up to where has everything been written?        (`note`)
    after it: what came since, by sequence number, into the window    (`as_of`)

Nothing is taken over from our own writes, so it is right whatever happened to them, and whoever else wrote.
It is filled once the lookups of this process have cost as much as that would: a drain of a few articles asks
the index, a worker soon asks no more. Another index behind the alias is another window.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from pipeline.adapters.elastic_clients import Client, ask
from pipeline.core.copies.lookup import Sketched, milliseconds, numbers
from pipeline.core.copies.window import Window

LOOKUP_WORTH: Final = 100
"""Sketches that are read in the time of one lookup (docs/benchmarks.md)."""
PAGE: Final = 1000
SLACK: Final = timedelta(days=1)
"""How much further back than now needed a window reaches: the next batch may ask for a little more."""
_FIELDS: Final = ("position", "language", "event_at", "net_shingles", "terms")


@dataclass(frozen=True, slots=True)
class _Standing:
    """The index behind the alias, and the sequence number up to which everything has been written."""

    index: str
    written: int


class ElasticWindow:
    """The window of one process over one alias."""

    def __init__(self, client: Client, alias: str, lookup_worth: int = LOOKUP_WORTH) -> None:
        self._client, self._alias, self._worth = client, alias, lookup_worth
        self._standing: _Standing | None = None
        self._held: Window | None = None
        self._loaded = _Standing("", -1)
        self._asked = 0

    def note(self) -> None:
        """To be called before each refresh."""
        self._standing = self._stands()

    def as_of(self, lookups: int, earliest: datetime) -> Window | None:
        """The window as of the last refresh; None while the index had better be asked.

        `lookups` come now, and reach back to `earliest`, where a window that is filled for them begins.
        """
        standing = self._standing
        if standing is None:
            return None
        if self._held is None or self._loaded.index != standing.index:
            start = milliseconds(earliest - SLACK)
            self._asked += lookups
            if self._asked * self._worth < self._count(start):
                return None
            self._held, self._loaded = Window(start), _Standing(standing.index, -1)
        if self._loaded != standing:
            for page in self._since(self._loaded.written, self._held.horizon):
                self._held.add(page)
            self._loaded = standing
        return self._held

    def _stands(self) -> _Standing | None:
        """None for more than one shard: sequence numbers are each shard's own."""
        stats = ask(
            "the index cannot be looked at",
            lambda: self._client.indices.stats(
                index=self._alias,
                metric="docs",
                level="shards",
                filter_path="indices.*.uuid,indices.*.shards.*.routing.primary,indices.*.shards.*.seq_no",
            ),
            index=self._alias,
        )
        primaries = [
            _Standing(index["uuid"], copy["seq_no"]["local_checkpoint"])
            for index in stats.body.get("indices", {}).values()
            for copies in index["shards"].values()
            for copy in copies
            if copy["routing"]["primary"]
        ]
        return primaries[0] if len(primaries) == 1 else None

    def _count(self, start: int) -> int:
        request = partial(self._client.count, index=self._alias, query=_dated_from(start))
        return int(ask("the window cannot be counted", request, index=self._alias).body["count"])

    def _since(self, written: int, horizon: int) -> Iterator[list[Sketched]]:
        """What lies above a sequence number and is dated from the horizon on, in pages."""
        while True:
            request = partial(
                self._client.search,
                index=self._alias,
                query={"bool": {"filter": [{"range": {"_seq_no": {"gt": written}}}, _dated_from(horizon)]}},
                sort=[{"_seq_no": "asc"}],
                size=PAGE,
                source_includes=list(_FIELDS),
                track_total_hits=False,
                allow_partial_search_results=False,
            )
            hits = ask("the window cannot be read", request, index=self._alias).body["hits"]["hits"]
            yield [_sketched(hit) for hit in hits]
            if len(hits) < PAGE:
                return
            written = hits[-1]["sort"][0]


def _dated_from(start: int) -> dict[str, Any]:
    return {"range": {"event_at": {"gte": start, "format": "epoch_millis"}}}


def _sketched(hit: Mapping[str, Any]) -> Sketched:
    source = hit["_source"]
    return Sketched(
        key=hit["_id"],
        position=source["position"],
        language=source["language"],
        event_at=datetime.fromisoformat(source["event_at"]),
        net_shingles=source["net_shingles"],
        terms=numbers(source["terms"]),
    )
