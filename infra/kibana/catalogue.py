"""The data views, the Discover session and the two dashboards.

Lag of Kafka's groups lies in no index (`copydesk status` tells it); its shadow here is what is in flight.
"""

from __future__ import annotations

from infra.kibana.model import Dashboard, Dates, Metric, Panel, Runtime, Session, Terms, View

_DURATION = (
    "if (doc['ended_at'].size() > 0 && doc['started_at'].size() > 0) {"
    " emit((doc['ended_at'].value.toInstant().toEpochMilli()"
    " - doc['started_at'].value.toInstant().toEpochMilli()) / 1000.0); }"
)

INDEXED = ("created", "joined", "bridged", "revised", "unchanged")
"""Outcomes of index. A report has fields only for what occurred, and Kibana refuses a panel over a field
that no document has yet: so scripts read them."""


def _counted(outcome: str) -> Runtime:
    name = f"'outcomes.{outcome}'"
    return Runtime(
        type="long",
        script=f"if (doc.containsKey({name}) && doc[{name}].size() > 0) {{ emit(doc[{name}].value); }}",
    )


VIEWS = (
    View(alias="news-stories", name="News stories", time="event_at"),
    View(alias="news-articles", name="News ledger", time="fetch.discovered_at"),
    View(
        alias="news-runs",
        name="News runs",
        time="started_at",
        runtime={
            "duration_seconds": Runtime(type="double", script=_DURATION),
            **{f"index_{outcome}": _counted(outcome) for outcome in INDEXED},
        },
    ),
    View(alias="news-sources", name="News sources", time=None),
)

COUNT = Metric(label="Stories")
ARTICLES = Metric(label="Articles")
SOURCES = Metric(label="Sources")

LATEST = Session(
    id="news-latest",
    title="Latest stories",
    view="news-stories",
    columns=("title", "source_name", "language", "article_count"),
)

CONTENT = Dashboard(
    id="news-content",
    title="News: content",
    description="What the sources write about, where, and who copies whom",
    since="now-7d/d",
    panels=(
        Panel(id="stories", title="Stories", view="news-stories", chart="metric", metrics=(COUNT,), width=12),
        Panel(
            id="stories-over-time",
            title="Stories over time",
            view="news-stories",
            chart="bars",
            metrics=(COUNT,),
            buckets=(
                Dates(field="event_at", label="Time"),
                Terms(field="language", label="Language", size=6),
            ),
            width=36,
        ),
        Panel(
            id="sources",
            title="Sources",
            view="news-stories",
            chart="table",
            metrics=(COUNT, Metric(label="Last story", operation="max", field="event_at")),
            buckets=(Terms(field="source_ids", label="Source", size=50),),
        ),
        Panel(
            id="languages",
            title="Languages",
            view="news-stories",
            chart="pie",
            metrics=(COUNT,),
            buckets=(Terms(field="language", label="Language", size=12),),
        ),
        Panel(
            id="most-copied",
            title="Most copied",
            view="news-stories",
            chart="table",
            metrics=(Metric(label="Copies", operation="max", field="article_count"),),
            buckets=(Terms(field="title.raw", label="Title", size=20),),
            query="article_count > 1",
        ),
        Panel(
            id="most-revised",
            title="Most revised",
            view="news-stories",
            chart="table",
            metrics=(Metric(label="Corrections", operation="max", field="correction_count"),),
            buckets=(Terms(field="title.raw", label="Title", size=20),),
            query="revised: true",
        ),
        LATEST,
    ),
)

OPERATIONS = Dashboard(
    id="news-operations",
    title="News: operations",
    description="What became of every article, how sources are, and how the stages run",
    since="now-7d/d",
    panels=(
        Panel(
            id="states",
            title="Where articles are now",
            view="news-articles",
            chart="pie",
            metrics=(ARTICLES,),
            buckets=(Terms(field="state", label="State", size=12),),
        ),
        Panel(
            id="in-flight",
            title="In flight: lag of the stages",
            view="news-articles",
            chart="table",
            metrics=(
                ARTICLES,
                Metric(label="Oldest discovered", operation="min", field="fetch.discovered_at"),
            ),
            buckets=(Terms(field="state", label="State"),),
            query="state: (discovered or fetched or cleaned)",
        ),
        Panel(
            id="fetch-outcomes",
            title="Outcomes of fetch, by reason",
            view="news-articles",
            chart="table",
            metrics=(ARTICLES,),
            buckets=(
                Terms(field="fetch.outcome", label="Outcome"),
                Terms(field="fetch.reason", label="Reason", size=20),
            ),
        ),
        Panel(
            id="clean-outcomes",
            title="Outcomes of clean, by reason",
            view="news-articles",
            chart="table",
            metrics=(ARTICLES,),
            buckets=(
                Terms(field="clean.outcome", label="Outcome"),
                Terms(field="clean.reason", label="Reason", size=20),
            ),
        ),
        Panel(
            id="dead-letters",
            title="Dead letters over time",
            view="news-articles",
            chart="bars",
            metrics=(ARTICLES,),
            buckets=(
                Dates(field="fetch.discovered_at", label="Time"),
                Terms(field="fetch.source_id", label="Source", size=6),
            ),
            query="state: dead-lettered",
        ),
        Panel(
            id="index-outcomes",
            title="Outcomes of index",
            view="news-runs",
            chart="table",
            metrics=tuple(
                Metric(label=outcome.capitalize(), operation="sum", field=f"index_{outcome}")
                for outcome in INDEXED
            ),
            buckets=(Dates(field="started_at", label="Time"),),
            query="stage: index",
        ),
        Panel(
            id="index-errors",
            title="Errors of index",
            view="news-articles",
            chart="table",
            metrics=(ARTICLES,),
            buckets=(Terms(field="index.error", label="Error", size=20),),
        ),
        Panel(
            id="source-health",
            title="Health of sources",
            view="news-sources",
            chart="pie",
            metrics=(SOURCES,),
            buckets=(Terms(field="health", label="Health"),),
        ),
        Panel(
            id="silence",
            title="Longest without anything new",
            view="news-sources",
            chart="table",
            metrics=(Metric(label="Last new entry", operation="min", field="new_at"),),
            buckets=(
                Terms(field="source_id", label="Source", size=30, ascending=True),
                Terms(field="health", label="Health", size=1),
            ),
        ),
        Panel(
            id="durations",
            title="Duration of runs, in seconds",
            view="news-runs",
            chart="lines",
            metrics=(Metric(label="Longest", operation="max", field="duration_seconds"),),
            buckets=(
                Dates(field="started_at", label="Time"),
                Terms(field="stage", label="Stage", size=3),
            ),
        ),
        Panel(
            id="runs",
            title="Runs by stage and end",
            view="news-runs",
            chart="table",
            metrics=(
                Metric(label="Runs"),
                Metric(label="New articles", operation="sum", field="discovered"),
            ),
            buckets=(Terms(field="stage", label="Stage", size=3), Terms(field="status", label="Status")),
        ),
    ),
)

DASHBOARDS = (CONTENT, OPERATIONS)
