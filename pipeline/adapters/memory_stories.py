"""`Revisions` and `Stories` in memory. An inverted index keeps candidate lookups fast enough for the
commands that run a whole corpus through the index stage without servers.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence

from pipeline.adapters.memory_faults import Faults
from pipeline.adapters.memory_mapping import refuse, rejected
from pipeline.core.model import Revision, Story
from pipeline.ports import CandidateQuery


class MemoryRevisions:
    """Revisions. Keys in `rejected` fail as if by the mapping, which is looked at only when `strict`."""

    def __init__(self, faults: Faults, *, strict: bool = True) -> None:
        self.rejected: set[str] = set()
        self._faults, self._strict = faults, strict
        self._live: dict[str, Revision] = {}
        self._searchable: dict[str, Revision] = {}
        self._postings: defaultdict[str, list[str]] = defaultdict(list)
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        self._dirty: dict[str, None] = {}

    def add(self, revisions: Sequence[Revision]) -> None:
        with self._faults.write("revisions.add", revisions) as admitted:
            self._store(admitted, replacing=False)

    def of(self, names: Collection[str]) -> list[Revision]:
        self._faults.check()
        keys = {key for name in names for key in self._keys.get(name, [name])}
        return [self._searchable[key] for key in sorted(keys) if key in self._searchable]

    def candidates(self, queries: Sequence[CandidateQuery]) -> list[list[str]]:
        self._faults.check()
        return [self._candidates(query) for query in queries]

    def replace(self, revisions: Sequence[Revision]) -> None:
        with self._faults.write("revisions.replace", revisions) as admitted:
            self._store(admitted, replacing=True)

    def refresh(self) -> None:
        self._faults.check()
        for key in self._dirty:
            held, new = self._searchable.get(key), self._live[key]
            known = set() if held is None else set(held.terms)
            if held is None:
                self._keys[new.article_id].append(key)
            for term in known.difference(new.terms):
                self._postings[term].remove(key)
            for term in set(new.terms) - known:
                self._postings[term].append(key)
            self._searchable[key] = new
        self._dirty.clear()

    def all(self) -> dict[str, Revision]:
        """Everything as last written, for assertions."""
        return dict(self._live)

    def searchable(self) -> dict[str, Revision]:
        """Everything as of the last refresh."""
        self._faults.check()
        return dict(self._searchable)

    def forget(self, key: str) -> None:
        """Take one out, as maintenance does."""
        self._live.pop(key, None)
        self._dirty.pop(key, None)
        held = self._searchable.pop(key, None)
        if held is not None:
            self._keys[held.article_id].remove(key)
            for term in set(held.terms):
                self._postings[term].remove(key)

    def adopt(self, other: MemoryRevisions) -> None:
        """Hold what `other` holds from now on, and share it."""
        self._live, self._searchable, self._dirty = other._live, other._searchable, other._dirty
        self._postings, self._keys = other._postings, other._keys

    def _store(self, revisions: Sequence[Revision], *, replacing: bool) -> None:
        refused = {new.key for new in revisions if self._rejects(new.key, new)}
        for revision in revisions:
            if revision.key not in refused and (replacing or revision.key not in self._live):
                self._live[revision.key] = revision
                self._dirty[revision.key] = None
        refuse(sorted(refused))

    def _rejects(self, key: str, revision: Revision) -> bool:
        return key in self.rejected or (self._strict and rejected("news-revisions", key, revision))

    def _candidates(self, query: CandidateQuery) -> list[str]:
        shared = Counter(key for term in set(query.terms) for key in self._postings.get(term, ()))
        return sorted(key for key, count in shared.items() if query.admits(self._searchable[key], count))


class MemoryStories:
    """Stories. Ids in `rejected` fail as if by the mapping, which is looked at only when `strict`."""

    def __init__(self, faults: Faults, *, strict: bool = True) -> None:
        self.rejected: set[str] = set()
        self._faults, self._strict = faults, strict
        self._live: dict[str, Story] = {}
        self._searchable: dict[str, Story] = {}
        self._dirty: set[str] = set()

    def get(self, ids: Collection[str]) -> dict[str, Story]:
        self._faults.check()
        return {id: self._live[id] for id in ids if id in self._live}

    def put(self, stories: Sequence[Story]) -> set[str]:
        held: set[str] = set()
        refused: list[str] = []
        with self._faults.write("stories.put", stories) as admitted:
            for story in admitted:
                id = story.story_id
                if self._rejects(story):
                    refused.append(id)
                elif id in self._live and self._live[id].version >= story.version:
                    held.add(id)
                else:
                    self._live[id] = story
                    self._dirty.add(id)
        refuse(refused)
        return held

    def above(self, version: int) -> Iterator[Story]:
        self._faults.check()
        found = [story for story in self._searchable.values() if story.version > version]
        return iter(sorted(found, key=lambda story: (story.version, story.story_id)))

    def counts(self) -> dict[str, int]:
        self._faults.check()
        return dict(Counter(story.status for story in self._searchable.values()))

    def refresh(self) -> None:
        self._faults.check()
        for id in self._dirty:
            self._searchable[id] = self._live[id]
        self._dirty.clear()

    def all(self) -> dict[str, Story]:
        """Everything as last written, for assertions."""
        return dict(self._live)

    def adopt(self, other: MemoryStories) -> None:
        """Hold what `other` holds from now on, and share it."""
        self._live, self._searchable, self._dirty = other._live, other._searchable, other._dirty

    def _rejects(self, story: Story) -> bool:
        if story.story_id in self.rejected or story.version < 0:
            return True
        return self._strict and rejected("news-stories", story.story_id, story)
