"""What lies before each record of a batch: loaded together, then kept up to date decision by decision.

A batch only shares the I/O. Decisions of earlier records lie over what was loaded, so that a record sees
exactly what it would see alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

from pipeline.core.copies.document import Prepared, primary_language
from pipeline.core.copies.sketch import WINDOW, lookup_rule, within_gates
from pipeline.core.ledger import LedgerEntry, apply
from pipeline.core.model import CleanArticle, Revision, Story
from pipeline.core.stories.decide import Decision
from pipeline.core.stories.kept import without_text
from pipeline.core.stories.order import story_id_of
from pipeline.ports import CandidateQuery, Documents, Revisions, Stored, Stories
from pipeline.stages.index_texts import Text, Texts

TEXTS_AT_ONCE: Final = 1000
"""Candidates loaded together, about 25 MiB; more than a batch has, unless there is no furniture list yet."""

_NONE: Final[dict[str, Revision]] = {}
_NO_STORIES: Final[dict[str, Story]] = {}


class BatchView:
    """Implements `core.stories.before.Before` over the ports, under the one furniture list of `texts`.

    `known` are stories as they are stored, which saves reading them.
    """

    def __init__(
        self,
        ledger: Documents[LedgerEntry],
        revisions: Revisions,
        stories: Stories,
        texts: Texts,
        known: Mapping[str, Story] = _NO_STORIES,
    ) -> None:
        self.held: dict[str, Stored[LedgerEntry]] = {}
        self._ledger = ledger
        self._revisions = revisions
        self._story_store = stories
        self._texts = texts
        self._entries: dict[str, LedgerEntry] = {}
        self._known = known
        self._stories: dict[str, Story | None] = {}
        self._queries: dict[int, CandidateQuery] = {}
        self._found: dict[int, list[str]] = {}
        self._near: dict[int, dict[str, Prepared]] = {}
        self._kept: dict[str, dict[str, Revision]] = {}
        self._batch = _BatchIndex()

    def load(self, articles: Mapping[int, CleanArticle], edited: Collection[str]) -> None:
        """Read in few requests what the articles (by position) and the edited articles will ask for."""
        self._load_entries({article.article_id for article in articles.values()} | set(edited))
        new = {place: article for place, article in articles.items() if not self._is_known(article, place)}
        self._queries = {place: self._query(article, place) for place, article in new.items()}
        found = self._revisions.candidates(list(self._queries.values())) if new else []
        self._found = dict(zip(new, found, strict=True))
        self._load_entries({key.rpartition("#")[0] for keys in found for key in keys})
        own = {story_id_of(article.article_id) for article in new.values()}
        first = {entry.index.story_id for entry in self._entries.values() if entry.index}
        self._load_stories(own | {story_id for story_id in first if story_id})

    def entry(self, article_id: str) -> LedgerEntry:
        self._load_entries({article_id})
        return self._entries[article_id]

    def story(self, story_id: str) -> Story | None:
        self._load_stories({story_id})
        return self._stories[story_id]

    def prepared(self, article: CleanArticle) -> Prepared:
        return self._texts.of_article(article).prepared

    def partners(self, article: CleanArticle, position: int) -> list[Prepared]:
        if position in self._found and position not in self._near:
            self._load_texts(position)
        found = self._batch.near(self._texts.of_article(article)) | self._near.pop(position, {})
        return [found[key] for key in sorted(found)]

    def revision(self, article_id: str, revision: str) -> Revision | None:
        if article_id not in self._kept:
            stored = {kept.revision: kept for kept in self._revisions.of([article_id])}
            self._kept[article_id] = stored
        batch = self._batch.revisions.get(article_id, _NONE)
        held = self._kept[article_id].get(revision)
        return held if held is not None and held.article is not None else batch.get(revision, held)

    def remember(self, decision: Decision) -> None:
        """Lay a decision over what was loaded."""
        for article_id, section in (*decision.spread, *decision.sections):
            self._entries[article_id] = apply(self.entry(article_id), section)
        for story in decision.stories:
            self._stories[story.story_id] = story
        if decision.revision is not None:
            self._batch.add(decision.revision, self._texts.of_revision(decision.revision))
        for article_id in decision.erased:
            self.revision(article_id, "")
            for texts in (self._kept[article_id], self._batch.revisions.get(article_id, {})):
                texts.update({key: without_text(text) for key, text in texts.items()})

    def _load_texts(self, position: int) -> None:
        """Load the texts found for the record at `position`, and for as many after it as memory allows."""
        places, keys = list[int](), set[str]()
        for place in sorted(place for place in self._found if place >= position):
            if places and len(keys | set(self._found[place])) > TEXTS_AT_ONCE:
                break
            places.append(place)
            keys |= set(self._found[place])
        kept = {key: held for key in keys if (held := self._texts.stored(key)) is not None}
        new = keys - set(kept)
        kept |= {text.key: self._texts.meet(text) for text in self._revisions.of(new)} if new else {}
        for place in places:
            query, near = self._queries[place], {}
            for key in self._found.pop(place):
                held = kept.get(key)
                if held is not None and query.matches(held.sketched):
                    near[key] = held.text.prepared
            self._near[place] = near

    def _load_entries(self, article_ids: Collection[str]) -> None:
        missing = [article_id for article_id in article_ids if article_id not in self._entries]
        if not missing:
            return
        found = self._ledger.get(missing)
        self.held |= found
        for article_id in missing:
            stored = found.get(article_id)
            self._entries[article_id] = stored.value if stored else LedgerEntry(article_id=article_id)

    def _load_stories(self, story_ids: Collection[str]) -> None:
        """Load the stories and those they were merged into."""
        missing = {story_id for story_id in story_ids if story_id not in self._stories}
        while missing:
            found = {story_id: self._known[story_id] for story_id in missing if story_id in self._known}
            if unknown := missing.difference(found):
                found |= self._story_store.get(unknown)
            self._stories |= {story_id: found.get(story_id) for story_id in missing}
            targets = {story.merged_into for story in found.values() if story.merged_into}
            missing = {story_id for story_id in targets if story_id not in self._stories}

    def _is_known(self, article: CleanArticle, position: int) -> bool:
        index = self._entries[article.article_id].index
        return index is not None and index.position >= position

    def _query(self, article: CleanArticle, position: int) -> CandidateQuery:
        ours = self._texts.of_article(article)
        rule = lookup_rule(ours.prepared)
        return CandidateQuery(
            article_id=article.article_id,
            language=primary_language(article.language),
            event_from=article.event_at - WINDOW,
            event_to=article.event_at + WINDOW,
            terms=ours.terms,
            minimum=rule.minimum,
            short_below=rule.short_below,
            before=position,
        )


class _BatchIndex:
    """The lookup of `news-revisions` over the records of the batch, which no search can find yet."""

    def __init__(self) -> None:
        self.revisions: dict[str, dict[str, Revision]] = {}
        self._texts: dict[str, Text] = {}
        self._by_term: dict[str, list[str]] = {}

    def add(self, revision: Revision, text: Text) -> None:
        texts = self.revisions.setdefault(revision.article_id, {})
        if revision.revision in texts:
            return
        texts[revision.revision] = revision
        self._texts[revision.key] = text
        for term in text.terms:
            self._by_term.setdefault(term, []).append(revision.key)

    def near(self, ours: Text) -> dict[str, Prepared]:
        shared = Counter(key for term in ours.terms for key in self._by_term.get(term, ()))
        rule = lookup_rule(ours.prepared)
        found: dict[str, Prepared] = {}
        for key, count in shared.items():
            text = self._texts[key].prepared
            enough = count >= rule.minimum or text.n_net < rule.short_below
            other = text.document.article_id != ours.prepared.document.article_id
            if enough and other and within_gates(ours.prepared, text):
                found[key] = text
        return found
