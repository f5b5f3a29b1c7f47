"""Scores of a clustering against the truth: pairs within clusters, B-cubed, recall by kind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.stories.sets import Article

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def direct_pairs(articles: Sequence[Article], edges: Iterable[Pair]) -> Score:
    """Edges against all pairs of one story."""
    found = set(edges)
    right = sum(articles[one].story == articles[other].story for one, other in found)
    return _score(right, len(found), _together(Counter(article.story for article in articles)))


def cluster_pairs(articles: Sequence[Article], clusters: Sequence[int]) -> Score:
    """Pairs within clusters against all pairs of one story."""
    stories = [article.story for article in articles]
    right = _together(Counter(zip(stories, clusters, strict=True)))
    return _score(right, _together(Counter(clusters)), _together(Counter(stories)))


def b_cubed(articles: Sequence[Article], clusters: Sequence[int]) -> Score:
    """B-cubed: what a reader of one article finds right beside it, averaged over articles."""
    stories = [article.story for article in articles]
    both, cluster, story = Counter(zip(stories, clusters, strict=True)), Counter(clusters), Counter(stories)
    count = len(articles)
    precision = sum(size * size / cluster[c] for (_, c), size in both.items()) / count
    recall = sum(size * size / story[s] for (s, _), size in both.items()) / count
    return Score(precision, recall)


def recall_by_kind(
    articles: Sequence[Article], clusters: Sequence[int], against: str = "base"
) -> dict[str, float]:
    """Per edit kind the share of articles that lie in the cluster of their base."""
    bases = {
        article.story: clusters[place] for place, article in enumerate(articles) if article.kind == against
    }
    found: dict[str, list[bool]] = defaultdict(list)
    for article, cluster in zip(articles, clusters, strict=True):
        if article.kind != against and article.story in bases:
            found[article.kind].append(cluster == bases[article.story])
    return {kind: sum(hits) / len(hits) for kind, hits in sorted(found.items())}


def joins_by_kind(
    articles: Sequence[Article], clusters: Sequence[int], kinds: Iterable[str]
) -> dict[str, float]:
    """Per kind of negative the share that lies in a cluster with an article of another story."""
    stories: Mapping[int, set[str]] = defaultdict(set)
    for article, cluster in zip(articles, clusters, strict=True):
        stories[cluster].add(article.story)
    joined: dict[str, list[bool]] = {kind: [] for kind in kinds}
    for article, cluster in zip(articles, clusters, strict=True):
        if article.kind in joined:
            joined[article.kind].append(len(stories[cluster]) > 1)
    return {kind: sum(hits) / len(hits) for kind, hits in joined.items() if hits}


def _together(sizes: Counter[object]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _score(right: int, found: int, true: int) -> Score:
    return Score(right / found if found else 1.0, right / true if true else 1.0)
