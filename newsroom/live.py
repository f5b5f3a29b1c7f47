"""`--live`: a new article every few seconds, some stories carried by several outlets, for people to watch."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from newsroom.composer import Composer, Invention
from newsroom.desk import Desk
from newsroom.edition import place
from newsroom.material import Carriage, Story
from newsroom.model import Article

LANGUAGES = ("en", "de", "fr", "es", "ar")
WEIGHTS = (5, 2, 2, 1, 1)
CARRIERS = (1, 1, 2, 3, 4)
FIRST_NUMBER = 5001
# Articles waiting at least: several stories are open at once, so that copies of one do not follow each other.
PENDING = 3


class LiveWire:
    """Places invented stories, one article at a time. The same seed gives the same articles."""

    def __init__(self, desk: Desk, seed: int = 1) -> None:
        self._desk = desk
        self._rng = random.Random(seed)  # noqa: S311 - invented news, not secrets
        self._composer = Composer(self._rng)
        self._pending: list[tuple[Story, Carriage]] = []
        self._stories = 0
        self._number = FIRST_NUMBER

    def next_article(self, now: datetime) -> Article:
        """The next article, published at `now`; the caller adds it to the desk."""
        while len(self._pending) < PENDING:
            story = self._next_story()
            self._pending += [(story, carriage) for carriage in story.carried]
        story, carriage = self._pending.pop(self._rng.randrange(PENDING))
        self._number += 1
        return place(story, carriage, self._desk.outlets[carriage.outlet_id], self._number, now)

    def _next_story(self) -> Story:
        self._stories += 1
        invention = self._composer.invent(self._rng.choices(LANGUAGES, WEIGHTS)[0])
        carried = self._carriers(invention, f"live-{self._stories:05d}")
        alone = len(carried) == 1
        return Story(
            id=f"live-{self._stories:05d}",
            language=invention.language,
            category=invention.category,
            title=invention.titles[0],
            blocks=invention.blocks,
            offset_minutes=0,
            carried=carried,
            authors=(invention.author,) if alone else (),
            agency=None if alone else invention.agency,
        )

    def _carriers(self, invention: Invention, slug: str) -> tuple[Carriage, ...]:
        """Between one and four outlets of the language: full, retitled, cut, with a local paragraph."""
        outlets = [o.id for o in self._desk.outlets.values() if o.language == invention.language]
        chosen = self._rng.sample(outlets, min(len(outlets), self._rng.choice(CARRIERS)))
        ways: tuple[dict[str, Any], ...] = (
            {},
            {"title": invention.titles[1]},
            {"cut": 5},
            {"local": invention.local, "local_at": 2},
        )
        return tuple(Carriage(outlet, slug, **way) for outlet, way in zip(chosen, ways, strict=False))


async def keep_publishing(publish: Callable[[], Article], every: float) -> None:
    """Publish one article every `every` seconds until cancelled."""
    while True:
        await asyncio.sleep(every)
        publish()


async def correct_later(correct: Callable[[], object], after: float) -> None:
    """Bring out the waiting corrections once, `after` seconds from now."""
    await asyncio.sleep(after)
    correct()
