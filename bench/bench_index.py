"""How many articles a second the index stage takes from the log to searchable stories, over a full window.

    python -m bench.bench_index [--window 100000] [--seconds 600] [--ahead 260] [--batch 200]

Real servers on free ports, started for the purpose. The window is filled past the stage, with what it would
have decided for articles without copies; then `ahead` × `seconds` articles are put into the log, and a worker
of its own process takes them for that long. Times are those of the worker, CPU that of each process.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import psutil

from bench.index.arrivals import Arrivals
from infra.local.instance import Instance
from infra.local.throwaway import throwaway_instance
from pipeline import settings as settings_module
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.memory import MemoryWorld
from pipeline.bootstrap import run_index
from pipeline.core.codec import to_message
from pipeline.core.copies.furniture import Furniture, encode
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen
from pipeline.core.copies.tokens import tokenize
from pipeline.core.model import CleanArticle, Edit
from pipeline.core.positions import position, version
from pipeline.core.reports import RunReport
from pipeline.core.stories.decide import decide_article
from pipeline.settings import Settings
from pipeline.stages.index_texts import Texts
from pipeline.stages.index_view import BatchView
from pipeline.stages.index_writes import write
from pipeline.stages.runner import Pace
from pipeline.world import World

CHUNK = 500
EPOCH = 1
"""The window lies in epoch 0, so that its stories do not count as left unsent by a crash."""
LEARNT_ON = 8_000
GOALS = {100_000: 150, 300_000: 100}
"""Articles a second, sustained for ten minutes on two cores."""
STEPS = ("decode", "lookup", "decide", "write", "publish", "commit")


@dataclass(frozen=True, slots=True)
class Took:
    """What the worker says of itself: seconds of each batch, CPU-seconds, peak memory in MiB."""

    report: RunReport
    batches: list[float]
    cpu: float
    peak: float


def main() -> None:
    options = _options()
    os.environ.setdefault("COPYDESK_ELASTICSEARCH_HEAP", "1g")
    with throwaway_instance() as instance:
        settings = settings_module.load(instance.environment() | {"COPYDESK_EPOCH": str(EPOCH)})
        apply_topics(settings)
        apply_indices(settings)
        arrivals = Arrivals(options.window)
        furniture = learn(ordinary_news(LEARNT_ON))
        listed = Edit(kind="furniture", at=datetime.now(UTC), by="bench", furniture=encode(furniture))
        _publish(settings, [listed])
        in_force = furniture.at(version(position(0, EPOCH)))
        _in_processes(fill, range(options.window), settings, arrivals, in_force)
        ahead = range(options.window, options.window + int(options.ahead * options.seconds))
        _in_processes(announce, ahead, settings, arrivals)
        print(f"{options.window:,} articles in {_segments(settings)} segments of news-revisions", flush=True)
        before = _cpu(instance)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            took = pool.submit(work, settings, options.batch, options.seconds).result()
        after = _cpu(instance)
        print_figures(took, {name: after[name] - before[name] for name in after}, options)
        print(f"{_segments(settings)} segments of news-revisions in the end")


def ordinary_news(count: int) -> Iterator[Seen]:
    """Other articles of three weeks, on which is learnt what is common, as in an installation of some age."""
    others = Arrivals(count, seed=2)
    for number in range(count):
        article = others.article(number)
        moment = article.event_at + number * timedelta(weeks=2) / count
        yield Seen(article.source_id, article.language, moment, tokenize(article.text))


def fill(numbers: range, settings: Settings, arrivals: Arrivals, furniture: Furniture) -> None:
    """Store what the stage would have decided for articles without copies, in epoch 0."""
    world = World(settings)
    empty = MemoryWorld()
    texts = Texts()
    texts.use(furniture)
    nothing = BatchView(empty.articles, empty.revisions, empty.stories, texts)
    for chunk in _chunks(numbers):
        decisions = [decide_article(arrivals.article(number), number, nothing) for number in chunk]
        write(decisions, {}, world.ledger, world.revisions, world.stories)
    world.revisions.refresh()
    world.stories.refresh()
    world.close()


def announce(numbers: range, settings: Settings, arrivals: Arrivals) -> None:
    """Put the articles into the log."""
    for chunk in _chunks(numbers):
        _publish(settings, [arrivals.article(number) for number in chunk])


def work(settings: Settings, batch: int, seconds: float) -> Took:
    """One run of the index stage in a process of its own."""
    world, turns = World(settings), list[float]()

    def note() -> bool:
        turns.append(time.perf_counter())
        return False

    _, report = run_index(world, Pace(batch=batch, seconds=seconds, stop=note))
    world.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    batches = [after - before for before, after in pairwise(turns)]
    return Took(report, batches, used.ru_utime + used.ru_stime, _peak_memory())


def print_figures(took: Took, servers: dict[str, float], options: argparse.Namespace) -> None:
    """The rate against its goal, where the time went, and whether a batch costs at the end what it did."""
    report, details = took.report, took.report.details
    articles = sum(report.outcomes.values())
    seconds = sum(took.batches)
    goal = GOALS.get(options.window)
    said = "" if goal is None else f", goal {goal} {'met' if articles / seconds >= goal else 'MISSED'}"
    print(f"{articles:,} articles in {seconds:.0f} s: {articles / seconds:.0f} a second{said}")
    print(f"outcomes {report.outcomes}; {details.get('candidates', 0) / articles:.1f} candidates an article")
    for step in STEPS:
        spent = details.get(f"{step}_seconds", 0.0)
        print(f"  {step:<8}{spent / articles * 1000:>8.2f} ms an article {spent / seconds:>6.0%}")
    full = took.batches[2:] or took.batches
    tenth = max(1, len(full) // 10)
    first, last = statistics.median(full[:tenth]), statistics.median(full[-tenth:])
    print(f"batches: {len(full)}; median {first:.2f} s in the first tenth, {last:.2f} s in the last")
    cpu = {"worker": took.cpu} | servers
    print("CPU-seconds: " + ", ".join(f"{name} {spent:.0f}" for name, spent in cpu.items()))
    print(f"worker: {took.peak:.0f} MiB at its peak; load {os.getloadavg()[0]:.1f}", flush=True)


def _publish(settings: Settings, values: Sequence[CleanArticle | Edit]) -> None:
    world = World(settings)
    world.publisher.publish([to_message(value, source="/stages/clean") for value in values])
    world.close()


def _in_processes(job: Callable[..., None], numbers: range, *facts: object) -> None:
    """Half of the numbers each in two processes; raises what they raise."""
    began, half = time.perf_counter(), len(numbers) // 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for run in [pool.submit(job, part, *facts) for part in (numbers[:half], numbers[half:])]:
            run.result()
    pace = len(numbers) / (time.perf_counter() - began)
    print(f"{job.__name__}: {pace:,.0f} articles a second", flush=True)


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))


def _segments(settings: Settings) -> int:
    world = World(settings)
    stats = world.next_index._client.indices.stats(index="news-revisions", metric="segments")
    world.close()
    return int(stats["_all"]["primaries"]["segments"]["count"])


def _cpu(instance: Instance) -> dict[str, float]:
    """CPU-seconds of each server so far."""
    found = {}
    for name, status in instance.status().items():
        if status.pid is not None and status.state == "running":
            leader = psutil.Process(status.pid)
            times = [process.cpu_times() for process in (leader, *leader.children(recursive=True))]
            found[name] = sum(spent.user + spent.system for spent in times)
    return found


def _peak_memory() -> float:
    """MiB. Not `ru_maxrss`, which begins with that of the process we were started by."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--window", type=int, default=100_000, help="articles in the window; also 300000")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long the worker works")
    parser.add_argument(
        "--ahead", type=float, default=260.0, help="articles a second put into the log before"
    )
    parser.add_argument("--batch", type=int, default=200, help="records at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
