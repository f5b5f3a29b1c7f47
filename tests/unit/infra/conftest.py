"""What the tests of the local servers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local import download
from tests.unit.infra.registry import Registry, running_registry


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A package registry on loopback, asked without pauses between attempts."""
    monkeypatch.setattr(download, "_FIRST_PAUSE", 0.001)
    with running_registry() as running:
        yield running
