"""How far the numbers of the edge test may move before a set gets worse: what is flat is safe to keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bench.stories.assigner import candidates, connected
from bench.stories.scoring import Pair, cluster_pairs, joins_by_kind
from bench.stories.sets import Article
from pipeline.core.copies import Document, Furniture, Prepared, prepare, relate
from pipeline.core.copies.measures import LIMITS, Limits

VARIED: Final[dict[str, tuple[float, ...]]] = {
    "contained": (0.20, 0.25, 0.30, 0.35, 0.40),
    "related": (0.04, 0.06, 0.08, 0.10, 0.12),
    "cover": (0.20, 0.25, 0.30, 0.35, 0.40),
    "anchor": (0.05, 0.10, 0.15, 0.20, 0.25),
    "aligned": (0.40, 0.45, 0.50, 0.55, 0.60),
    "align_reach": (1.0, 1.25, 1.5, 2.0),
    "align_net": (30, 60, 90),
    "align_net_share": (0.4, 0.6, 0.8),
    "foreign": (0.05, 0.10, 0.15, 0.20, 0.25),
    "match_edge": (0.0, 0.02, 0.05, 0.08, 0.10),
    "opens": (0.3, 0.4, 0.5, 0.7, 1.01),
}


@dataclass(frozen=True, slots=True)
class Ready:
    """A set prepared once: the limits decide pairs, not which pairs are looked at."""

    name: str
    articles: Sequence[Article]
    prepared: Sequence[Prepared]
    pairs: Sequence[Pair]


def ready(name: str, articles: Sequence[Article], texts: Sequence[Document], furniture: Furniture) -> Ready:
    """Prepare a set."""
    prepared = [prepare(text, furniture) for text in texts]
    return Ready(name, articles, prepared, candidates(prepared))


def vary(sets: Sequence[Ready]) -> Iterator[tuple[str, float, list[str]]]:
    """For each number and value, the scores of every set; the value in force is among them."""
    for name, values in VARIED.items():
        for value in values:
            yield name, value, [_score(found, replace(LIMITS, **{name: value})) for found in sets]


def _score(found: Ready, limits: Limits) -> str:
    edges = [
        (one, other)
        for one, other in found.pairs
        if relate(found.prepared[one], found.prepared[other], limits).is_copy
    ]
    clusters = connected(len(found.articles), edges)
    score = cluster_pairs(found.articles, clusters)
    joins = joins_by_kind(found.articles, clusters, ("round-up", "same-event", "notice", "item"))
    merged = " ".join(f"{kind} {share:.1%}" for kind, share in joins.items() if share)
    return f"F {score.f1:.5f} P {score.precision:.5f} {merged}".strip()
