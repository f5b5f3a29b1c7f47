"""A fresh installation: nothing is known to be furniture, and the first learnt list triggers one rebuild."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bench.stories.assigner import connected
from bench.stories.scoring import Pair, Score, cluster_pairs
from bench.stories.sets import FIRST_DAY, Article
from pipeline.core.copies import Document, Furniture, Prepared, lookup_rule, prepare, relate, sketch
from pipeline.core.copies.learn import enough_for_a_first_list, learn
from pipeline.core.copies.sample import Seen
from pipeline.core.copies.sketch import within_gates


@dataclass(frozen=True, slots=True)
class Day:
    """Scores over all that has arrived by the end of a day, and the size of the list then in force."""

    number: int
    articles: int
    score: Score
    listed: int
    rebuilt: bool


class Machine:
    """Decides articles in order of arrival; an edge stands until a rebuild. As the index stage does: a stored
    sketch keeps the list it was made under, a pair is tested with the newer one on both texts."""

    def __init__(self, texts: Sequence[Document]) -> None:
        self._texts = texts
        self.furniture = Furniture()
        self.edges: list[Pair] = []
        self._decided = 0
        self._index: dict[str, list[int]] = defaultdict(list)
        self._prepared: dict[int, Prepared] = {}

    def decide(self, until: int) -> None:
        """Every text before place `until` that is not decided yet."""
        for place in range(self._decided, until):
            text = self._text(place)
            rule, terms = lookup_rule(text), sketch(text)
            shared = Counter(other for term in terms for other in self._index[term])
            for other, count in shared.items():
                met = self._text(other)
                enough = count >= rule.minimum or met.n_net < rule.short_below
                if enough and within_gates(text, met) and relate(text, met).is_copy:
                    self.edges.append((other, place))
            for term in terms:
                self._index[term].append(place)
        self._decided = until

    def put_in_force(self, furniture: Furniture) -> None:
        """For the texts after this one."""
        self.furniture = furniture.at(self.furniture.position + 1)
        self._prepared.clear()

    def rebuild(self) -> None:
        """Decide everything anew under the list in force."""
        decided, self._decided = self._decided, 0
        self.edges.clear()
        self._index.clear()
        self.decide(decided)

    def _text(self, place: int) -> Prepared:
        found = self._prepared.get(place)
        if found is None:
            found = self._prepared[place] = prepare(self._texts[place], self.furniture)
        return found


def from_cold(articles: Sequence[Article], texts: Sequence[Document], every: int) -> Iterator[Day]:
    """Days in order of arrival; a list is learnt once enough was seen and then `every` so many days."""
    machine, first = Machine(texts), 0
    for number in range(1, 1 + (articles[-1].event_at - FIRST_DAY).days + 1):
        arrived = sum(article.event_at < FIRST_DAY + timedelta(days=number) for article in articles)
        machine.decide(arrived)
        yield _day(number, articles[:arrived], machine, rebuilt=False)
        if not first and enough_for_a_first_list(arrived, number):
            first = number
        if first and (number - first) % every == 0:
            machine.put_in_force(learn(_seen(texts[:arrived])))
            if number == first:
                machine.rebuild()
                yield _day(number, articles[:arrived], machine, rebuilt=True)


def _seen(texts: Sequence[Document]) -> Iterator[Seen]:
    return (Seen(text.source_id, text.language, text.event_at, text.tokens) for text in texts)


def _day(number: int, articles: Sequence[Article], machine: Machine, *, rebuilt: bool) -> Day:
    score = cluster_pairs(articles, connected(len(articles), machine.edges))
    return Day(number, len(articles), score, machine.furniture.size, rebuilt)
