"""The stories written last, as they are stored: what the next copies join is mostly among them.

Only the writer of the log writes stories, so what it wrote is what it would read. Whatever casts doubt on
that, an abort, a takeover, a version that the index refused, empties this memory or is passed over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from pipeline.core.model import Story

STORIES: Final = 4_000
"""Stories kept, of some 10 kB each."""
MEMBERS: Final = 20
"""A story with more is not kept: it alone would take the place of many."""


class RecentStories:
    """The stories written last, the oldest dropped first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Story] = OrderedDict()

    @property
    def known(self) -> Mapping[str, Story]:
        """Stories by id, each as stored."""
        return self._held

    def written(self, stories: Iterable[Story], refused: Iterable[str]) -> None:
        """Take over what has been stored, and forget what the index holds in another version."""
        for story in stories:
            self._held.pop(story.story_id, None)
            if len(story.members) <= MEMBERS:
                self._held[story.story_id] = story
        for story_id in refused:
            self._held.pop(story_id, None)
        while len(self._held) > STORIES:
            self._held.popitem(last=False)

    def clear(self) -> None:
        """Know nothing any more."""
        self._held.clear()
