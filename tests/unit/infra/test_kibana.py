"""Kibana's saved objects, as far as they can be judged without Kibana."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

import schemas
from infra.kibana import __main__ as command
from infra.kibana.bundle import COLUMNS, FILE, ndjson, objects
from infra.kibana.catalogue import DASHBOARDS, LATEST, VIEWS
from infra.kibana.model import Dates, Panel

PANELS = [part for dashboard in DASHBOARDS for part in dashboard.panels if isinstance(part, Panel)]
RUNTIME = {view.alias: view.runtime for view in VIEWS}
NUMBERS = {"long", "integer", "double", "float"}


def mapping(alias: str, path: str) -> dict[str, Any] | None:
    """How the index of `alias` maps a field, multi-fields included; runtime fields as they are declared."""
    if path in RUNTIME[alias]:
        return {"type": RUNTIME[alias][path].type}
    found: Any = {"properties": schemas.indices()[alias].mappings["properties"]}
    for name in path.split("."):
        found = {**found.get("properties", {}), **found.get("fields", {})}.get(name)
        if found is None:
            return None
    return found


def aggregatable(held: dict[str, Any] | None) -> bool:
    return held is not None and held["type"] != "text" and held.get("doc_values", True)


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panel_asks_only_for_fields_that_fit_what_it_does_with_them(panel: Panel) -> None:
    for bucket in panel.buckets:
        held = mapping(panel.view, bucket.field)
        assert aggregatable(held), bucket.field
        assert held is not None
        assert (held["type"] == "date") == isinstance(bucket, Dates), bucket.field
    for metric in panel.metrics:
        assert (metric.field is None) == (metric.operation == "count"), metric.label
        if metric.field is not None:
            held = mapping(panel.view, metric.field)
            assert aggregatable(held), metric.field
            assert held is not None
            allowed = NUMBERS | {"date"} if metric.operation in ("max", "min") else NUMBERS
            assert held["type"] in allowed, metric.field


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_a_panels_query_names_fields_that_can_be_searched(panel: Panel) -> None:
    named = re.findall(r"([a-z_.]+)\s*(?::|[<>]=?)", panel.query)
    assert bool(named) == bool(panel.query)
    for name in named:
        held = mapping(panel.view, name)
        assert held is not None, name
        assert held.get("index", True), name


def test_data_views_stand_on_a_date_and_the_session_on_fields_there_are() -> None:
    for view in VIEWS:
        assert (mapping(view.alias, view.time) or {}).get("type") == "date", view.alias
    assert [] == [column for column in LATEST.columns if mapping(LATEST.view, column) is None]


def test_every_reference_resolves_to_what_stands_before_it() -> None:
    known: set[tuple[str, str]] = set()
    for made in objects():
        for reference in made["references"]:
            assert (reference["type"], reference["id"]) in known, reference
        assert (made["type"], made["id"]) not in known
        known.add((made["type"], made["id"]))


def test_every_panel_on_a_dashboard_has_its_reference_and_its_own_place() -> None:
    for made in objects():
        if made["type"] != "dashboard":
            continue
        names = {reference["name"] for reference in made["references"]}
        taken: set[tuple[int, int]] = set()
        for panel in json.loads(made["attributes"]["panelsJSON"]):
            assert f"{panel['panelIndex']}:{panel['panelRefName']}" in names
            grid = panel["gridData"]
            cells = {
                (x, y)
                for x in range(grid["x"], grid["x"] + grid["w"])
                for y in range(grid["y"], grid["y"] + grid["h"])
            }
            assert not cells & taken, panel["panelIndex"]
            assert grid["x"] + grid["w"] <= COLUMNS
            taken |= cells


def test_columns_a_chart_draws_are_columns_of_its_layer() -> None:
    for made in objects():
        if made["type"] == "lens":
            state = made["attributes"]["state"]
            columns = state["datasourceStates"]["formBased"]["layers"]["layer"]["columns"]
            drawn = set(re.findall(r'"([bm][0-9])"', json.dumps(state["visualization"])))
            assert columns.keys() == drawn, made["id"]


def test_the_committed_file_is_what_the_data_give() -> None:
    assert FILE.read_text(encoding="utf-8") == ndjson()


class Kibana(BaseHTTPRequestHandler):
    """Answers an import with what the test wants, and remembers what it got."""

    answer: dict[str, Any]
    got: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        written = json.dumps(self.answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def kibana() -> Iterator[HTTPServer]:
    Kibana.got = []
    with HTTPServer(("127.0.0.1", 0), Kibana) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"success": True, "successCount": 23}, 0),
        ({"success": False, "errors": [{"type": "lens", "id": "x", "error": {"type": "unknown"}}]}, 1),
    ],
    ids=["all taken", "one refused"],
)
def test_import_sends_the_committed_file_and_believes_only_success(
    kibana: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: dict[str, Any],
    code: int,
) -> None:
    Kibana.answer = answer
    monkeypatch.setenv("KIBANA_API_KEY", "secret")
    monkeypatch.setattr("sys.argv", ["kibana", "import", "--url", f"http://127.0.0.1:{kibana.server_port}"])
    assert code == command.main()
    ((path, headers, body),) = Kibana.got
    assert "/api/saved_objects/_import?overwrite=true" == path
    assert ("true", "ApiKey secret") == (headers["kbn-xsrf"], headers["authorization"])
    assert FILE.read_bytes() in body
    assert ("lens x" in capsys.readouterr().err) == bool(code)


def test_import_into_nothing_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["kibana", "import", "--url", "http://127.0.0.1:9"])
    assert 1 == command.main()
    assert "did not take the file" in capsys.readouterr().err
