"""The copy test over a whole set, in memory: the rules of the index stage without its machinery."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.stories.scoring import Pair
from bench.stories.sets import Article
from pipeline.core.copies import (
    Document,
    Furniture,
    Prepared,
    Verdict,
    lookup_rule,
    prepare,
    relate,
    sketch,
    tokenize,
)
from pipeline.core.copies.measures import LIMITS, Limits
from pipeline.core.copies.sketch import within_gates


@dataclass(slots=True)
class Assigned:
    """Clusters by place of the article, the pairs that were compared, and what was said of them."""

    clusters: list[int]
    verdicts: dict[Pair, Verdict] = field(default_factory=dict)

    @property
    def edges(self) -> list[Pair]:
        return [pair for pair, verdict in self.verdicts.items() if verdict.is_copy]


def documents(articles: Sequence[Article]) -> list[Document]:
    """The articles as the copy test sees them."""
    return [
        Document(
            article.article_id, article.source_id, article.title, article.language, article.event_at, tokens
        )
        for article in articles
        for tokens in (tokenize(article.text),)
    ]


def assign(texts: Sequence[Document], furniture: Furniture, limits: Limits = LIMITS) -> Assigned:
    """Every pair that the sketches bring together is decided; copies are joined."""
    prepared = [prepare(text, furniture) for text in texts]
    verdicts = {pair: relate(prepared[pair[0]], prepared[pair[1]], limits) for pair in candidates(prepared)}
    assigned = Assigned(list(range(len(texts))), verdicts)
    assigned.clusters = connected(len(texts), assigned.edges)
    return assigned


def candidates(prepared: Sequence[Prepared]) -> list[Pair]:
    """Pairs (earlier place, later place) that share enough sketch terms and lie within the gates."""
    places: dict[str, list[int]] = defaultdict(list)
    pairs: list[Pair] = []
    for place, text in enumerate(prepared):
        rule = lookup_rule(text)
        terms = sketch(text)
        shared = Counter(other for term in terms for other in places[term])
        for other, count in shared.items():
            enough = count >= rule.minimum or prepared[other].n_net < rule.short_below
            if enough and within_gates(text, prepared[other]):
                pairs.append((other, place))
        for term in terms:
            places[term].append(place)
    return pairs


def connected(count: int, edges: Sequence[Pair]) -> list[int]:
    """The connected component of each node, named by its smallest node."""
    parents = list(range(count))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return [root(node) for node in range(count)]
