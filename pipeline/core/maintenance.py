"""What daily maintenance owes: what is too old to keep, and whether a list or a rebuild is due.

Pure decisions over what was found; `stages/maintenance.py` carries them out. Nothing here prunes the ledger
or the stories: the ledger holds every URL ever discovered for good, and stories are the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from pipeline.core.copies.learn import enough_for_a_first_list
from pipeline.core.ledger import LedgerEntry
from pipeline.core.stories.order import TEXT_KEPT

Part = Literal["texts", "runs", "furniture", "rebuild", "snapshot"]
PARTS: Final[tuple[Part, ...]] = ("texts", "runs", "snapshot", "furniture", "rebuild")
"""In the order in which they are done: a snapshot is of what is kept, and from before a rebuild."""

RUNS_KEPT: Final = timedelta(days=90)
"""Reports; as long as the ledger is checked against them."""

BODIES_KEPT: Final = timedelta(days=14)
"""The last documents of sources; as long as the pages that they announced, which a takedown must outwait."""

LIST_RENEWED: Final = timedelta(days=7)
"""Age at which a new furniture list is learnt. A list is read from the log, which forgets it after 30 days,
and is promised every 14; at seven a week of missed runs still keeps the promise."""

ListDue = Literal["first", "renewed"]


def runs_expire_before(now: datetime) -> datetime:
    """Reports of runs that started earlier are deleted."""
    return now - RUNS_KEPT


def bodies_expire_before(now: datetime) -> datetime:
    """Documents of sources that were received earlier are deleted."""
    return now - BODIES_KEPT


def is_still_listed(entry: LedgerEntry | None, now: datetime) -> bool:
    """Whether the source showed us the article so lately that its text is kept although it expired.

    A page that is asked again and again and never changes brings no new record, so the time kept beside its
    text stays that of its first fetch.
    """
    fetch = entry.fetch if entry else None
    if fetch is None:
        return False
    shown = fetch.attempted_at if fetch.outcome in ("fetched", "not-modified") else None
    times = [at for at in (fetch.fetched_at, fetch.validated_at, shown) if at is not None]
    return bool(times) and max(times) + TEXT_KEPT > now


def list_due(
    now: datetime, newest: datetime | None, *, documents: int, began: datetime | None
) -> ListDue | None:
    """Whether a furniture list must be learnt.

    `newest` is when the newest one was made, in force or still on its way through the log; `documents` are
    the texts that can be learnt from, and `began` is the first discovery.
    """
    if newest is not None:
        return "renewed" if now - newest >= LIST_RENEWED else None
    days = (now - began) / timedelta(days=1) if began else 0.0
    return "first" if enough_for_a_first_list(documents, days) else None


def is_rebuild_due(*, list_in_force: bool, decided_without: int) -> bool:
    """Whether stories must be decided anew under the first list.

    `decided_without` counts the texts that were looked up under no list at all. A rebuild gives every text
    the list it ran under, so once it is in force none is left: no memory of it is needed, and the first list
    causes one rebuild however often this is asked.
    """
    return list_in_force and decided_without > 0


def shares(texts: Mapping[str, int], at_most: int) -> dict[str, float]:
    """Which part of each source's texts to read, so that about `at_most` are read in all.

    Every source may give equally many, as in the sample that is learnt from: a large one is read in part, a
    small one whole.
    """
    left, found = at_most, dict[str, float]()
    for done, (source, size) in enumerate(sorted(texts.items(), key=lambda item: (item[1], item[0]))):
        share = min(size, max(1, left // (len(texts) - done)))
        found[source] = share / size if size else 1.0
        left -= share
    return found


def first_article_ids(part: float) -> str | None:
    """The article id below which about this part of all ids lies; None for all. They are evenly spread."""
    if part >= 1.0:
        return None
    return f"a-{int(part * 16**8):08x}"
