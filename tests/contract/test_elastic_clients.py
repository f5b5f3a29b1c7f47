"""Elasticsearch that is not there: one readable cause, not the names of three libraries."""

from __future__ import annotations

import pytest

from infra.local import ports
from pipeline.adapters import elastic_clients
from pipeline.errors import IndexUnavailable
from pipeline.settings import Settings


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_refused_connection_is_told_in_two_words(scheme):
    settings = Settings(elasticsearch_url=f"{scheme}://127.0.0.1:{ports.pick_one()}")
    client = elastic_clients.client(settings).options(max_retries=0)
    with pytest.raises(IndexUnavailable) as raised, elastic_clients.translated("counting"):
        client.info()
    assert "counting: Elasticsearch does not answer (error=Connection refused)" == str(raised.value)
