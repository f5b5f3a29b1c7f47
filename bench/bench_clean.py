"""Our text and metadata beside other extractors' on the development benchmark, in one run.

    COPYDESK_SHARED=../shared python -m bench.bench_clean [--passes N] [--losses N] [--only NAME …]

Every extractor runs in a process of its own; the pages go round page by page, so that all meet the same
moments of the machine. The first pass is warm-up. Speed is pages per second of the process's CPU time, its
best pass; P, R and F1 are the benchmark's own scorer. `title` and `day` count the pages on which an
extractor agrees with ours, for want of a gold standard for metadata.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from bench.clean.extractors import EXTRACTORS, installed
from bench.clean.pages import Sample, samples, scorer


@dataclass
class Runner:
    """One extractor's process and what it has answered."""

    name: str
    process: subprocess.Popen[str] = field(init=False)
    passes: list[list[dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        command = [sys.executable, "-m", "bench.clean.worker", self.name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, number: int) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended; leave it out with --only")
        answer = json.loads(line)
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # it may have ended before us
            self.process.communicate()


def main() -> None:
    """Run, print the table, and then where ours loses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passes", type=int, default=2, help="timed passes after the warm-up")
    parser.add_argument(
        "--losses", type=int, default=15, help="pages to list where another is better than ours"
    )
    parser.add_argument("--only", nargs="*", choices=list(EXTRACTORS), help="extractors to run")
    arguments = parser.parse_args()
    pages = samples()
    runners = [Runner(name) for name in arguments.only or installed()]
    try:
        for _ in range(1 + arguments.passes):
            _go_round(runners, len(pages))
    finally:
        for runner in runners:
            runner.close()
    scores = {runner.name: _score(runner, pages) for runner in runners}
    _print_table(runners, scores, pages)
    if "copydesk" in scores:
        _print_losses(scores, pages, arguments.losses)


def _go_round(runners: list[Runner], pages: int) -> None:
    for runner in runners:
        runner.passes.append([])
    for number in range(pages):
        for runner in runners:
            runner.passes[-1].append(runner.ask(number))


def _score(runner: Runner, pages: list[Sample]) -> dict[str, Any]:
    texts = {page.name: answer["text"] for page, answer in zip(pages, runner.passes[-1], strict=True)}
    result = scorer().score({page.name: page.gold for page in pages}, texts)
    assert isinstance(result, dict)
    return result


def _print_table(runners: list[Runner], scores: dict[str, dict[str, Any]], pages: list[Sample]) -> None:
    print(f"{len(pages)} pages, {len(runners[0].passes) - 1} timed passes")
    names = f"{'P':>7}{'R':>7}{'F1':>7}{'exact':>7}{'empty':>6}{'pages/s':>9}{'x':>6}{'p99 ms':>8}{'MiB':>6}"
    print(f"{'':18}{names}{'title':>7}{'day':>6}")
    base = next((_speed(runner) for runner in runners if runner.name == "trafilatura"), None)
    ours = next((runner for runner in runners if runner.name == "copydesk"), None)
    for runner in runners:
        score, speed = scores[runner.name], _speed(runner)
        times = [answer["cpu"] for answers in runner.passes[1:] for answer in answers]
        agree = [_agreement(runner, ours, name, len(pages)) for name in ("title", "day")]
        print(
            f"{runner.name:18}{score['precision']:7.4f}{score['recall']:7.4f}{score['f1']:7.4f}{score['exact']:7.3f}{score['empty']:6d}"
            f"{speed:9.1f}{speed / base if base else 0:6.2f}{quantiles(times, n=100)[98] * 1000:8.1f}"
            f"{runner.passes[-1][-1]['peak'] / 2**20:6.0f}{agree[0]:7.2f}{agree[1]:6.2f}"
        )
    for name in EXTRACTORS:
        if name not in scores:
            print(f"{name:18}{'left out' if name in installed() else 'not installed'}")


def _speed(runner: Runner) -> float:
    return max(len(answers) / sum(answer["cpu"] for answer in answers) for answers in runner.passes[1:])


def _agreement(runner: Runner, ours: Runner | None, name: str, pages: int) -> float:
    if ours is None:
        return 0.0
    return sum(a[name] == b[name] for a, b in zip(runner.passes[-1], ours.passes[-1], strict=True)) / pages


def _print_losses(scores: dict[str, dict[str, Any]], pages: list[Sample], most: int) -> None:
    """The pages on which the best other extractor beats ours, the widest gap first."""
    rows = []
    for page in pages:
        values = {name: _f1(score["per_page"][page.name]) for name, score in scores.items()}
        best = max(
            (name for name in values if name != "copydesk"), key=lambda name: values[name], default=None
        )
        if best is not None and values[best] > values["copydesk"] + 0.005:
            rows.append((values[best] - values["copydesk"], page, values["copydesk"], best, values[best]))
    print(f"\nours is beaten by the best of the others on {len(rows)} of {len(pages)} pages")
    for _, page, own, best, value in sorted(rows, key=lambda row: -row[0])[:most]:
        print(f"  {own:.3f}  {best} {value:.3f}  {page.url[:90]}")


def _f1(page: dict[str, float | None]) -> float:
    p, r = page["precision"] or 0.0, page["recall"] or 0.0
    return 2 * p * r / (p + r) if p + r else 0.0


if __name__ == "__main__":
    main()
