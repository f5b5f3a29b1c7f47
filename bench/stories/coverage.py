"""Real coverage of the same events: how many pairs of different outlets end in one story, and why.

Outlets that print an agency's report of an event do carry copies of one another, and those must merge. They
are told by windows of eight words: most wire reuse keeps a sixth of them, own reports hardly any.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Final

from bench.stories.assigner import Assigned, assign, documents
from bench.stories.scoring import Pair
from bench.stories.sets import Article
from pipeline.cli.stories_lines import read
from pipeline.core.copies import Document, Furniture
from pipeline.core.copies.learn import learn
from pipeline.core.copies.sample import Seen
from pipeline.core.copies.sketch import WINDOW
from pipeline.errors import InvalidRecord

REUSE: Final = 1 / 6
"""Share of the shorter text's windows of eight words from which a pair counts as reuse of one text."""

_WINDOW: Final = 8


def coverage(path: Path) -> None:
    """Print, with the list learnt on the file and without one, the share of pairs that merge."""
    articles = _articles(path)
    texts = documents(articles)
    pairs = _pairs(articles)
    reuse = {pair for pair in pairs if _reuses(texts[pair[0]], texts[pair[1]])}
    events = len({article.story for article in articles})
    print(
        f"{len(articles)} articles of {events} events, {len(pairs)} pairs of different outlets within a week,"
        f" {len(reuse)} of them reuse of one text"
    )
    learnt = learn(Seen(text.source_id, text.language, text.event_at, text.tokens) for text in texts)
    for name, furniture in (("list learnt on these", learnt), ("no list", Furniture())):
        _tell(name, pairs, reuse, assign(texts, furniture))


def _tell(name: str, pairs: Iterable[Pair], reuse: set[Pair], found: Assigned) -> None:
    merged = {pair for pair in pairs if found.clusters[pair[0]] == found.clusters[pair[1]]}
    own = set(pairs) - reuse
    verdicts = [found.verdicts.get(pair) for pair in merged & own]
    rules = Counter(
        verdict.rule if verdict and verdict.is_copy else "by way of others" for verdict in verdicts
    )
    share = len(verdicts) / max(1, len(own))
    print(f"{name:21} own reports merged {len(verdicts)} of {len(own)} ({share:.2%}), by {dict(rules)}")
    print(f"{'':21} reuse merged {len(merged & reuse)} of {len(reuse)}")


def _articles(path: Path) -> list[Article]:
    lines = path.read_bytes().splitlines()
    found: list[Article] = []
    for line, article in zip(lines, read(lines), strict=True):
        if isinstance(article, InvalidRecord):
            raise article
        found.append(
            Article(
                article_id=article.article_id,
                source_id=article.source_id,
                title=article.title,
                text=article.text,
                language=article.language,
                event_at=article.event_at,
                story=json.loads(line)["event"],
                kind="coverage",
            )
        )
    return found


def _pairs(articles: list[Article]) -> list[Pair]:
    events: defaultdict[str, list[int]] = defaultdict(list)
    for place, article in enumerate(articles):
        events[article.story].append(place)
    return [
        (one, other)
        for places in events.values()
        for one, other in combinations(places, 2)
        if articles[one].source_id != articles[other].source_id
        and abs(articles[one].event_at - articles[other].event_at) <= WINDOW
    ]


def _reuses(one: Document, other: Document) -> bool:
    sets = [_windows(text) for text in (one, other)]
    return len(sets[0] & sets[1]) >= REUSE * max(1, min(map(len, sets)))


def _windows(text: Document) -> set[tuple[int, ...]]:
    hashes = text.tokens.hashes.tolist()
    return {tuple(hashes[at : at + _WINDOW]) for at in range(len(hashes) - _WINDOW + 1)}
