"""Mutated pages through the extraction pool: none may crash it, hang it, or be lost.

    python -m bench.fuzz_clean [--pages N] [--seed N] [--workers N] [--seconds N]

Seeds are the invented pages of the tests, and those of the development benchmark where COPYDESK_SHARED
leads to it. Every page ends `published`, `discarded(reason)` or `dead-lettered(reason)`; the reasons come
from the closed lists. Exit status 1 when a page is missing, a worker could not be kept up, a reason is
unknown, or an `extraction-failed` shows that our code did not expect a page.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import get_args

from bench.clean.mutations import mutated
from bench.clean.seeds import seeds
from pipeline.adapters.extraction import Explained, ProcessPool
from pipeline.core.clean import DISCARD_REASONS, Extracted
from pipeline.core.codec import to_message
from pipeline.core.dead_letters import DeadLetterReason
from pipeline.core.model import HttpFacts, RawArticle, SourceFacts
from pipeline.core.urls import article_id
from pipeline.errors import Discard, InvalidRecord

BATCH = 100
MOMENT = datetime(2026, 11, 20, tzinfo=UTC)
TYPES = (
    None,
    "text/html",
    "text/html; charset=utf-8",
    "text/html; charset=windows-1251",
    "text/html; charset=x",
)


def main() -> None:
    """Run, print the outcomes and the slowest batch, and exit by the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10.0, help="limit of one page")
    arguments = parser.parse_args()
    pool = ProcessPool(arguments.workers, seconds=arguments.seconds)
    try:
        sys.exit(_fuzz(pool, arguments.pages, arguments.seed))
    finally:
        pool.close()


def _fuzz(pool: ProcessPool, pages: int, seed: int) -> int:
    raws = islice(_raws(random.Random(seed)), pages)
    outcomes: Counter[str] = Counter()
    faults: list[str] = []
    started = time.monotonic()
    while batch := list(islice(raws, BATCH)):
        results = pool.explain_all(batch)
        if len(results) != len(batch):
            faults.append(f"{len(batch) - len(results)} pages of a batch were lost")
        for raw, result in zip(batch, results, strict=False):
            outcome = _outcome(result)
            outcomes[outcome] += 1
            if fault := _fault(result):
                faults.append(f"{raw.url}: {fault}")
    for outcome, count in outcomes.most_common():
        print(f"{count:7d}  {outcome}")
    seconds = time.monotonic() - started
    print(f"{outcomes.total()} of {pages} pages accounted for in {seconds:.0f} s, seed {seed}")
    for fault in faults[:10]:
        print(fault, file=sys.stderr)
    return 1 if faults or outcomes.total() != pages else 0


def _raws(source: random.Random) -> Iterator[RawArticle]:
    bodies = seeds()
    number = 0
    while True:
        number += 1
        url = f"https://fuzz.example/{source.choice(('news', '2026/11/19', 'world'))}/page-{number}"
        yield RawArticle(
            article_id=article_id(url),
            source_id="fuzz",
            url=url,
            canonical_url=url,
            run_id="fuzz",
            fetched_at=MOMENT,
            first_fetched_at=MOMENT,
            source=SourceFacts(name="Fuzz"),
            http=HttpFacts(final_url=url, status=200, content_type=source.choice(TYPES)),
            body=mutated(source.choice(bodies), bodies, source),
        )


def _outcome(result: Explained) -> str:
    match result:
        case Extracted():
            return "published"
        case Discard():
            return f"discarded({result.reason})"
        case InvalidRecord():
            return f"dead-lettered({result.reason})"


def _fault(result: Explained) -> str | None:
    """What is wrong: an article that cannot be published, a reason outside the lists, a bug."""
    if isinstance(result, Extracted):
        try:
            to_message(result.article, source="/stages/clean")
        except InvalidRecord as error:
            return f"cannot be published: {error}"
        return None
    known = DISCARD_REASONS if isinstance(result, Discard) else frozenset(get_args(DeadLetterReason))
    if result.reason not in known:
        return f"unknown reason {result.reason}"
    return result.message if result.reason == "extraction-failed" else None


if __name__ == "__main__":
    main()
