"""The sets that are scored.

A newsroom is fixed (its furniture, its robots, its outlets); its news is drawn anew for each seed, so a
furniture list can be learnt on other articles than those that are scored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from bench.stories.edits import HARD, STANDARD, Desk, Edit, Edited, desk
from bench.stories.negatives import Notices, furniture_item, round_up, same_event
from bench.stories.press import Part, Press
from bench.stories.texts import Text

FIRST_DAY: Final = datetime(2026, 3, 2, tzinfo=UTC)
WEEKS: Final = 3
TRAINING: Final = 900
"""Added to a seed for the articles a list is learnt on."""

_OUTLETS: Final = 60
_SMALL_OUTLETS: Final = 10
_VARIANTS: Final = (0, 1, 1, 2, 3, 5)


@dataclass(frozen=True, slots=True)
class Article:
    """One article and the truth about it: `story` names its copies, `kind` how it was made."""

    article_id: str
    source_id: str
    title: str
    text: str
    language: str
    event_at: datetime
    story: str
    kind: str


class Newsroom:
    """Outlets of one language, the furniture they share and the robots they run."""

    def __init__(self, press: Press, seed: int = 1) -> None:
        code = press.language.code
        at = desk(press, np.random.default_rng([seed, _number(code)]))
        self.code = code
        self.press = press
        self.furniture = at.furniture
        self.robots = [Notices(at) for _ in range(2)]
        self.feet = [at.donor(120).paragraphs for _ in range(_SMALL_OUTLETS)]

    def news(self, seed: int) -> _News:
        """The news of one seed. From `TRAINING` on it is news to learn from, of which none is scored."""
        rng = np.random.default_rng([seed, _number(self.code), 7])
        part: Part = "training" if seed >= TRAINING else "scored"
        at = Desk(rng, self.press.language, self.furniture, self.press.writer(part))
        return _News(self, at, f"{self.code}-{seed}")


class _News:
    """Draws articles of a newsroom; every method yields articles whose stories are distinct."""

    def __init__(self, newsroom: Newsroom, at: Desk, name: str) -> None:
        self._newsroom = newsroom
        self._at = at
        self._name = name
        self._written = 0
        self._stories = 0

    def with_variants(self, bases: int, kinds: dict[str, Edit], round_ups: int = 0) -> Iterator[Article]:
        """Bases with 0 to 5 variants of different kinds each; a round-up quotes each of the first ones."""
        at, names = self._at, list(kinds)
        for number in range(bases):
            text, story, moment = at.donor(), self._story(), self._moment()
            base = self._article(text, story, "base", moment, source=self._outlet())
            yield base
            wanted = _VARIANTS[int(at.rng.integers(len(_VARIANTS)))]
            for place in at.rng.permutation(len(names))[:wanted].tolist():
                yield self._variant(base, kinds[names[place]](text, at), story, names[place])
            if number < round_ups:
                yield self._round_up(text, base)

    def negatives(self, items: int, notices: int) -> Iterator[Article]:
        """Furniture-sharing items and robot notices, each a story of its own."""
        for _ in range(items):
            yield self._article(furniture_item(self._at), self._story(), "item", self._moment())
        robots = self._newsroom.robots
        for number in range(notices):
            text = robots[number % len(robots)].write()
            yield self._article(text, self._story(), "notice", self._moment())

    def wire(self, outlets: int, hours: float, verbatim: float = 0.5) -> Iterator[Article]:
        """One text carried by many outlets within hours, some as it is, others edited in any standard way but
        an update, which only the agency writes."""
        at, ways = self._at, [way for kind, way in STANDARD.items() if kind != "update"]
        text, story, moment = at.donor(600), self._story(), self._moment()
        for number in range(outlets):
            edited = ways[int(at.rng.integers(len(ways)))](text, at)
            if number < verbatim * outlets:
                edited = Edited(text)
            later = moment + timedelta(hours=hours * float(at.rng.random()))
            source = f"outlet-{number:02d}"
            yield self._article(edited.text, story, "wire", later, source=source, prefix=edited.prefix)

    def events(self, pairs: int) -> Iterator[Article]:
        """Two outlets' own reports of one event within a day."""
        for _ in range(pairs):
            moment, source = self._moment(), self._outlet()
            for text in same_event(self._at):
                later = moment + timedelta(hours=20 * float(self._at.rng.random()))
                yield self._article(text, self._story(), "same-event", later, source=source)
                source = self._outlet(other_than=source)

    def excerpts(self, count: int) -> Iterator[Article]:
        """A long article and, as another story, an excerpt from its middle: contained by design."""
        at = self._at
        for _ in range(count):
            text, moment = at.donor(1200), self._moment()
            yield self._article(text, self._story(), "base", moment)
            start = len(text.paragraphs) // 2
            excerpt = text.with_paragraphs(list(text.paragraphs[start : start + 3]))
            yield self._article(excerpt, self._story(), "excerpt", moment + timedelta(hours=5))

    def alerts(self, count: int) -> Iterator[Article]:
        """Alerts below 20 net shingles: one that two outlets carry unchanged, and a longer one of its own."""
        at = self._at
        for _ in range(count):
            text, story, moment = at.donor(int(at.rng.integers(6, 18))), self._story(), self._moment()
            yield self._article(text, story, "alert", moment, source="outlet-01")
            yield self._article(text, story, "alert", moment + timedelta(hours=1), source="outlet-02")
            longer = Text(text.language, (*text.paragraphs, (tuple(at.language.draw(at.rng, 3)),)))
            yield self._article(longer, self._story(), "alert-plus", moment + timedelta(hours=2))

    def own_furniture(self, articles: int) -> Iterator[Article]:
        """Small outlets whose short articles end in 120 words of their own furniture, which are too few
        documents to stand out among all."""
        for number, foot in enumerate(self._newsroom.feet):
            for _ in range(articles):
                own = self._at.donor(int(self._at.rng.integers(80, 160)))
                text = own.with_paragraphs([*own.paragraphs, *foot])
                yield self._article(
                    text, self._story(), "small-outlet", self._moment(), source=f"small-{number:02d}"
                )

    def _variant(self, base: Article, edited: Edited, story: str, kind: str) -> Article:
        hours = min(72.0, float(self._at.rng.exponential(8)))
        source = base.source_id if edited.same_source else self._outlet(other_than=base.source_id)
        title = self._title() if edited.retitled else base.title
        later = base.event_at + timedelta(hours=hours)
        return self._article(
            edited.text, story, kind, later, source=source, prefix=edited.prefix, title=title
        )

    def _round_up(self, text: Text, base: Article) -> Article:
        later = base.event_at + timedelta(hours=24 * float(self._at.rng.random()))
        source = self._outlet(other_than=base.source_id)
        body = round_up(text, self._at)
        return self._article(body, self._story(), "round-up", later, source=source, prefix="Live updates: ")

    def _article(
        self,
        text: Text,
        story: str,
        kind: str,
        moment: datetime,
        *,
        source: str | None = None,
        prefix: str = "",
        title: str | None = None,
    ) -> Article:
        self._written += 1
        digest = hashlib.sha256(f"{self._name} {self._written}".encode()).hexdigest()
        return Article(
            article_id=f"a-{digest[:20]}",
            source_id=source or self._outlet(),
            title=prefix + (title or self._title()),
            text=text.render(),
            language=self._newsroom.code,
            event_at=moment,
            story=story,
            kind=kind,
        )

    def _title(self) -> str:
        return self._at.language.joiner.join(self._at.language.draw(self._at.rng, 8))

    def _story(self) -> str:
        self._stories += 1
        return f"{self._name}-{self._stories}"

    def _moment(self) -> datetime:
        return FIRST_DAY + timedelta(days=(7 * WEEKS - 3) * float(self._at.rng.random()))

    def _outlet(self, other_than: str = "") -> str:
        while (outlet := f"outlet-{int(self._at.rng.integers(_OUTLETS)):02d}") == other_than:
            pass
        return outlet


