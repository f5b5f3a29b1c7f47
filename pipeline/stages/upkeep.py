"""Whether maintenance does its work: what a person should know before the log forgets the furniture list.

As in `checkup`, every finding is one line that says what, since when and what to do; none means all is well.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.core.reports import RunReport
from pipeline.ports import Documents, TopicReader, Where
from pipeline.stages.furniture import LOST, newest_list

MAY_REST = timedelta(days=3)
"""How long ago maintenance may have ended well: it runs every night, and a weekend may pass."""

LIST_IS_OLD = timedelta(days=21)
"""Age of the newest list that calls for a person: it is renewed at seven days, and gone at thirty."""

LEARN = "run `copydesk maintenance run --only furniture`"


def resting_maintenance(runs: Documents[RunReport], now: datetime) -> list[str]:
    """A line when no run of maintenance ended well for longer than it may rest."""
    done = next(runs.find(_MAINTAINED, order="-started_at", limit=1), None)
    if done is not None:
        since, what = done.value.started_at, "has not ended well since"
    else:
        begun = next(runs.find(Where(), order="started_at", limit=1), None)
        if begun is None:
            return []
        since, what = begun.value.started_at, "has never ended well, and the first run of any stage was on"
    if now - since <= MAY_REST:
        return []
    return [
        f"maintenance {what} {since:%Y-%m-%d %H:%M} UTC, {(now - since).days} days ago; until it does,"
        " nothing is deleted, saved or learnt: is the DAG `news_maintenance` paused or red?"
    ]


def aging_list(reader: TopicReader, group: str, now: datetime) -> list[str]:
    """A line when the log lost the furniture list, or soon will. `group` is that of the index stage."""
    newest = newest_list(reader, group)
    if newest == LOST:
        return [f"the log lost the furniture list in force, and the index stage waits for another: {LEARN}"]
    if newest is None or now - newest <= LIST_IS_OLD:
        return []
    return [
        f"the furniture list is of {newest:%Y-%m-%d %H:%M} UTC, {(now - newest).days} days old, and the log"
        f" forgets it after 30: {LEARN}"
    ]


_MAINTAINED = Where(terms={"stage": ["maintenance"], "status": ["finished"]})
