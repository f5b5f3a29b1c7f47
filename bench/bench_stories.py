"""How well copies are found: `make bench-stories`, or `python -m bench.bench_stories --bases 3000`.

Everything in one run on an invented newsroom: the standard set beside exact hashing, SimHash and MinHash-LSH,
recall by edit kind, joins by kind of negative, the hard set, more languages, what the standard set lacks, a
cold start, and the speed. Ends with the goals and exits 1 if one is missed. `--vary` moves the numbers of the
edge test one by one instead.

The furniture list is learnt on other articles of the same newsroom than those that are scored, except where
the row says otherwise. MinHash-LSH needs a library that the project does not: `pip install rensa`; without
it these rows are left out.

`--texts FILE` takes real news for invented texts, a line `{"title","text","language"}` each, half of them to
learn from and half to be scored. `--coverage FILE` asks how much real coverage of the same events merges:
lines as `copydesk stories assign` takes them, with an `event` each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.stories import baselines
from bench.stories.assigner import assign, connected, documents
from bench.stories.cold import from_cold
from bench.stories.coverage import coverage
from bench.stories.machine import through_the_stage
from bench.stories.press import Archive, Invented, Press, archives, invented
from bench.stories.scoring import (
    Pair,
    Score,
    b_cubed,
    cluster_pairs,
    direct_pairs,
    joins_by_kind,
    recall_by_kind,
)
from bench.stories.sets import TRAINING, Article, Newsroom, edges, hard, standard
from bench.stories.varying import ready, vary
from pipeline.core.copies import Document, Furniture, prepare, relate, sketch, tokenize
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen

LANGUAGES = ("ru", "fa", "zh", "th")
NEGATIVES = ("item", "notice", "round-up", "same-event", "excerpt", "alert-plus", "small-outlet")
FEWEST_TO_LEARN = 1000
"""Base articles, so that a small run scores the copy test and not a list that has seen nothing."""

FEWEST_REAL = 60
"""Base articles below which real texts of a language are too few to say anything."""


def main() -> int:
    """Measure and print; 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="bench_stories", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bases", type=int, default=3000, help="base articles of the standard set")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--vary", action="store_true", help="move the numbers of the edge test instead")
    parser.add_argument("--texts", type=Path, help="real news in place of invented texts")
    parser.add_argument("--coverage", type=Path, help="only ask how much of this real coverage merges")
    options = parser.parse_args()
    if options.coverage:
        coverage(options.coverage)
        return 0
    presses: list[Press] = [invented(code) for code in ("en", *LANGUAGES)]
    if options.texts:
        presses = [archive for archive in archives(options.texts) if archive.bases >= FEWEST_REAL]
    bench = Bench(presses, options.bases, options.seed)
    if options.vary:
        bench.vary()
        return 0
    bench.standard()
    bench.hard()
    bench.edges()
    bench.languages()
    bench.cold()
    bench.speed()
    return bench.verdict()


