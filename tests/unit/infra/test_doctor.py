"""What the doctor finds, and that each problem comes with a way out."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra.local import doctor, jdk, packages, ports
from infra.local.doctor import Finding
from infra.local.settings import LocalSettings, Ports
from pipeline.cli import servers as cli
from tests.unit.infra.registry import Registry


@pytest.fixture
def settings(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> LocalSettings:
    """A machine on which everything is well and nothing has to be fetched."""
    monkeypatch.setattr(packages.Packages, "missing", lambda _: [])
    monkeypatch.setattr(jdk, "find", lambda *_: jdk.Jdk(Path("/opt/jdk"), 25))
    monkeypatch.setattr(doctor, "_available_memory", lambda: 16_000_000_000)
    return LocalSettings(state=open_folder / "state", cache=open_folder / "cache", ports=ports.pick())


def findings(settings: LocalSettings) -> dict[str, Finding]:
    return {finding.subject: finding for finding in doctor.examine(settings)}


def problems(settings: LocalSettings) -> dict[str, Finding]:
    return {name: finding for name, finding in findings(settings).items() if finding.verdict == "problem"}


def test_healthy_machine_has_no_problem_and_is_left_as_it_is(settings: LocalSettings) -> None:
    assert problems(settings) == {}
    assert not settings.state.exists()
    assert not settings.cache.exists()


def test_missing_java_is_a_problem(settings: LocalSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(jdk, "candidates", lambda _: iter(()))
    monkeypatch.setattr(packages.Packages, "missing", lambda _: [])
    assert "Install a full JDK 21" in problems(settings)["Java"].way_out


def test_taken_port_is_a_problem_with_its_owner(settings: LocalSettings) -> None:
    with socket.create_server(("127.0.0.1", settings.ports.airflow)):
        found = problems(settings)[f"Port {settings.ports.airflow}"]
    assert "process" in found.detail
    assert "COPYDESK_AIRFLOW_PORT" in found.way_out


def test_too_little_memory_is_a_problem(settings: LocalSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_available_memory", lambda: 1_000_000_000)
    assert "COPYDESK_ELASTICSEARCH_HEAP" in problems(settings)["Memory"].way_out


def test_memory_needed_grows_with_the_heap(settings: LocalSettings) -> None:
    small = findings(settings)["Memory"].detail
    large = findings(replace(settings, elasticsearch_heap="9g"))["Memory"].detail
    assert "needed" in small
    assert small != large


def test_full_disk_is_a_problem(settings: LocalSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.disk.free_bytes", lambda _: 1_000_000)
    assert "Free some space" in problems(settings)["Disk for data"].way_out


def test_missing_python_package_is_a_problem(
    settings: LocalSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_MODULES", ("json", "no_such_module_here"))
    found = problems(settings)["Python packages"]
    assert found.detail == "missing: no_such_module_here"
    assert found.way_out == "Run `make setup`."


def test_registry_is_only_asked_when_something_is_missing(
    settings: LocalSettings, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = replace(settings, maven_url=registry.url)
    findings(here)
    assert registry.requests == []

    monkeypatch.setattr(packages.Packages, "missing", lambda _: ["kafka"])
    assert problems(here).keys() == {"Package registry"}
    for path, _ in list(registry.requests):
        registry.files[path] = b"jar"
    assert problems(here) == {}


def test_folder_of_something_else_is_a_problem(settings: LocalSettings) -> None:
    settings.state.mkdir()
    (settings.state / "thesis.txt").write_text("")
    assert "COPYDESK_STATE_DIR" in problems(settings)["Folders"].way_out


@pytest.mark.parametrize(
    ("files", "available"),
    [({}, 8_000), ({"max": "max\n", "current": "5"}, 8_000), ({"max": "3000\n", "current": "1000\n"}, 2_000)],
    ids=["no container", "no limit", "container"],
)
def test_memory_of_a_container_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], available: int
) -> None:
    for name, text in files.items():
        (tmp_path / f"memory.{name}").write_text(text)
    monkeypatch.setattr(doctor, "_CGROUP", tmp_path)
    monkeypatch.setattr(doctor.psutil, "virtual_memory", lambda: type("M", (), {"available": 8_000}))
    assert doctor._available_memory() == available


@pytest.mark.parametrize(("verdict", "code"), [("ok", 0), ("note", 0), ("problem", 1)])
def test_command_exits_by_the_worst_finding(
    monkeypatch: pytest.MonkeyPatch, verdict: doctor.Verdict, code: int
) -> None:
    found = Finding("Port [9092]", verdict, "taken", "Stop it.")
    monkeypatch.setattr(cli.examination, "examine", lambda _: [Finding("Java", "ok", "fine"), found])
    shown = CliRunner().invoke(cli.doctor)
    assert shown.exit_code == code
    assert "Port [9092]" in shown.output
    listed = CliRunner().invoke(cli.doctor, ["--json"])
    assert listed.exit_code == code
    assert json.loads(listed.output)[1] == found.as_dict()


def test_ports_of_settings_are_looked_at(settings: LocalSettings) -> None:
    looked_at = {name for name in findings(settings) if name.startswith("Port ")}
    assert looked_at == {f"Port {number}" for number in settings.ports.as_dict().values()}
    assert settings.ports != Ports()
