"""The desk: which articles are out now. Publishing, correcting and retracting all happen here.

One desk is read by the server's thread and changed by tests from others, so every change swaps whole values
under one lock; readers see either the old or the new state of an article, never half of it.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from newsroom.model import Article, Outlet, Stray


class UnknownArticle(LookupError):
    """No article with this id is published, held or open to what was asked."""


class Desk:
    """All outlets, articles and strays of one newsroom. `clock` gives aware UTC times."""

    def __init__(
        self,
        outlets: Mapping[str, Outlet],
        published: Iterable[Article],
        held: Iterable[Article],
        strays: Iterable[Stray],
        clock: Callable[[], datetime],
    ) -> None:
        self.outlets = dict(outlets)
        self.strays = tuple(strays)
        self._clock = clock
        self._lock = threading.Lock()
        self.first_edition = tuple(published)
        self._articles = {article.id: article for article in self.first_edition}
        self._held = {article.id: article for article in held}
        self._by_address = {self._address(article): article.id for article in self._articles.values()}
        self._edition = 0

    @property
    def edition(self) -> int:
        """Grows with every change, so that callers can tell whether to render again."""
        return self._edition

    def articles(self) -> list[Article]:
        """Everything published so far, retracted articles included, in order of publication."""
        with self._lock:
            return list(self._articles.values())

    def held(self) -> list[str]:
        """Ids that `publish` accepts."""
        with self._lock:
            return list(self._held)

    def get(self, article_id: str) -> Article:
        """The article as it stands; raises UnknownArticle."""
        with self._lock:
            return self._known(article_id)

    def find(self, host: str, path: str) -> Article | None:
        """The article at this address, if it was ever published. Query strings belong to the path."""
        with self._lock:
            article_id = self._by_address.get((host, path))
            return self._articles[article_id] if article_id else None

    def listed(self, outlet_id: str, limit: int) -> list[Article]:
        """The newest `limit` articles of an outlet, newest first, without retracted ones."""
        mine = [a for a in self.articles() if a.outlet_id == outlet_id and not a.retracted]
        return sorted(mine, key=lambda article: (article.published_at, article.id), reverse=True)[:limit]

    def add(self, article: Article) -> Article:
        """Publish an article from outside the base material."""
        with self._lock:
            return self._store(article)

    def publish(self, article_id: str) -> Article:
        """Publish a held article now; raises UnknownArticle when no such article is held."""
        with self._lock:
            article = self._held.pop(article_id, None)
            if article is None:
                raise UnknownArticle(article_id)
            return self._store(replace(article, published_at=self._clock()))

    def correct(self, article_id: str) -> Article:
        """Bring out the waiting second revision; raises UnknownArticle when none waits."""
        with self._lock:
            article = self._known(article_id)
            if article.correction is None:
                raise UnknownArticle(f"{article_id} has no correction waiting")
            revision = replace(article.correction, modified_at=self._clock())
            return self._store(replace(article, revisions=(*article.revisions, revision), correction=None))

    def retract(self, article_id: str) -> Article:
        """Take an article away: its address answers 410 from now on and no feed lists it."""
        with self._lock:
            return self._store(replace(self._known(article_id), retracted=True))

    def _known(self, article_id: str) -> Article:
        article = self._articles.get(article_id)
        if article is None:
            raise UnknownArticle(article_id)
        return article

    def _store(self, article: Article) -> Article:
        self._articles[article.id] = article
        self._by_address[self._address(article)] = article.id
        self._edition += 1
        return article

    def _address(self, article: Article) -> tuple[str, str]:
        return self.outlets[article.outlet_id].host, article.path