def standard(newsroom: Newsroom, seed: int, bases: int = 3000) -> list[Article]:
    """The standard set: bases, variants of 14 kinds, items, notices, round-ups; in order of arrival."""
    news = newsroom.news(seed)
    share = bases / 3000
    articles = [
        *news.with_variants(bases, STANDARD, round_ups=round(150 * share)),
        *news.negatives(round(400 * share), round(400 * share)),
    ]
    return in_order(articles)


def hard(newsroom: Newsroom, seed: int, bases: int = 1200) -> list[Article]:
    """The hard set: kinds at or beyond what the copy test can find."""
    news = newsroom.news(seed)
    share = bases / 1200
    return in_order(
        [*news.with_variants(bases, HARD), *news.negatives(round(160 * share), round(160 * share))]
    )


def edges(newsroom: Newsroom, seed: int, share: float = 1.0) -> list[Article]:
    """What the standard set lacks: wires, same events, excerpts, alerts, small outlets. A smaller `share` has
    as many wires."""
    news = newsroom.news(seed)
    articles = [
        *(article for hours in (10.0, 20.0, 24.0) for article in news.wire(40, hours)),
        *news.wire(50, 6.0),
        *news.wire(40, 24.0, verbatim=0),
        *news.wire(40, 120.0),
        *news.events(round(300 * share)),
        *news.excerpts(round(100 * share)),
        *news.alerts(60),
        *news.own_furniture(12),
        *news.with_variants(round(600 * share), STANDARD),
    ]
    return in_order(articles)


def in_order(articles: list[Article]) -> list[Article]:
    """By time of arrival."""
    return sorted(articles, key=lambda article: (article.event_at, article.article_id))


def _number(code: str) -> int:
    return int.from_bytes(code.encode())
