"""The two indices the suites run against, and values to put into them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import schemas
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.adapters.elastic_revisions import ElasticRevisions
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.adapters.elastic_window import LOOKUP_WORTH
from pipeline.adapters.memory import MemoryWorld
from pipeline.core.hosts import HostState
from pipeline.core.ledger import CleanSection, FetchSection, LedgerEntry
from pipeline.core.model import CleanArticle, Content, Member, Revision, SourceFacts, Story
from pipeline.ports import Documents, Revisions
from pipeline.ports import Stories as StoriesPort
from pipeline.settings import Settings

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Stores(Protocol):
    """Empty stores of one test, made at first use."""

    def ledger(self) -> Documents[LedgerEntry]: ...
    def hosts(self) -> Documents[HostState]: ...
    def revisions(self) -> Revisions: ...
    def stories(self) -> StoriesPort: ...
    def close(self) -> None: ...


class InMemory:
    """MemoryWorld behind the tests."""

    def __init__(self) -> None:
        self._world = MemoryWorld()

    def ledger(self) -> Documents[LedgerEntry]:
        return self._world.articles

    def hosts(self) -> Documents[HostState]:
        return self._world.hosts

    def revisions(self) -> Revisions:
        return self._world.revisions

    def stories(self) -> StoriesPort:
        return self._world.stories

    def close(self) -> None:
        pass


class OnElasticsearch:
    """The contract's indices under names of their own, refreshed only when asked to."""

    def __init__(self, settings: Settings, lookup_worth: int = LOOKUP_WORTH) -> None:
        self._lookup_worth = lookup_worth
        self.client = elastic_clients.client(settings)
        self._mark = uuid.uuid4().hex[:8]
        self._made: dict[str, str] = {}

    def ledger(self) -> Documents[LedgerEntry]:
        return ElasticDocuments(self.client, self.alias("news-articles"), LedgerEntry)

    def hosts(self) -> Documents[HostState]:
        return ElasticDocuments(self.client, self.alias("news-hosts"), HostState)

    def revisions(self) -> Revisions:
        return ElasticRevisions(self.client, self.alias("news-revisions"), self._lookup_worth)

    def stories(self) -> StoriesPort:
        return ElasticStories(self.client, self.alias("news-stories"))

    def close(self) -> None:
        for index in self._made.values():
            self.client.indices.delete(index=index)
        self.client.close()

    def alias(self, name: str) -> str:
        alias = f"test-{self._mark}-{name}"
        if name not in self._made:
            self._made[name] = f"{alias}-index"
            contract = schemas.indices()[name]
            self.client.indices.create(
                index=self._made[name],
                settings={**contract.settings, "refresh_interval": "-1"},
                mappings=contract.mappings,
                aliases={alias: {"is_write_index": True}},
            )
        return alias


def entry(number: int, **fetch: Any) -> LedgerEntry:
    """A discovered article; `fetch` overrides fields of its section."""
    given: dict[str, Any] = {
        "source_id": "tagblatt",
        "url": f"https://tagblatt.example/{number}",
        "canonical_url": f"https://tagblatt.example/{number}",
        "host": "tagblatt.example",
        "run_id": "fetch-1",
        "discovered_at": NOW,
        "attempted_at": NOW,
        "outcome": "discovered",
    }
    return LedgerEntry(article_id=f"a-{number:020}", fetch=FetchSection(**{**given, **fetch}))


def cleaned(entry: LedgerEntry) -> LedgerEntry:
    section = CleanSection(fetched_at=NOW, outcome="published", run_id="clean-1")
    return replace(entry, state="cleaned", clean=section)


def article(number: int) -> CleanArticle:
    return CleanArticle(
        article_id=f"a-{number:020}",
        source_id="tagblatt",
        url=f"https://tagblatt.example/{number}",
        canonical_url=f"https://tagblatt.example/{number}",
        revision="0123456789abcdef",
        extraction_version="1",
        fetched_at=NOW,
        first_fetched_at=NOW,
        event_at=NOW,
        source=SourceFacts(name="Tagblatt"),
        title="Häuser",
        text="Ein Text.",
        language="de",
        word_count=2,
    )


def sketch_of(words: str) -> tuple[str, ...]:
    """Terms of a sketch, a short word for each."""
    return tuple(sorted(word.encode().hex().rjust(16, "0") for word in words.split()))


def revision(number: int, terms: str = "a b c d", **fields: Any) -> Revision:
    """A text with terms written as words."""
    given: dict[str, Any] = {
        "article_id": f"a-{number:020}",
        "revision": "0123456789abcdef",
        "position": number,
        "source_id": "tagblatt",
        "title": "Häuser",
        "language": "de",
        "event_at": NOW,
        "kept_until": NOW + 45 * 24 * HOUR,
        "terms": sketch_of(terms),
        "net_shingles": 500,
        "furniture": 0,
        "article": article(number),
    }
    return Revision(**{**given, **fields})


def story(number: int, version: int = 1, **fields: Any) -> Story:
    """An active story of one member."""
    member = Member(
        article_id=f"a-{number:020}",
        revision="0123456789abcdef",
        fetched_at=NOW,
        event_at=NOW,
        url=f"https://tagblatt.example/{number}",
        source_id="tagblatt",
        title="Häuser",
        word_count=2,
        extraction_version="1",
        joined=version - 1,
    )
    content = Content(
        url=member.url,
        source_id="tagblatt",
        source_name="Tagblatt",
        source_country="DE",
        title="Häuser",
        text="Ein Text über Häuser.",
        language="de",
        word_count=2,
        first_fetched_at=NOW,
    )
    given: dict[str, Any] = {
        "story_id": f"s-{number:020}",
        "version": version,
        "status": "active",
        "change": "created",
        "changed_at": NOW,
        "event_at": NOW,
        "members": (member,),
        "lead": member.article_id,
        "content": content,
    }
    return Story(**{**given, **fields})
