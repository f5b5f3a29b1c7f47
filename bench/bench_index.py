"""How many articles a second the index stage takes from the log to searchable stories, over a full window.

    python -m bench.bench_index [--window 100000] [--seconds 600] [--by-search 0] [--ahead 400] [--batch 200]

Real servers on free ports, started for the purpose. The window is filled past the stage, `ahead` × `seconds`
articles are put into the log, and a worker in a process of its own takes them for that long; before it, for
comparison, another one for `by-search` seconds that asks the index every time. Times are those of the worker,
CPU that of each process. `--window 10000 --seconds 60` is a quick look.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import psutil

from bench.index.arrivals import Arrivals
from bench.index.figures import Took, Turn, show
from bench.index.window import chunks, fill, hurried
from infra.local.instance import Instance
from infra.local.throwaway import throwaway_instance
from pipeline import settings as settings_module
from pipeline.adapters.apply_index import apply_indices
from pipeline.adapters.apply_topics import apply_topics
from pipeline.adapters.elastic_clients import client
from pipeline.adapters.elastic_revisions import ElasticRevisions
from pipeline.bootstrap import run_index
from pipeline.core.codec import to_message
from pipeline.core.copies.furniture import Furniture, encode
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen
from pipeline.core.copies.tokens import tokenize
from pipeline.core.model import CleanArticle, Edit
from pipeline.core.positions import position, version
from pipeline.settings import Settings
from pipeline.stages.runner import Pace
from pipeline.world import World

EPOCH = 1
"""The window lies in epoch 0, so that its stories do not count as left unsent by a crash."""
LEARNT_ON = 8_000


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
        with closing(client(settings)) as elastic, hurried(elastic):
            _in_processes(fill_part, range(options.window), settings, arrivals, in_force)
        ahead = int(options.ahead * (options.seconds + options.by_search))
        _in_processes(announce, range(options.window, options.window + ahead), settings, arrivals)
        print(f"{options.window:,} articles in {_segments(settings)} segments of news-revisions", flush=True)
        if options.by_search:
            print("every lookup by search:")
            show(_worked(instance, settings, options.batch, options.by_search, True), options.window)
        show(_worked(instance, settings, options.batch, options.seconds, False), options.window)
        print(f"{_segments(settings)} segments of news-revisions in the end")


def ordinary_news(count: int) -> Iterator[Seen]:
    """Other articles of three weeks, on which is learnt what is common, as in an installation of some age."""
    others = Arrivals(count, seed=2)
    for number in range(count):
        article = others.article(number)
        moment = article.event_at + number * timedelta(weeks=2) / count
        yield Seen(article.source_id, article.language, moment, tokenize(article.text))


def fill_part(numbers: range, settings: Settings, arrivals: Arrivals, furniture: Furniture) -> None:
    """A part of the window, in epoch 0."""
    with closing(World(settings)) as world:
        fill(numbers, world, arrivals, furniture)


def announce(numbers: range, settings: Settings, arrivals: Arrivals) -> None:
    """Put the articles into the log."""
    for chunk in chunks(numbers):
        _publish(settings, [arrivals.article(number) for number in chunk])


def work(settings: Settings, batch: int, seconds: float, by_search: bool, servers: Mapping[str, int]) -> Took:
    """One run of the index stage in a process of its own. `servers` are their process ids."""
    world, turns = World(settings), list[Turn]()
    if by_search:
        world.revisions = ElasticRevisions(client(settings), lookup_worth=0)
    watched = {"worker": os.getpid(), **servers}

    def note() -> bool:
        turns.append(Turn(time.perf_counter(), {name: _cpu(pid) for name, pid in watched.items()}))
        return False

    _, report = run_index(world, Pace(batch=batch, seconds=seconds, stop=note))
    world.close()
    return Took(report, turns, _peak_memory())


def _worked(instance: Instance, settings: Settings, batch: int, seconds: float, by_search: bool) -> Took:
    statuses = instance.status().items()
    servers = {name: status.pid for name, status in statuses if status.pid and status.state == "running"}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, settings, batch, seconds, by_search, servers).result()


def _publish(settings: Settings, values: Sequence[CleanArticle | Edit]) -> None:
    with closing(World(settings)) as world:
        world.publisher.publish([to_message(value, source="/stages/clean") for value in values])


def _in_processes(job: Callable[..., None], numbers: range, *facts: object) -> None:
    """Half of the numbers each in two processes; raises what they raise."""
    began, half = time.perf_counter(), numbers[: len(numbers) // 2]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for run in [pool.submit(job, part, *facts) for part in (half, numbers[len(half) :])]:
            run.result()
    seconds = time.perf_counter() - began
    print(f"{job.__name__}: {len(numbers):,} articles in {seconds:.0f} s", flush=True)


def _segments(settings: Settings) -> int:
    with closing(client(settings)) as elastic:
        stats = elastic.indices.stats(index="news-revisions", metric="segments")
        return int(stats["_all"]["primaries"]["segments"]["count"])


def _cpu(pid: int) -> float:
    """CPU-seconds of a process and its children so far."""
    leader = psutil.Process(pid)
    times = [process.cpu_times() for process in (leader, *leader.children(recursive=True))]
    return sum(spent.user + spent.system for spent in times)


def _peak_memory() -> float:
    """MiB. Not `ru_maxrss`, which begins with that of the process we were started by."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--window", type=int, default=100_000, help="articles in the window; also 300000")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long the worker works")
    parser.add_argument("--by-search", type=float, default=0.0, help="how long one works that only searches")
    parser.add_argument(
        "--ahead", type=float, default=400.0, help="articles a second put into the log before"
    )
    parser.add_argument("--batch", type=int, default=200, help="records at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
