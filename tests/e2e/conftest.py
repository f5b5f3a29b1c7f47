"""What the end-to-end tests share: a day of news, lived once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.instance import Instance
from pipeline.settings import Settings
from tests.e2e.newsday import Newsday, lived
from tests.servers import start_anew


@pytest.fixture(scope="session")
def newsday(instance: Instance, settings: Settings) -> Iterator[Newsday]:
    """The main path on the session's servers, from empty topics and indices; see `newsday`."""
    start_anew(settings)
    with lived(instance) as day:
        yield day
