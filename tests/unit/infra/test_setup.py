"""`make` on a fresh machine: finding Python and the installer, with stand-ins for both."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
VERSION = "0.13.9"
PYTHON_THAT_FITS = f'#!/bin/sh\n[ "$1" = -m ] && exec "$HERE/module" "$@"\nexec {shutil.which("true")}\n'
PYTHON_THAT_DOES_NOT = "#!/bin/sh\nexit 1\n"
UV = '#!/bin/sh\nif [ "$1" = --version ]; then echo "uv VERSION"; else echo "$0 $*" >>"$HERE/calls"; fi\n'
WHAT_THE_SCRIPT_NEEDS = ("sh", "dirname", "sed", "cut", "grep", "rm", "mkdir", "cp", "chmod", "cat")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The few files that setting up reads, and a PATH of its own with nothing of Python on it."""
    (tmp_path / "infra" / "local").mkdir(parents=True)
    for name in ("infra/local/setup.sh", "infra/local/bootstrap.lock"):
        shutil.copy(PROJECT / name, tmp_path / name)
    (tmp_path / "requirements.lock").write_text("one==1\ntwo==2\n")
    (tmp_path / "bin").mkdir()
    for tool in WHAT_THE_SCRIPT_NEEDS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def run(clone: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(clone / "bin"), "HERE": str(clone), "PYTHON": "python3", **variables}
    command = [str(clone / "infra" / "local" / "setup.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def calls(clone: Path) -> list[str]:
    path = clone / "calls"
    return path.read_text().splitlines() if path.exists() else []


def test_no_fitting_python_is_said_with_the_way_out(clone: Path) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_DOES_NOT)
    done = run(clone, "install")
    assert done.returncode != 0
    assert "no Python 3.11, 3.12 or 3.13 was found" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_installer_of_the_pinned_version_is_used_as_it_is(clone: Path) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_FITS)
    program(clone / "bin" / "uv", UV.replace("VERSION", VERSION))
    assert run(clone, "install").returncode == 0
    commands = [call.split(" ", 1)[1] for call in calls(clone)]
    assert [command.split(" --")[0] for command in commands] == ["venv", "pip sync", "pip install"]
    assert "--require-hashes requirements.lock" in commands[1]
    assert "--no-deps" in commands[2]


@pytest.mark.parametrize("present", ["0.13.8", None], ids=["another version", "none"])
def test_installer_is_fetched_by_digest_when_it_is_not_there(clone: Path, present: str | None) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_FITS)
    if present:
        program(clone / "bin" / "uv", UV.replace("VERSION", present))
    program(clone / "fetched", UV.replace("VERSION", VERSION))
    program(
        clone / "venv-python",
        '#!/bin/sh\necho "$*" >>"$HERE/calls"\ncp "$HERE/fetched" .run/installer/bin/uv\n',
    )
    program(
        clone / "module",
        '#!/bin/sh\nmkdir -p "$3/bin"\ncp "$HERE/venv-python" "$3/bin/python"\n',
    )
    assert run(clone, "install").returncode == 0
    assert calls(clone)[0].startswith("-m pip install --quiet --no-deps --require-hashes -r")
    assert all(call.startswith(".run/installer/bin/uv ") for call in calls(clone)[1:])
    assert len(calls(clone)) == 4


def test_python_without_venv_and_pip_is_said_with_the_way_out(clone: Path) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_FITS)
    program(clone / "module", "#!/bin/sh\nexit 1\n")
    done = run(clone, "install")
    assert done.returncode != 0
    assert "has neither venv nor pip" in done.stderr
    assert "python3-venv" in done.stderr


def test_certificates_and_mirror_reach_the_installer(clone: Path) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_FITS)
    shown = UV.replace("VERSION", VERSION).replace(
        "$0 $*", "$SSL_CERT_FILE $UV_DEFAULT_INDEX $UV_COMPILE_BYTECODE"
    )
    program(clone / "bin" / "uv", shown)
    run(clone, "install", REQUESTS_CA_BUNDLE="/ca.pem", PIP_INDEX_URL="http://mirror.example/simple")
    assert calls(clone)[-1] == "/ca.pem http://mirror.example/simple 1"
    (clone / "calls").unlink()
    run(clone, "install", REQUESTS_CA_BUNDLE="/ca.pem", SSL_CERT_FILE="/own.pem")
    assert calls(clone)[-1].startswith("/own.pem ")


def test_lock_is_made_for_all_platforms_with_hashes(clone: Path) -> None:
    program(clone / "bin" / "python3", PYTHON_THAT_FITS)
    program(clone / "bin" / "uv", UV.replace("VERSION", VERSION))
    assert run(clone, "lock", "--upgrade").returncode == 0
    assert {"--universal", "--generate-hashes", "--upgrade"} <= set(calls(clone)[0].split())


def test_every_target_is_explained_by_make_help() -> None:
    make = shutil.which("make")
    assert make is not None
    text = (PROJECT / "Makefile").read_text()
    declared = {line.split(":")[1].strip() for line in text.splitlines() if line.startswith(".PHONY")}
    shown = subprocess.run([make, "-C", str(PROJECT), "help"], capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in shown.stdout.splitlines() if line.startswith("  ")}
    assert listed == declared
    assert {"run", "stop", "status", "test", "check", "clean"} <= listed


def test_ci_runs_what_a_person_runs() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_nothing_committed_for_local_servers_names_a_host_to_fetch_from() -> None:
    for path in (PROJECT / "infra" / "local").iterdir():
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert re.findall(r"https?://(?!127\.0\.0\.1|HOST)[\w.-]+", text) == [], path.name
