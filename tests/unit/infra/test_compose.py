"""The compose file, as far as it can be judged without a container engine."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from pipeline.settings import PREFIX, Settings

FOLDER = Path(__file__).parents[3] / "infra" / "compose"
TEXT = {"type": ["string", "number", "boolean"]}
STRINGS = {"type": "array", "items": {"type": "string"}}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z0-9./-]+:[0-9][A-Za-z0-9.-]*$|^copydesk:[0-9.]+$"},
        "build": {"type": "object", "required": ["context", "dockerfile"]},
        "restart": {"enum": ["no", "unless-stopped"]},
        "user": {"type": "string"},
        "command": {"type": ["string", "array"]},
        "entrypoint": STRINGS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "ports": {"type": "array", "items": {"type": "string", "pattern": r"^127\.0\.0\.1:"}},
        "volumes": {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:/[^:]+(:ro)?$"}},
        "logging": {"type": "object", "required": ["driver"]},
        "ulimits": {"type": "object"},
        "healthcheck": {"type": "object", "required": ["test", "interval", "timeout", "retries"]},
        "depends_on": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["condition"],
                "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
            },
        },
    },
    "required": ["image"],
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))


def defined() -> set[str]:
    lines = (FOLDER / "env.example").read_text(encoding="utf-8").splitlines()
    return {line.split("=", 1)[0] for line in lines if line and not line.startswith("#")}


def used() -> set[str]:
    text = (FOLDER / "compose.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))


def test_every_service_has_the_form_of_one_with_loopback_ports_and_a_pinned_image(compose):
    validator = Draft202012Validator(SERVICE)
    wrong = {
        name: [error.message for error in validator.iter_errors(service)]
        for name, service in compose["services"].items()
    }
    assert {} == {name: errors for name, errors in wrong.items() if errors}


def test_every_variable_used_is_defined_and_the_other_way_round():
    assert defined() - {"COPYDESK_USER_AGENT"} == used() - {"COPYDESK_USER_AGENT"}
    assert "COPYDESK_USER_AGENT" in defined() & used()


def test_passwords_are_never_written_down(compose):
    secret = re.compile("PASSWORD|SECRET|_KEY$")
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable) and not variable.endswith("_FILE"):
                assert value.startswith(("${", "/")) or "${" in value, f"{name}: {variable}"


def test_what_is_depended_on_exists_and_can_reach_the_condition(compose):
    services = compose["services"]
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            assert name in services
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[name]


def test_long_running_services_have_health_checks_and_restart(compose):
    for name, service in compose["services"].items():
        if service.get("restart") == "unless-stopped":
            assert "healthcheck" in service, name


def test_volumes_named_are_declared_and_files_mounted_exist(compose):
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (FOLDER / source).exists(), source
            else:
                assert source in compose["volumes"], source


def test_settings_given_to_the_pipeline_are_settings_of_the_pipeline(compose):
    known = {PREFIX + field.name.upper() for field in fields(Settings)}
    given = {
        variable.removesuffix("_FILE") if variable.endswith("_KEY_FILE") else variable
        for variable in compose["x-copydesk-environment"]
    }
    assert set() == given - known


def test_files_the_image_copies_exist():
    copied = re.findall(r"^COPY (?:--\S+ )*(.+) \S+$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    root = FOLDER.parents[1]
    for source in " ".join(copied).split():
        assert (root / source).exists(), source


def test_make_env_writes_random_values_once(tmp_path):
    for name in ("make-env.sh", "env.example"):
        shutil.copy(FOLDER / name, tmp_path)
    subprocess.run([tmp_path / "make-env.sh"], check=True, capture_output=True)
    written = (tmp_path / ".env").read_text()
    assert "=generate" not in written
    assert defined() == {line.split("=", 1)[0] for line in written.splitlines() if line and line[0] != "#"}
    again = subprocess.run([tmp_path / "make-env.sh"], capture_output=True, check=False)
    assert 1 == again.returncode
    assert written == (tmp_path / ".env").read_text()
