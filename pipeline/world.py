"""Everything outside, behind the ports: which adapter stands behind which port, in plain assignments.

Clients are made at first use and belong to the process that made them: make a `World` inside a task, never
at import.
"""

from __future__ import annotations

from functools import cached_property

from pipeline import settings as settings_module
from pipeline.adapters import elastic_clients, elastic_generations
from pipeline.adapters.elastic_archive import ElasticArchive
from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.adapters.elastic_generations import ElasticGenerations
from pipeline.adapters.elastic_reindex import ElasticReindex
from pipeline.adapters.elastic_revisions import ElasticRevisions
from pipeline.adapters.elastic_search import ElasticSearcher
from pipeline.adapters.elastic_snapshots import ElasticSnapshots
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.adapters.kafka_publisher import KafkaPublisher
from pipeline.adapters.kafka_reader import KafkaTopicReader
from pipeline.core.evidence import SourceBody
from pipeline.core.hosts import HostState
from pipeline.core.ledger import LedgerEntry
from pipeline.core.model import Revision
from pipeline.core.reports import RunReport
from pipeline.core.sources import SourceState
from pipeline.settings import Settings
from pipeline.stages.index_succession import Succession
from pipeline.stages.index_takeover import Takeover
from pipeline.stages.rebuild_carry import CarryPorts


class World:
    """Everything outside, behind the ports, for one process."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or settings_module.load()

    @cached_property
    def ledger(self) -> ElasticDocuments[LedgerEntry]:
        return ElasticDocuments(self._elastic, "news-articles", LedgerEntry)

    @cached_property
    def sources(self) -> ElasticDocuments[SourceState]:
        return ElasticDocuments(self._elastic, "news-sources", SourceState)

    @cached_property
    def source_bodies(self) -> ElasticDocuments[SourceBody]:
        return ElasticDocuments(self._elastic, "news-sources-bodies", SourceBody)

    @cached_property
    def hosts(self) -> ElasticDocuments[HostState]:
        return ElasticDocuments(self._elastic, "news-hosts", HostState)

    @cached_property
    def runs(self) -> ElasticDocuments[RunReport]:
        return ElasticDocuments(self._elastic, "news-runs", RunReport)

    @cached_property
    def revisions(self) -> ElasticRevisions:
        return ElasticRevisions(self._elastic)

    @cached_property
    def stories(self) -> ElasticStories:
        return ElasticStories(self._elastic)

    @cached_property
    def next_index(self) -> ElasticReindex:
        return ElasticReindex(self._elastic)

    @cached_property
    def texts(self) -> ElasticArchive[Revision]:
        return ElasticArchive(self._elastic, "news-revisions", Revision)

    @cached_property
    def old_bodies(self) -> ElasticArchive[SourceBody]:
        return ElasticArchive(self._elastic, "news-sources-bodies", SourceBody)

    @cached_property
    def old_runs(self) -> ElasticArchive[RunReport]:
        return ElasticArchive(self._elastic, "news-runs", RunReport)

    @cached_property
    def snapshots(self) -> ElasticSnapshots | None:
        repository = self.settings.snapshot_repository
        return ElasticSnapshots(self._elastic, repository) if repository else None

    @cached_property
    def generations(self) -> ElasticGenerations:
        return ElasticGenerations(self._elastic)

    @cached_property
    def carry(self) -> CarryPorts:
        return CarryPorts(
            generations=self.generations,
            ledger=self.ledger,
            stories=self.stories,
            texts=self.texts,
            next_ledger=ElasticDocuments(self._elastic, elastic_generations.ARTICLES, LedgerEntry),
            next_revisions=ElasticRevisions(self._elastic, elastic_generations.REVISIONS),
            next_stories=ElasticStories(self._elastic, elastic_generations.STORIES),
        )

    @cached_property
    def succession(self) -> Succession:
        return Succession(
            generations=self.generations,
            reader=self.reader,
            ledger=self.ledger,
            stories=self.stories,
            next_ledger=self.carry.next_ledger,
            next_stories=self.carry.next_stories,
        )

    @cached_property
    def searcher(self) -> ElasticSearcher:
        return ElasticSearcher(self._elastic)

    @cached_property
    def reader(self) -> KafkaTopicReader:
        return KafkaTopicReader(self.settings)

    @cached_property
    def publisher(self) -> KafkaPublisher:
        return KafkaPublisher(self.settings)

    @cached_property
    def takeover(self) -> Takeover:
        return Takeover(
            reader=self.reader, ledger=self.ledger, revisions=self.revisions, stories=self.stories
        )

    @cached_property
    def _elastic(self) -> elastic_clients.Client:
        return elastic_clients.client(self.settings)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("reader", "publisher", "_elastic"):
            if name in self.__dict__:
                self.__dict__[name].close()
