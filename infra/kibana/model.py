"""What a panel is, in our words: the one source of both Kibana's saved object and the search it will send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Chart = Literal["metric", "bars", "lines", "pie", "table"]
Operation = Literal["count", "sum", "average", "max", "min", "unique_count"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A field that is computed when asked for; `script` is Painless."""

    type: Literal["double", "long", "keyword"]
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A data view over one alias. `time` is the field that Kibana's time picker filters by; None: everything
    is shown whatever the picker says."""

    alias: str
    name: str
    time: str | None
    runtime: dict[str, Runtime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number of each bucket; `field` is null for a count only."""

    label: str
    operation: Operation = "count"
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A bucket for each of the `size` values with most of the first metric, or least of it."""

    field: str
    label: str
    size: int = 10
    ascending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """Buckets of time, as long as fits the range shown."""

    field: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One chart. `query` is KQL; `width` is of 48 columns, `height` in Kibana's rows."""

    id: str
    title: str
    view: str
    chart: Chart
    metrics: tuple[Metric, ...]
    buckets: tuple[Terms | Dates, ...] = ()
    query: str = ""
    width: int = 24
    height: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A saved Discover session: what readers open."""

    id: str
    title: str
    view: str
    columns: tuple[str, ...]
    query: str = ""
    width: int = 48
    height: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Panels in reading order, wrapped into rows of 48 columns."""

    id: str
    title: str
    description: str
    since: str
    panels: tuple[Panel | Session, ...]
