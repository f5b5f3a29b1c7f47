"""Running the clean stage over the in-memory world, as a process that may die."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pipeline.adapters.memory import MemoryWorld
from pipeline.core.clean import extract
from pipeline.core.codec import from_record, to_message
from pipeline.core.costs import HostCost
from pipeline.core.ledger import FetchSection, LedgerEntry, apply
from pipeline.core.model import CleanArticle, HttpFacts, RawArticle, SourceFacts
from pipeline.core.reports import RunReport
from pipeline.core.urls import article_id
from pipeline.errors import Discard, InvalidRecord
from pipeline.ports import Extraction, Write
from pipeline.stages.clean import CleanPorts, CleanStage
from pipeline.stages.runner import Pace, consume
from pipeline.stages.runs import reported

RAW, LOG, GROUP = "news.articles.raw.v1", "news.articles.clean.v1", "copydesk-clean"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SENTENCE = "The council agreed on {} to repair the old bridge before the winter floods reach the lower town."
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class InProcess:
    """The Extractor port without processes: what the pool's workers do, here and now."""

    def extract_all(self, raws: Sequence[RawArticle]) -> list[Extraction]:
        return [self._one(raw) for raw in raws]

    def slowest(self) -> tuple[HostCost, ...]:
        return (HostCost(host="herald.example", pages=1, cpu_ms=12.5),)

    def close(self) -> None:
        pass

    def _one(self, raw: RawArticle) -> Extraction:
        try:
            return extract(raw)
        except (Discard, InvalidRecord) as error:
            return error


class Failing(InProcess):
    """Every page takes too long."""

    def _one(self, raw: RawArticle) -> Extraction:
        return InvalidRecord("extraction-timeout", "not done within 20 s")


def page(title: str = "Council repairs bridge", *, days: Sequence[str] = DAYS) -> bytes:
    text = "".join(f"<p>{SENTENCE.format(day)} {SENTENCE.format('next ' + day)}</p>" for day in days)
    return f"<html lang=en><title>{title}</title><body><article><h1>{title}</h1>{text}</article>".encode()


def raw(name: str = "bridge", *, minutes: int = 0, body: bytes | None = None) -> RawArticle:
    """The page at `https://herald.example/<name>`, fetched `minutes` after noon."""
    url = f"https://herald.example/{name}"
    return RawArticle(
        article_id=article_id(url),
        source_id="herald",
        url=url,
        canonical_url=url,
        run_id="fetch-1",
        fetched_at=NOON + timedelta(minutes=minutes),
        first_fetched_at=NOON,
        source=SourceFacts(name="Herald", country="GB", language="en"),
        http=HttpFacts(final_url=url, status=200, content_type="text/html"),
        body=page() if body is None else body,
    )


def fetched(world: MemoryWorld, *raws: RawArticle) -> None:
    """Put raw records into the topic and tell the ledger, as the fetch stage does."""
    for article in raws:
        placed = world.publisher().publish([to_message(article, source="/sources/herald")])[0]
        section = FetchSection(
            source_id=article.source_id,
            url=article.url,
            canonical_url=article.canonical_url,
            host="herald.example",
            run_id=article.run_id,
            discovered_at=NOON,
            attempted_at=article.fetched_at,
            outcome="fetched",
            first_fetched_at=NOON,
            fetched_at=article.fetched_at,
            partition=placed.partition,
            offset=placed.offset,
        )
        held = entry(world, article.article_id)
        changed = LedgerEntry(article_id=article.article_id) if held is None else held
        world.articles.put([Write(id=article.article_id, value=apply(changed, section))])


def entry(world: MemoryWorld, article: str) -> LedgerEntry | None:
    held = world.articles.get([article]).get(article)
    return held.value if held else None


def drain(world: MemoryWorld, extractor: InProcess | None = None, *, batch: int = 100) -> RunReport:
    """One run of the stage to the end of the topic."""
    with reported("clean", world.runs, world.articles, lambda: NOON + timedelta(hours=1)) as run:
        consumer = world.consumer(GROUP, RAW)
        ports = CleanPorts(
            publisher=world.publisher(), ledger=world.articles, extractor=extractor or InProcess()
        )
        try:
            consume(consumer, CleanStage(ports, run), Pace(batch=batch), run)
        finally:
            consumer.close()
    return run.report


def logged(world: MemoryWorld) -> list[CleanArticle]:
    """Every clean article of the log, in its order."""
    values = (from_record(record) for record in world.records(LOG))
    return [value for value in values if isinstance(value, CleanArticle)]
