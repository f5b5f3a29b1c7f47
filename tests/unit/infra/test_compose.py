"""The compose file, as far as it can be judged without a container engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import yaml
from jsonschema_rs import Draft202012Validator

from pipeline.adapters.kafka_clients import connection
from pipeline.cli.main import copydesk
from pipeline.settings import PREFIX, Settings, load

ROOT = Path(__file__).parents[3]
LOCAL = ROOT / "infra" / "local"
FOLDER = ROOT / "infra" / "compose"
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")
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


def filled(text: str) -> str:
    """With every variable given, as after make-env.sh."""
    return re.sub(r"\$\{([A-Z_]+)(?::-([^}]*))?[^}]*\}", lambda found: found[2] or "given", str(text))


def test_the_pipeline_starts_with_the_settings_it_is_given(compose, tmp_path):
    given = {name: filled(value) for name, value in compose["x-copydesk-environment"].items()}
    for name in given:
        if name.endswith("_FILE"):
            file = tmp_path / name
            file.write_text("given")
            given[name] = str(file)
    made = load(given)
    options = connection(made)
    assert ("SASL_PLAINTEXT", "PLAIN", "copydesk") == (
        options["security_protocol"],
        options["sasl_mechanism"],
        options["sasl_plain_username"],
    )
    assert ("given", None) == (made.elasticsearch_api_key, made.snapshot_repository)


def test_addresses_lead_to_services_that_listen_there(compose):
    services, given = compose["services"], compose["x-copydesk-environment"]
    kafka = services["kafka"]["environment"]
    inside = given["COPYDESK_KAFKA_BOOTSTRAP"]
    assert f"CLIENT://{inside}" in kafka["KAFKA_ADVERTISED_LISTENERS"]
    assert f"CLIENT://:{inside.split(':')[1]}" in kafka["KAFKA_LISTENERS"]
    elastic = urlsplit(given["COPYDESK_ELASTICSEARCH_URL"])
    assert elastic.hostname in services
    encrypted = services[elastic.hostname]["environment"]["xpack.security.http.ssl.enabled"] == "true"
    assert ("https" if encrypted else "http") == elastic.scheme
    assert given["COPYDESK_ELASTICSEARCH_URL"] == services["kibana"]["environment"]["ELASTICSEARCH_HOSTS"]
    for service in services.values():
        for port in service.get("ports", []):
            assert re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:-(\d+)\}:\1", port), port


def test_keys_are_made_for_every_role_and_read_where_they_are_put(compose):
    roles = {path.name.removesuffix("-key.json") for path in (FOLDER / "elasticsearch").glob("*-key.json")}
    setup = (FOLDER / "setup.sh").read_text(encoding="utf-8")
    (made,) = re.findall(r"^for name in (.+); do$", setup, re.MULTILINE)
    assert roles == set(made.split())
    (folder,) = re.findall(r"^keys=(\S+)$", setup, re.MULTILINE)
    used = compose["x-copydesk-environment"]["COPYDESK_ELASTICSEARCH_API_KEY_FILE"]
    assert f"{folder}/writer.key" == used
    assert f"copydesk-keys:{folder}:ro" in compose["x-airflow"]["volumes"]
    assert f"copydesk-keys:{folder}" in compose["services"]["setup"]["volumes"]


def test_every_key_ends_and_says_what_it_is_for():
    for path in (FOLDER / "elasticsearch").glob("*-key.json"):
        key = json.loads(path.read_text(encoding="utf-8"))
        assert f"copydesk-{path.name.removesuffix('-key.json')}" == key["name"]
        assert "90d" == key["expiration"]
        assert key["metadata"]["purpose"]
        assert [key["name"]] == list(key["role_descriptors"])


def test_images_are_of_the_versions_that_the_tests_run_against(compose):
    images = {name: service["image"].split(":") for name, service in compose["services"].items()}
    jars = (LOCAL / "kafka-jars.lock").read_text(encoding="utf-8")
    assert f":{images['kafka'][1]} " in jars
    elastic = (LOCAL / "elasticsearch.lock").read_text(encoding="utf-8")
    assert f'\nversion = "{images["elasticsearch"][1]}"\n' in elastic
    assert images["elasticsearch"][1] == images["kibana"][1] == images["elasticsearch-certs"][1]
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    airflow, python = re.findall(
        r"^FROM apache/airflow:([0-9.]+)-python([0-9.]+)$", DOCKERFILE, re.MULTILINE
    )[0]
    assert f"\napache-airflow=={airflow} " in locked
    assert python in ("3.11", "3.12", "3.13")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert {f"copydesk:{project['version']}"} == {
        ":".join(image) for image in images.values() if image[0] == "copydesk"
    }


def test_settings_given_to_airflow_are_settings_of_airflow(compose):
    template = (
        Path(str(find_spec("airflow").submodule_search_locations[0])) / "config_templates" / "config.yml"
    )
    known = yaml.safe_load(template.read_text(encoding="utf-8"))
    for variable in compose["x-airflow-environment"]:
        if variable.startswith("AIRFLOW__"):
            section, option = variable.removeprefix("AIRFLOW__").lower().split("__")
            assert option in known[section]["options"], variable


@pytest.mark.parametrize("script", sorted(FOLDER.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_shell_that_stops_at_the_first_error(script):
    subprocess.run(["bash", "-n", script], check=True, capture_output=True)
    assert "\nset -euo pipefail\n" in script.read_text(encoding="utf-8")


def test_commands_that_setup_runs_are_commands():
    setup = (FOLDER / "setup.sh").read_text(encoding="utf-8")
    called = re.findall(r"^(?:[A-Z_]+=\S+ )?copydesk (.+)$", setup, re.MULTILINE)
    assert ["topics apply", "index apply"] == called
    for words in called:
        group, name = words.split()
        command = copydesk.get_command(click.Context(copydesk), group)
        assert name in command.commands
