"""What the tests of the local servers share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import download
from tests.unit.infra.registry import Registry, running_registry


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account can enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="copydesk-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A package registry on loopback, asked without pauses between attempts."""
    monkeypatch.setattr(download, "_FIRST_PAUSE", 0.001)
    with running_registry() as running:
        yield running
