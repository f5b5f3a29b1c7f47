"""The one place where the parts are put together: a stage, its ports out of a `World`, and its run report."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Literal

from pipeline import log
from pipeline.adapters.extraction import ProcessPool
from pipeline.adapters.http import HttpFetcher
from pipeline.adapters.kafka_consumer import KafkaConsumer
from pipeline.adapters.kafka_transactions import KafkaTransactions
from pipeline.core import catalogue
from pipeline.core.copies.furniture import Furniture
from pipeline.core.maintenance import PARTS, Part
from pipeline.core.positions import Standing
from pipeline.core.reports import RunReport, Tally
from pipeline.core.sources import Source
from pipeline.errors import ConfigError, Fenced
from pipeline.stages import fetch, fetch_rounds, letters
from pipeline.stages import replay as replaying
from pipeline.stages.clean import CleanPorts, CleanStage
from pipeline.stages.fetch import FetchPorts, Options
from pipeline.stages.furniture import LOG, furniture_of
from pipeline.stages.index import IndexPorts, IndexStage
from pipeline.stages.maintenance import MaintenancePorts, maintain
from pipeline.stages.rebuild import Outlook, Progressed, RebuildPorts, abandon, outlook, rebuild
from pipeline.stages.reindex import Reindexed, ReindexPorts, reindex
from pipeline.stages.restore import Restored, RestorePorts, restore
from pipeline.stages.runner import Ended, Pace, consume
from pipeline.stages.runs import reported
from pipeline.world import World

RAW = "news.articles.raw.v1"
CLEAN_GROUP = "copydesk-clean"
INDEX_GROUP = "copydesk-index"
REBUILD_ID = "copydesk-rebuild"
"""Transactional id of rebuilds: a new process of the kind fences the one before."""
SWITCH_POLL_SECONDS = 2.0
INDEX_SESSION_SECONDS = 10.0
"""How long a dead index writer holds the log before a standby takes over."""


logger = logging.getLogger(__name__)


def now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOrder:
    """What a person or a DAG may ask of a fetch run; by default all that is due.

    `sources` polls these alone; `force` polls them though they are not due; `limit` bounds the articles.
    """

    sources: frozenset[str] = frozenset()
    force: bool = False
    limit: int | None = None


def read_catalogue(path: Path) -> tuple[Source, ...]:
    """The sources in the catalogue at `path`. Raises ConfigError with line numbers."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"the catalogue of sources cannot be read: {error}", setting="COPYDESK_SOURCES"
        ) from error
    return catalogue.read(catalogue.decoded(octets, str(path)), str(path))


def plan_fetch(world: World, order: FetchOrder, shards: int) -> list[list[str]]:
    """The hosts with something due, in at most `shards` lists; no host is in two."""
    with _fetch_ports(world) as ports:
        options = _fetch_options(world, order, world.settings.drain_seconds, lambda: False)
        _, planned = fetch.plan(ports, read_catalogue(world.settings.sources), options, shards)
    return planned


def run_fetch(
    world: World,
    pace: Pace,
    trigger: str | None = None,
    *,
    hosts: Sequence[str] | None = None,
    order: FetchOrder | None = None,
) -> tuple[Ended, RunReport]:
    """One run of the fetch stage, at `hosts` or wherever something is due; a follower does round after round,
    each by the catalogue as it is then."""
    sources = read_catalogue(world.settings.sources)
    chosen = None if hosts is None else list(hosts)
    with reported("fetch", world.runs, world.ledger, now, trigger) as run:

        def fetch_due(sources: Sequence[Source], seconds: float) -> None:
            options = _fetch_options(world, order or FetchOrder(), seconds, pace.stop)
            with _fetch_ports(world) as ports:
                fetch.run(ports, sources, options, run, chosen)

        if pace.follow:
            seconds = min(pace.seconds, fetch_rounds.ROUND_SECONDS)
            present = partial(read_catalogue, world.settings.sources)
            fetch_rounds.follow(lambda: fetch_due(present(), seconds), run, pace.stop)
        else:
            fetch_due(sources, pace.seconds)
    return "stopped" if pace.stop() else "at-the-ends", run.report


def run_clean(world: World, pace: Pace, trigger: str | None = None) -> tuple[Ended, RunReport]:
    """One run of the clean stage over the raw topic."""
    with (
        reported("clean", world.runs, world.ledger, now, trigger) as run,
        closing(KafkaConsumer(world.settings, CLEAN_GROUP, RAW)) as consumer,
        closing(ProcessPool(world.settings.clean_workers)) as extractor,
    ):
        ports = CleanPorts(publisher=world.publisher, ledger=world.ledger, extractor=extractor)
        ended = consume(consumer, CleanStage(ports, run), pace, run)
    return ended, run.report


