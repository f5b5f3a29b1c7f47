"""Stages as processes of their own, against the session's servers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from infra.local.instance import Instance

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


def environment(instance: Instance, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COPYDESK_")}
    return kept | instance.environment() | {"PYTHONPATH": str(ROOT)} | more


def start(instance: Instance, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """`python -m …` in the background; `more` are variables of its environment."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=environment(instance, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the process; its exit code (negative: the signal that killed it) and all it printed."""
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        raise AssertionError(f"still running after {PATIENCE} s: {out}\n{err}") from None
    return process.returncode, out + err


def eventually(holds: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.3)
