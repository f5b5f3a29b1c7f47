"""The search that a panel sends: buckets and metrics of its saved object, for tests on a real index."""

from __future__ import annotations

from typing import Any

from infra.kibana.model import Dates, Metric, Panel, Terms, View

_AGGREGATION = {"average": "avg", "unique_count": "cardinality"}


def request(panel: Panel, view: View) -> dict[str, Any]:
    """The body without the panel's KQL and the time filter, which Kibana translates itself."""
    inner: dict[str, Any] = {
        f"m{number}": _metric(metric) for number, metric in enumerate(panel.metrics) if metric.field
    }
    for number, bucket in reversed(list(enumerate(panel.buckets))):
        leaf = {f"m{n}": _metric(m) for n, m in enumerate(panel.metrics) if m.field}
        inner = {f"b{number}": {**_bucket(bucket, panel.metrics[0]), "aggs": {**leaf, **inner}}}
    body: dict[str, Any] = {"size": 0, "track_total_hits": True}
    if inner:
        body["aggs"] = inner
    if view.runtime:
        body["runtime_mappings"] = {
            name: {"type": field.type, "script": {"source": field.script}}
            for name, field in view.runtime.items()
        }
    return body


def _metric(metric: Metric) -> dict[str, Any]:
    return {_AGGREGATION.get(metric.operation, metric.operation): {"field": metric.field}}


def _bucket(bucket: Terms | Dates, first: Metric) -> dict[str, Any]:
    if isinstance(bucket, Dates):
        return {"date_histogram": {"field": bucket.field, "calendar_interval": "1d", "min_doc_count": 0}}
    order = {"m0" if first.field else "_count": "asc" if bucket.ascending else "desc"}
    return {"terms": {"field": bucket.field, "size": bucket.size, "order": order}}
