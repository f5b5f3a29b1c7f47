"""What a person should look at: sources that fail or fell silent, and groups that fall behind.

Every finding is one line that says what, since when and why; none means that all is well. The balance of
the books is in `accounts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import schemas
from pipeline.core.health import judged
from pipeline.core.polls import state_of
from pipeline.core.rhythm import unusual_volume
from pipeline.core.sources import Health, Source, SourceState
from pipeline.ports import Documents, TopicReader
from pipeline.stages.accounts import lag_of

ALARMING: tuple[Health, ...] = ("broken", "blocked", "silent")
"""The words of a source's health that call for a person; a paused source is one a person has seen."""
WAITS_TOO_LONG = timedelta(minutes=30)
"""Age of the oldest unread record from which a group counts as behind: two rounds of the stage's fallback."""


def alarming_sources(catalogue: Iterable[Source], held: Documents[SourceState], now: datetime) -> list[str]:
    """A line for each source of the catalogue that is broken, blocked or silent as of `now`."""
    alarming = [state for state in _states(catalogue, held, now) if state.health in ALARMING]
    alarming.sort(key=lambda state: (ALARMING.index(state.health), state.source_id))
    return [_finding(state) for state in alarming]


def unusual_volumes(catalogue: Iterable[Source], held: Documents[SourceState], now: datetime) -> list[str]:
    """A line for each source whose last whole day brought far fewer or far more entries than usual.

    Worth a look, and no alarm: a quiet day may be a holiday.
    """
    states = [state for state in _states(catalogue, held, now) if state.health not in (*ALARMING, "paused")]
    found = ((state.source_id, unusual_volume(state, now)) for state in states)
    return [f"source {name}: {remark}" for name, remark in found if remark is not None]


def late_groups(reader: TopicReader, now: datetime) -> list[str]:
    """A line for each group whose oldest unread record waits too long."""
    lines = []
    for name, topic in schemas.topics().items():
        ends = reader.ends(name)
        for group in topic.groups:
            committed = reader.committed(group, name)
            oldest = _oldest_unread(reader, name, ends, committed)
            if oldest is not None and now - oldest > WAITS_TOO_LONG:
                minutes = int((now - oldest).total_seconds() // 60)
                behind = lag_of(ends, committed)
                lines.append(
                    f"{group} is {behind} records behind in {name}, the oldest waits for {minutes} min"
                )
    return lines


def _states(catalogue: Iterable[Source], held: Documents[SourceState], now: datetime) -> list[SourceState]:
    """What is known of each row, judged as of `now`: silence comes with time, not with a poll."""
    rows = list(catalogue)
    known = held.get([row.id for row in rows])
    return [judged(row, state_of(row, known[row.id].value if row.id in known else None), now) for row in rows]


def _finding(state: SourceState) -> str:
    since = f" since {state.health_since:%Y-%m-%d %H:%M} UTC" if state.health_since else ""
    return f"source {state.source_id} is {state.health}{since}: {state.health_why}"


def _oldest_unread(
    reader: TopicReader,
    topic: str,
    ends: Mapping[int, tuple[int, int]],
    committed: Mapping[int, tuple[int, str]],
) -> datetime | None:
    times = []
    for partition, (first, end) in ends.items():
        start = max(first, committed.get(partition, (first, ""))[0])
        first_unread = next(reader.read(topic, {partition: start}, {partition: end}), None)
        if first_unread is not None:  # else nothing but transaction markers is left
            times.append(first_unread.timestamp)
    return min(times, default=None)