class Bench:
    """The sections, in the order they are printed; `goals` collects what was promised."""

    def __init__(self, presses: Sequence[Press], bases: int, seed: int) -> None:
        press, *self._others_spoken = presses
        self._bases, self._seed = _at_most(bases, press), seed
        self._share = 1.0 if isinstance(press, Invented) else self._bases / 3000
        self._room = Newsroom(press)
        self._goals: list[tuple[str, float, str, float]] = []
        size = _at_most(max(bases, FEWEST_TO_LEARN), press)
        training = [
            *standard(self._room, seed + TRAINING, size),
            *edges(self._room, seed + TRAINING + 1, self._share),
        ]
        self._list = learnt(documents(training))

    def standard(self) -> None:
        """The standard set, ours and others'."""
        articles = standard(self._room, self._seed, self._bases)
        texts = documents(articles)
        _head(f"standard set: {_sizes(articles)}")
        print(f"{'':42}{'direct pairs':>21}{'clusters':>24}{'B-cubed':>9}")
        print(f"{'':42}{'P':>7}{'R':>7}{'F1':>7}{'P':>8}{'R':>8}{'F1':>8}{'F1':>9}{'s':>7}")
        self._others(articles)
        clusters = self._ours(articles, texts)
        _kinds("recall by kind", recall_by_kind(articles, clusters))
        joins = joins_by_kind(articles, clusters, NEGATIVES)
        _kinds("joins by kind of negative", joins)
        self._goal("standard set, cluster F1", cluster_pairs(articles, clusters).f1, ">=", 0.9995)
        self._goal("round-ups merged", joins["round-up"], "<=", 0.01)
        self._goal("templates and items merged", max(joins["notice"], joins["item"]), "<=", 0.001)

    def hard(self) -> None:
        """The hard set."""
        articles = hard(self._room, self._seed, self._bases * 2 // 5)
        texts = documents(articles)
        _head(f"hard set: {_sizes(articles)}")
        _clustered("list learnt on what is scored", articles, assign(texts, learnt(texts)).clusters)
        clusters = assign(texts, self._list).clusters
        score = _clustered("list learnt on other articles", articles, clusters)
        _kinds("recall by kind", recall_by_kind(articles, clusters))
        self._goal("hard set, cluster F1", score.f1, ">=", 0.98)
        self._goal("hard set, precision", score.precision, ">=", 0.995)

    def edges(self) -> None:
        """Wires, same events, excerpts, alerts, small outlets."""
        articles = edges(self._room, self._seed, self._share)
        texts = documents(articles)
        _head(f"what the standard set lacks: {_sizes(articles)}")
        _clustered("list learnt on what is scored", articles, assign(texts, learnt(texts)).clusters)
        found = assign(texts, self._list)
        _clustered("list learnt on other articles", articles, found.clusters)
        wires = _largest_parts(articles, found.clusters, "wire")
        print("wire stories of 40, 40, 40, 40, 40 and 50 outlets joined:", _shares(wires))
        alerts = _largest_parts(articles, found.clusters, "alert")
        print(f"alerts carried unchanged joined: {sum(part == 1 for part in alerts)} of {len(alerts)}")
        joins = joins_by_kind(articles, found.clusters, NEGATIVES)
        _kinds("joins by kind of negative", joins)
        kinds = Counter(
            verdict.kind or "nothing"
            for (one, other), verdict in found.verdicts.items()
            if {articles[one].kind, articles[other].kind} == {"base", "excerpt"}
        )
        print("excerpts from the middle and their articles:", dict(kinds))
        self._goal("a wire story of 40 outlets joined", min(wires), ">=", 0.99)
        self._goal("same-event pairs merged", joins["same-event"], "<=", 0.02)

    def languages(self) -> None:
        """A tenth of the standard and hard set in other scripts."""
        _head("other languages: a tenth of the standard set, and of the hard set")
        for press in self._others_spoken:
            room, code = Newsroom(press), press.language.code
            size = _at_most(max(self._bases // 10, FEWEST_TO_LEARN // 2), press)
            listed = learnt(documents(standard(room, self._seed + TRAINING, size)))
            scored = _at_most(self._bases // 10, press) if isinstance(press, Invented) else size
            for name, articles in (
                ("standard", standard(room, self._seed, scored)),
                ("hard", hard(room, self._seed, scored * 2 // 5)),
            ):
                clusters = assign(documents(articles), listed).clusters
                score = cluster_pairs(articles, clusters)
                joins = joins_by_kind(articles, clusters, NEGATIVES)
                print(
                    f"{code} {name:9} P {score.precision:.4f} R {score.recall:.4f} F1 {score.f1:.4f}"
                    f" B3 {b_cubed(articles, clusters).f1:.4f} joins {_shares(joins.values())}"
                )
                if name == "standard":
                    self._goal(f"standard set in {code}, cluster F1", score.f1, ">=", 0.995)

    def cold(self) -> None:
        """A fresh installation over three weeks."""
        articles = standard(self._room, self._seed, self._bases)
        _head("cold start: a list and a rebuild once enough was seen, then a list every four days")
        after, rebuilt = 0.0, False
        for day in from_cold(articles, documents(articles), every=4):
            rebuilt = rebuilt or day.rebuilt
            if not rebuilt or day.rebuilt or day.number % 7 == 0:
                moment = "after the rebuild" if day.rebuilt else ""
                print(
                    f"day {day.number:2}: {day.articles:6} articles, list {day.listed:6}, P"
                    f" {day.score.precision:.4f} R {day.score.recall:.4f} F1 {day.score.f1:.4f} {moment}"
                )
            after = day.score.f1
        self._goal("cold start, cluster F1 after three weeks", after, ">=", 0.99)

    def speed(self) -> None:
        """In seconds of one core, on articles of the standard set."""
        _head("speed, in seconds of one core")
        articles = standard(self._room, self._seed, 300)
        started = time.process_time()
        texts = documents(articles)
        prepared = [prepare(text, self._list) for text in texts]
        for text in prepared:
            sketch(text)
        rate = len(articles) / (time.process_time() - started)
        pairs = list(assign(texts, self._list).verdicts)
        started = time.process_time()
        for one, other in pairs:
            relate(prepared[one], prepared[other])
        per_pair = (time.process_time() - started) / len(pairs) * 1000
        words = sum(len(tokenize(article.text)) for article in articles) / len(articles)
        print(f"{rate:.0f} articles/s from text to sketch ({words:.0f} words), {per_pair:.3f} ms a pair")
        self._goal("articles/s from text to sketch", rate, ">=", 800)
        self._goal("ms a pair", per_pair, "<=", 0.25)

    def vary(self) -> None:
        """One number of the edge test at a time."""
        sets = [
            ready(name, articles, documents(articles), self._list)
            for name, articles in (
                ("standard", standard(self._room, self._seed, self._bases)),
                ("hard", hard(self._room, self._seed, self._bases * 2 // 5)),
                ("edges", edges(self._room, self._seed, self._share)),
            )
        ]
        print(" | ".join(["number", "value", *(found.name for found in sets)]))
        for name, value, scores in vary(sets):
            print(" | ".join([name, str(value), *scores]), flush=True)

    def verdict(self) -> int:
        """The goals; 1 if one is missed."""
        _head("goals")
        missed = 0
        for name, value, sign, goal in self._goals:
            met = value >= goal if sign == ">=" else value <= goal
            missed += not met
            print(f"{'met   ' if met else 'MISSED'} {name}: {value:.5g} ({sign} {goal:g})")
        return 1 if missed else 0

    def _ours(self, articles: Sequence[Article], texts: Sequence[Document]) -> list[int]:
        for name, furniture in (
            ("copies.v1, no list", Furniture()),
            ("copies.v1, list learnt on what is scored", learnt(texts)),
            ("copies.v1, list learnt on other articles", self._list),
        ):
            started = time.perf_counter()
            found = assign(texts, furniture)
            _row(name, articles, found.edges, found.clusters, started)
        quoting = {
            found.verdicts[pair].longer for pair in found.verdicts if found.verdicts[pair].kind == "contains"
        }
        started = time.perf_counter()
        clusters = through_the_stage(articles, self._list)
        _row("the same, decided by the index stage", articles, found.edges, clusters, started)
        round_ups = [article.article_id in quoting for article in articles if article.kind == "round-up"]
        print(f"round-ups told as containing what they quote: {sum(round_ups)} of {len(round_ups)}")
        return clusters

    def _others(self, articles: Sequence[Article]) -> None:
        rows: list[tuple[str, Callable[[], Iterable[Pair]]]] = [
            ("exact hash of the body", lambda: baselines.exact(articles)),
            ("SimHash-64, 3 bits", lambda: baselines.simhash(articles, 3)),
            ("SimHash-64, 7 bits", lambda: baselines.simhash(articles, 7)),
            ("MinHash-LSH 14 x 8, 5 words", lambda: baselines.minhash(articles, 14, 8)),
            ("MinHash-LSH 25 x 10, 5 words", lambda: baselines.minhash(articles, 25, 10)),
            (
                "MinHash-LSH 32 x 4, Jaccard >= .7",
                lambda: baselines.jaccard(articles, baselines.minhash(articles, 32, 4), 0.7),
            ),
        ]
        for name, run in rows:
            started = time.perf_counter()
            try:
                pairs = list(run())
            except ModuleNotFoundError:
                print(f"{name:42} left out: {baselines.INSTALL}")
                continue
            _row(name, articles, pairs, connected(len(articles), pairs), started)

    def _goal(self, name: str, value: float, sign: str, goal: float) -> None:
        self._goals.append((name, value, sign, goal))


def learnt(texts: Sequence[Document]) -> Furniture:
    """The furniture list of these texts."""
    return learn(Seen(text.source_id, text.language, text.event_at, text.tokens) for text in texts)


def _at_most(bases: int, press: Press) -> int:
    """Base articles, as far as there are texts for them."""
    return min(bases, press.bases) if isinstance(press, Archive) else bases


def _clustered(name: str, articles: Sequence[Article], clusters: Sequence[int]) -> Score:
    score = cluster_pairs(articles, clusters)
    print(f"{name:32} clusters P {score.precision:.4f} R {score.recall:.4f} F1 {score.f1:.4f}")
    return score


def _row(
    name: str, articles: Sequence[Article], pairs: Iterable[Pair], clusters: Sequence[int], started: float
) -> None:
    seconds = time.perf_counter() - started
    direct, cluster = direct_pairs(articles, pairs), cluster_pairs(articles, clusters)
    print(
        f"{name:42}{direct.precision:7.3f}{direct.recall:7.3f}{direct.f1:7.3f}{cluster.precision:8.4f}"
        f"{cluster.recall:8.4f}{cluster.f1:8.4f}{b_cubed(articles, clusters).f1:9.4f}{seconds:7.1f}",
        flush=True,
    )


def _largest_parts(articles: Sequence[Article], clusters: Sequence[int], kind: str) -> list[float]:
    stories: dict[str, list[int]] = defaultdict(list)
    for article, cluster in zip(articles, clusters, strict=True):
        if article.kind == kind:
            stories[article.story].append(cluster)
    return [Counter(found).most_common(1)[0][1] / len(found) for found in stories.values()]


def _sizes(articles: Sequence[Article]) -> str:
    stories = Counter(article.story for article in articles)
    pairs = sum(size * (size - 1) // 2 for size in stories.values())
    return f"{len(articles)} articles, {len(stories)} stories, {pairs} true pairs"


def _head(title: str) -> None:
    print(f"\n== {title}")


def _kinds(title: str, shares: dict[str, float]) -> None:
    print(f"{title}: " + ", ".join(f"{kind} {share:.4g}" for kind, share in shares.items()))


def _shares(shares: Iterable[float]) -> str:
    return " ".join(f"{share:.3g}" for share in shares)


if __name__ == "__main__":
    sys.exit(main())
