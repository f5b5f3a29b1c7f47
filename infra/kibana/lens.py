"""A panel as a Lens visualization: Kibana's saved object of type `lens`."""

from __future__ import annotations

from typing import Any

from infra.kibana.model import Dates, Metric, Panel, Terms

LAYER = "layer"
_XY = {"bars": "bar_stacked", "lines": "line"}
_TYPES = {"metric": "lnsMetric", "pie": "lnsPie", "table": "lnsDatatable", "bars": "lnsXY", "lines": "lnsXY"}


def identity(panel: Panel) -> str:
    """The saved object's id: ours among those of others in the same Kibana."""
    return f"news-{panel.id}"


def lens(panel: Panel) -> dict[str, Any]:
    """The saved object, with its one reference to the data view."""
    buckets = {f"b{number}": _bucket(bucket) for number, bucket in enumerate(panel.buckets)}
    metrics = {f"m{number}": _metric(metric) for number, metric in enumerate(panel.metrics)}
    columns = {**buckets, **metrics}
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}, "sampling": 1}
    return {
        "id": identity(panel),
        "type": "lens",
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": "8.9.0",
        "attributes": {
            "title": panel.title,
            "visualizationType": _TYPES[panel.chart],
            "state": {
                "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
                "visualization": _shape(panel),
                "query": {"query": panel.query, "language": "kuery"},
                "filters": [],
                "internalReferences": [],
                "adHocDataViews": {},
            },
        },
        "references": [
            {"type": "index-pattern", "id": panel.view, "name": f"indexpattern-datasource-layer-{LAYER}"}
        ],
    }


def _bucket(bucket: Terms | Dates) -> dict[str, Any]:
    named = {"label": bucket.label, "customLabel": True, "isBucketed": True, "sourceField": bucket.field}
    if isinstance(bucket, Dates):
        parameters: dict[str, Any] = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
        return {
            **named,
            "dataType": "date",
            "operationType": "date_histogram",
            "scale": "interval",
            "params": parameters,
        }
    parameters = {
        "size": bucket.size,
        "orderBy": {"type": "column", "columnId": "m0"},
        "orderDirection": "asc" if bucket.ascending else "desc",
        "otherBucket": False,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
        "include": [],
        "exclude": [],
        "includeIsRegex": False,
        "excludeIsRegex": False,
    }
    return {
        **named,
        "dataType": "string",
        "operationType": "terms",
        "scale": "ordinal",
        "params": parameters,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    dated = bool(metric.field and metric.field.endswith("_at"))
    return {
        "label": metric.label,
        "customLabel": True,
        "isBucketed": False,
        "dataType": "date" if dated else "number",
        "operationType": metric.operation,
        "sourceField": metric.field or "___records___",
        "scale": "ratio",
        "params": {"emptyAsNull": True} if metric.operation in ("count", "sum", "unique_count") else {},
    }


def _shape(panel: Panel) -> dict[str, Any]:
    """Which column is drawn as what, in the words of each kind of chart."""
    buckets = [f"b{number}" for number in range(len(panel.buckets))]
    metrics = [f"m{number}" for number in range(len(panel.metrics))]
    if panel.chart == "metric":
        return {"layerId": LAYER, "layerType": "data", "metricAccessor": metrics[0]}
    if panel.chart == "table":
        columns = [{"columnId": name} for name in (*buckets, *metrics)]
        return {"layerId": LAYER, "layerType": "data", "columns": columns}
    if panel.chart == "pie":
        pie = {
            "layerId": LAYER,
            "layerType": "data",
            "primaryGroups": buckets,
            "metrics": metrics,
            "numberDisplay": "percent",
            "categoryDisplay": "default",
            "legendDisplay": "default",
        }
        return {"shape": "pie", "layers": [pie]}
    layer: dict[str, Any] = {
        "layerId": LAYER,
        "layerType": "data",
        "seriesType": _XY[panel.chart],
        "xAccessor": buckets[0],
        "accessors": metrics,
    }
    if len(buckets) > 1:
        layer["splitAccessor"] = buckets[1]
    return {
        "preferredSeriesType": _XY[panel.chart],
        "legend": {"isVisible": True, "position": "right"},
        "valueLabels": "hide",
        "layers": [layer],
    }
