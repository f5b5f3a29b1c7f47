"""All saved objects as Kibana imports them: one JSON object a line, ids fixed, so that importing replaces."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.kibana import catalogue
from infra.kibana.lens import identity, lens
from infra.kibana.model import Dashboard, Panel, Session, View

FILE = Path(__file__).parent / "news.ndjson"
COLUMNS = 48


def objects() -> list[dict[str, Any]]:
    """Every saved object; what is referred to stands before what refers to it."""
    parts = [part for dashboard in catalogue.DASHBOARDS for part in dashboard.panels]
    return [
        *(_view(view) for view in catalogue.VIEWS),
        *(_session(part) if isinstance(part, Session) else lens(part) for part in parts),
        *(_dashboard(dashboard) for dashboard in catalogue.DASHBOARDS),
    ]


def ndjson() -> str:
    """The file's text; the same data give the same text."""
    return "".join(json.dumps(made, sort_keys=True, ensure_ascii=False) + "\n" for made in objects())


def _view(view: View) -> dict[str, Any]:
    runtime = {
        name: {"type": field.type, "script": {"source": field.script}} for name, field in view.runtime.items()
    }
    return {
        "id": view.alias,
        "type": "index-pattern",
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": "8.0.0",
        "attributes": {
            "title": view.alias,
            "name": view.name,
            **({"timeFieldName": view.time} if view.time else {}),
            "runtimeFieldMap": json.dumps(runtime),
        },
        "references": [],
    }


def _session(session: Session) -> dict[str, Any]:
    time = next(view.time for view in catalogue.VIEWS if view.alias == session.view)
    reference = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {
        "query": {"query": session.query, "language": "kuery"},
        "filter": [],
        "indexRefName": reference,
    }
    return {
        "id": session.id,
        "type": "search",
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": "8.0.0",
        "attributes": {
            "title": session.title,
            "columns": list(session.columns),
            "sort": [[time, "desc"]] if time else [],
            "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source, sort_keys=True)},
        },
        "references": [{"type": "index-pattern", "id": session.view, "name": reference}],
    }


def _dashboard(dashboard: Dashboard) -> dict[str, Any]:
    panels, references = [], []
    x = y = row = 0
    for part in dashboard.panels:
        if x + part.width > COLUMNS:
            x, y, row = 0, y + row, 0
        kind = "lens" if isinstance(part, Panel) else "search"
        grid = {"x": x, "y": y, "w": part.width, "h": part.height, "i": part.id}
        name, held = f"panel_{part.id}", identity(part) if isinstance(part, Panel) else part.id
        panels.append(
            {
                "type": kind,
                "gridData": grid,
                "panelIndex": part.id,
                "panelRefName": name,
                "embeddableConfig": {},
            }
        )
        references.append({"type": kind, "id": held, "name": f"{part.id}:{name}"})
        x, row = x + part.width, max(row, part.height)
    nothing = {"query": {"query": "", "language": "kuery"}, "filter": []}
    return {
        "id": dashboard.id,
        "type": "dashboard",
        "coreMigrationVersion": "8.8.0",
        "typeMigrationVersion": "8.9.0",
        "attributes": {
            "title": dashboard.title,
            "description": dashboard.description,
            "panelsJSON": json.dumps(panels, sort_keys=True),
            "optionsJSON": json.dumps({"useMargins": True, "syncColors": False, "hidePanelTitles": False}),
            "timeRestore": True,
            "timeFrom": dashboard.since,
            "timeTo": "now",
            "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(nothing, sort_keys=True)},
        },
        "references": references,
    }
