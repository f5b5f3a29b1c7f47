"""Kibana's saved objects, as far as they can be judged without Kibana."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, get_args

import pytest

import schemas
from infra.kibana import __main__ as command
from infra.kibana.bundle import COLUMNS, FILE, ndjson, objects
from infra.kibana.catalogue import INDEXED, VIEWS
from infra.kibana.checks import faults, used_fields
from pipeline.core.stories.decide import IndexOutcome

MAPPINGS = {name: index.mappings for name, index in schemas.indices().items()}


def test_objects_name_only_fields_that_fit_what_is_done_with_them_and_objects_that_there_are() -> None:
    assert [] == faults(objects(), MAPPINGS)


def test_every_index_field_used_is_known_by_its_view() -> None:
    used = used_fields(objects())
    assert {view.alias for view in VIEWS} == used.keys()
    assert {"event_at", "title.raw", "article_count"} <= used["news-stories"]
    assert "duration_seconds" not in used["news-runs"]


def test_the_panel_of_index_has_all_its_outcomes() -> None:
    assert get_args(IndexOutcome) == INDEXED


def without(mappings: Any, *path: str) -> Any:
    """The mappings with one field gone, as after a renaming."""
    changed = json.loads(json.dumps(mappings))
    place = changed[path[0]]["properties"]
    for name in path[1:-1]:
        place = place[name].get("properties") or place[name]["fields"]
    del place[path[-1]]
    return changed


@pytest.mark.parametrize(
    ("alias", "field"),
    [(alias, field) for alias, fields in used_fields(objects()).items() for field in sorted(fields)],
)
def test_a_field_that_is_renamed_is_found_whichever_it_is(alias: str, field: str) -> None:
    wrong = faults(objects(), without(MAPPINGS, alias, *field.split(".")))
    assert wrong
    assert {True} == {f"{alias} has no field {field}" in fault for fault in wrong}


def changed(kind: str, name: str, change: Callable[[dict[str, Any]], object]) -> list[str]:
    copies = json.loads(json.dumps(objects()))
    change(next(made for made in copies if (made["type"], made["id"]) == (kind, name)))
    return faults(copies, MAPPINGS)


def column(made: dict[str, Any], name: str) -> dict[str, Any]:
    held: dict[str, Any] = made["attributes"]["state"]["datasourceStates"]["formBased"]["layers"]["layer"]
    return held["columns"][name]


@pytest.mark.parametrize(
    ("kind", "name", "change", "fault"),
    [
        (
            "lens",
            "news-states",
            lambda made: column(made, "b0").update(sourceField="edit.reason"),
            "is a text",
        ),
        ("lens", "news-states", lambda made: column(made, "b0").update(sourceField="fetch.url"), "for terms"),
        ("lens", "news-runs", lambda made: column(made, "m1").update(sourceField="stage"), "is a keyword"),
        (
            "lens",
            "news-durations",
            lambda made: column(made, "b0").update(sourceField="stage"),
            "is a keyword",
        ),
        (
            "lens",
            "news-most-copied",
            lambda made: made["attributes"]["state"]["query"].update(query="copies > 1"),
            "no field copies",
        ),
        (
            "lens",
            "news-most-copied",
            lambda made: made["attributes"]["state"]["query"].update(query="url: x"),
            "for searched",
        ),
        ("search", "news-latest", lambda made: made["attributes"]["columns"].append("headline"), "headline"),
        ("search", "news-latest", lambda made: made["references"][0].update(id="news-tales"), "news-tales"),
        (
            "index-pattern",
            "news-runs",
            lambda made: made["attributes"].update(title="news-walks"),
            "news-walks",
        ),
        (
            "index-pattern",
            "news-runs",
            lambda made: made["attributes"].update(runtimeFieldMap="{}"),
            "duration",
        ),
        ("dashboard", "news-content", lambda made: made["references"].pop(), "has no reference"),
    ],
    ids=[
        "buckets of text",
        "buckets of what is only stored",
        "a sum of words",
        "time from words",
        "a search for a field that is not there",
        "a search in what is only stored",
        "a column that is not there",
        "a view that is not there",
        "an index that is not there",
        "a computed field that is not there",
        "a panel without its object",
    ],
)
def test_an_object_that_would_be_drawn_empty_is_found(
    kind: str, name: str, change: Callable[[dict[str, Any]], object], fault: str
) -> None:
    assert [] != [found for found in changed(kind, name, change) if fault in found]


def test_build_writes_the_file_only_when_nothing_is_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "FILE", tmp_path / "news.ndjson")
    assert 0 == command.build()
    assert FILE.read_bytes() == command.FILE.read_bytes()
    command.FILE.unlink()
    monkeypatch.setattr(command, "objects", lambda: objects()[1:])
    assert (1, False) == (command.build(), command.FILE.exists())
    assert "news-stories does not stand before it" in capsys.readouterr().err


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