def run_index(world: World, pace: Pace, trigger: str | None = None) -> tuple[Ended, RunReport]:
    """One run of the index stage over the log; ends `fenced` quietly when another writer took over."""
    with (
        reported("index", world.runs, world.ledger, now, trigger) as run,
        closing(_index_consumer(world)) as consumer,
    ):
        ports = IndexPorts(
            consumer=consumer,
            transactions=KafkaTransactions(world.settings, consumer, INDEX_GROUP),
            ledger=world.ledger,
            revisions=world.revisions,
            stories=world.stories,
            takeover=world.takeover,
            succession=world.succession,
        )
        stage = IndexStage(ports, run, world.settings.epoch, now)
        try:
            ended = consume(consumer, stage, pace, run, commits=False, idle=stage.settle)
            while ended == "at-the-ends" and stage.settle():
                ended = consume(consumer, stage, pace, run, commits=False)
        except Fenced as error:
            log.event(logger, "writer.fenced", run=run.run_id, error=error)
            ended = "fenced"
    return ended, run.report


def run_rebuild(
    world: World, pace: Pace, heard: Callable[[str, int], None], trigger: str | None = None
) -> tuple[Progressed, RunReport]:
    """One bounded run of the rebuild in progress, or of a new one. Once it is `ready` the next run of the
    index stage, or a worker that follows, brings it into force."""
    with reported("rebuild", world.runs, world.ledger, now, trigger) as run:
        try:
            progressed = rebuild(_rebuild_ports(world), standing(world), pace, run, now, heard)
        except Fenced:
            progressed = "stood-by"
    return progressed, run.report


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """How a rebuild stands: `in-force` once readers see it, at `epoch`; else as `stages.rebuild` says."""

    state: Progressed | Literal["in-force"]
    epoch: int
    report: RunReport


def rebuild_stories(
    world: World, pace: Pace, heard: Callable[[str, int], None], trigger: str | None = None
) -> Rebuilt:
    """Decide the retained stories anew under the furniture list in force, and bring that into force.

    Goes on with a rebuild begun before. Within `pace.seconds`; call it again while it says `unfinished`, or
    `ready`, which is brought into force by whichever run of the index stage comes next. Readers are answered
    meanwhile, and a running index worker steps over by itself. Raises ConfigError when the log no longer
    holds the list in force, or while `copydesk index rebuild` is filling.
    """
    deadline = time.monotonic() + pace.seconds
    state, report = run_rebuild(world, pace, heard, trigger)
    while state == "ready" and not _is_settled(world):
        heard("brought into force", 0)
        left = max(1.0, deadline - time.monotonic())
        ended, _ = run_index(world, replace(pace, follow=False, seconds=left), trigger)
        if pace.stop() or time.monotonic() > deadline:
            break
        if ended != "at-the-ends":
            time.sleep(SWITCH_POLL_SECONDS)  # another writer owns the log, and steps over
    done = state == "ready" and _is_settled(world)
    return Rebuilt(state="in-force" if done else state, epoch=standing(world).epoch, report=report)


def look_out(world: World) -> Outlook:
    """What a rebuild would do now; changes nothing."""
    return outlook(_rebuild_ports(world), standing(world))


def abandon_rebuild(world: World) -> bool:
    """Forget the rebuild in progress; False when there is none, or it is being brought into force."""
    return abandon(_rebuild_ports(world), standing(world))


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """What maintenance did, or would do: `done` counts it by reason. `run_id` is None for a dry run."""

    run_id: str | None
    done: Mapping[str, int]


def run_maintenance(
    world: World,
    pace: Pace,
    trigger: str | None = None,
    *,
    parts: Collection[Part] = PARTS,
    dry_run: bool = False,
) -> Maintained:
    """Do what is due of `parts`. `pace` bounds a rebuild: call again while `rebuild(unfinished)` is counted,
    and after the index stage ran while `rebuild(waits-for-list)` is."""
    if dry_run:
        tally = Tally()
        maintain(_maintenance_ports(world, lambda: "due"), parts, tally, now(), dry_run=True)
        return Maintained(run_id=None, done=dict(tally.outcomes))
    with reported("maintenance", world.runs, world.ledger, now, trigger) as run:

        def rebuild_once() -> str:
            return rebuild_stories(world, pace, lambda _what, _done: run.heard(), trigger).state

        maintain(_maintenance_ports(world, rebuild_once), parts, run.tally, now(), heard=run.heard)
    return Maintained(run_id=run.run_id, done=run.report.outcomes)


def replay_pages(
    world: World, wanted: replaying.Wanted, pace: Pace, trigger: str | None = None
) -> tuple[datetime | None, RunReport]:
    """Retained pages through the clean stage again; with the time from which to go on when out of time."""
    with (
        reported("clean", world.runs, world.ledger, now, trigger) as run,
        closing(ProcessPool(world.settings.clean_workers)) as extractor,
    ):
        ports = CleanPorts(publisher=world.publisher, ledger=world.ledger, extractor=extractor)
        left = replaying.replay(world.reader, CleanStage(ports, run), wanted, pace, run)
    return left, run.report


def open_letters(world: World, stage: str | None = None, reason: str | None = None) -> list[letters.Letter]:
    """The open dead letters of a stage, for a reason, in order."""
    found = letters.letters(
        world.reader,
        world.ledger,
        lambda letter: stage in (None, letter.stage) and reason in (None, letter.reason),
    )
    return [held for held in found if held.is_open]


def run_reindex(world: World, heard: Callable[[str, int, int], None]) -> Reindexed:
    """Fill a new version of the readers' index and put it in place; an interrupted run is taken up."""
    ports = ReindexPorts(
        reader=world.reader, stories=world.stories, following=world.next_index, wait=time.sleep
    )
    return reindex(ports, heard)


def run_restore(world: World, heard: Callable[[str, int], None]) -> Restored:
    """Bring an empty Elasticsearch back from the topics; `heard` is told what was read so far."""
    reader, settings = world.reader, world.settings
    log_end = {p: offset for p, (offset, _) in reader.committed(INDEX_GROUP, LOG).items()}
    clean_ends = {p: offset for p, (offset, _) in reader.committed(CLEAN_GROUP, RAW).items()}
    with closing(ProcessPool(settings.clean_workers)) as extractor:
        ports = RestorePorts(
            reader=reader,
            ledger=world.ledger,
            revisions=world.revisions,
            stories=world.stories,
            extractor=extractor,
        )
        return restore(
            ports, epoch=standing(world).epoch, log_end=log_end.get(0, 0), clean_ends=clean_ends, heard=heard
        )


def standing(world: World) -> Standing:
    """The epoch and furniture list the index stage goes by now."""
    committed = world.reader.committed(INDEX_GROUP, LOG)
    held = Standing.read(next((metadata for _, metadata in committed.values()), ""))
    return replace(held, epoch=max(held.epoch, world.settings.epoch))


def furniture_in_force(world: World) -> Furniture:
    """The list under which the index stage decides now."""
    return furniture_of(world.reader, standing(world))


@contextmanager
def stopping() -> Iterator[Callable[[], bool]]:
    """Turns SIGTERM and Ctrl-C into a question the loop asks between batches; a second one kills."""
    asked = False

    def ask(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(number, signal.SIG_DFL)

    held = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield lambda: asked
    finally:
        for number, handler in held.items():
            signal.signal(number, handler)


@contextmanager
def _fetch_ports(world: World) -> Iterator[FetchPorts]:
    """The threads are those in which the blocking ports run beside the event loop."""
    settings = world.settings
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="fetch") as threads:
        yield FetchPorts(
            fetcher=HttpFetcher(
                settings.user_agent, settings.host_table, concurrency=settings.fetch_concurrency
            ),
            publisher=world.publisher,
            ledger=world.ledger,
            sources=world.sources,
            hosts=world.hosts,
            bodies=world.source_bodies,
            clock=now,
            threads=threads,
        )


def _fetch_options(world: World, order: FetchOrder, seconds: float, stop: Callable[[], bool]) -> Options:
    return Options(
        agent=world.settings.user_agent,
        # A container begun again has the name and number of the one that died, whose lease is not its own.
        owner=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
        pace_seconds=world.settings.pace_seconds,
        concurrency=world.settings.fetch_concurrency,
        seconds=seconds,
        only=order.sources,
        force=order.force,
        limit=order.limit,
        stop=stop,
    )


def _is_settled(world: World) -> bool:
    """Whether no rebuild is under way any more."""
    return world.generations.present() is None


def _maintenance_ports(world: World, rebuild_once: Callable[[], str]) -> MaintenancePorts:
    return MaintenancePorts(
        texts=world.texts,
        bodies=world.old_bodies,
        old_runs=world.old_runs,
        ledger=world.ledger,
        reader=world.reader,
        publisher=world.publisher,
        snapshots=world.snapshots,
        rebuild=rebuild_once,
        index_group=INDEX_GROUP,
    )


def _rebuild_ports(world: World) -> RebuildPorts:
    @contextmanager
    def member(group: str) -> Iterator[tuple[KafkaConsumer, KafkaTransactions]]:
        settings = world.settings
        with closing(KafkaConsumer(settings, group, LOG, session_seconds=INDEX_SESSION_SECONDS)) as consumer:
            yield consumer, KafkaTransactions(settings, consumer, REBUILD_ID)

    return RebuildPorts(carry=world.carry, reader=world.reader, member=member)


def _index_consumer(world: World) -> KafkaConsumer:
    return KafkaConsumer(world.settings, INDEX_GROUP, LOG, session_seconds=INDEX_SESSION_SECONDS)
