"""Every status a bulk request can end with leads to what the loop around it must do next."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from elastic_transport import ApiResponseMeta, ConnectionError, ConnectionTimeout, HttpHeaders, NodeConfig
from elasticsearch import ApiError

from pipeline.adapters import elastic_bulk, elastic_clients
from pipeline.adapters.elastic_bulk import Operation, Settled, write
from pipeline.adapters.elastic_documents import ElasticDocuments
from pipeline.core.ledger import LedgerEntry
from pipeline.errors import ConfigError, IndexUnavailable, InvalidRecord
from pipeline.ports import Where, Write
from pipeline.settings import Settings
from tests.contract.stores import entry


class ScriptedClient:
    """Answers a bulk request for each id with the next status of its script; 200 when it has none."""

    def __init__(self, **scripts: list[int]) -> None:
        self._scripts = {id: iter(statuses) for id, statuses in scripts.items()}
        self.requests: list[list[str]] = []

    def bulk(self, *, index: str, operations: list[bytes], require_alias: bool) -> Any:
        assert require_alias
        ids = [line.split(b'"_id":"')[1].split(b'"')[0].decode() for line in operations]
        self.requests.append(ids)
        return SimpleNamespace(body={"items": [{"index": self._item(id)} for id in ids]})

    def _item(self, id: str) -> dict[str, Any]:
        status = next(self._scripts.get(id, iter(())), 200)
        return {"status": status, "error": {"type": "error_type", "reason": "because"}}


class FailingClient:
    """Fails every request that carries the id `bad` as a whole, as long as it carries others too."""

    def __init__(self, failure: Exception) -> None:
        self._failure = failure
        self.stored: list[str] = []

    def bulk(self, *, index: str, operations: list[bytes], require_alias: bool) -> Any:
        if any(b'"bad"' in line for line in operations):
            raise self._failure
        self.stored += [line.split(b'"_id":"')[1].split(b'"')[0].decode() for line in operations]
        return SimpleNamespace(body={"items": [{"index": {"status": 200}} for _ in operations]})


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elastic_clients, "FIRST_PAUSE", 0.0)


def operations(*ids: str) -> list[Operation]:
    return [Operation(id, {"field": "value"}) for id in ids]


def api_error(status: int, kind: str = "error_type") -> ApiError:
    meta = ApiResponseMeta(
        status=status,
        http_version="1.1",
        headers=HttpHeaders(),
        duration=0.0,
        node=NodeConfig("http", "127.0.0.1", 9200),
    )
    return ApiError(kind, meta, {"error": {"type": kind}})


@pytest.mark.parametrize("status", [200, 201])
def test_stored_items_are_settled(status):
    assert write(ScriptedClient(a=[status]), "alias", operations("a")) == Settled()


def test_conflict_is_held_and_no_error():
    settled = write(ScriptedClient(b=[409]), "alias", operations("a", "b", "c"))
    assert (settled.held, settled.accepted()) == (["b"], ["b"])


def test_rejected_item_is_named_with_its_reason():
    settled = write(ScriptedClient(b=[400]), "alias", operations("a", "b", "c"))
    assert settled.rejected == {"b": "error_type: because"}
    with pytest.raises(InvalidRecord) as rejected:
        settled.accepted()
    assert (rejected.value.facts["id"], rejected.value.facts["ids"]) == ("b", ("b",))


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, ConfigError), (403, ConfigError), (404, ConfigError), (500, IndexUnavailable)],
)
def test_item_that_is_not_about_its_document_stops_the_writer(status, error):
    with pytest.raises(error):
        write(ScriptedClient(b=[status]), "alias", operations("a", "b"))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_busy_item_alone_is_sent_again(status):
    client = ScriptedClient(b=[status, status])
    assert write(client, "alias", operations("a", "b", "c")) == Settled()
    assert client.requests == [["a", "b", "c"], ["b"], ["b"]]


def test_busy_index_is_given_up_after_some_time():
    client = ScriptedClient(b=[429] * 100)
    with pytest.raises(IndexUnavailable):
        write(client, "alias", operations("a", "b"))
    assert len(client.requests) == elastic_clients.ATTEMPTS


@pytest.mark.parametrize("status", [400, 413])
def test_request_that_fails_as_a_whole_is_halved_until_the_culprit_is_alone(status):
    client = FailingClient(api_error(status))
    ids = [f"a-{number}" for number in range(50)]
    settled = write(client, "alias", operations(*ids[:20], "bad", *ids[20:]))
    assert list(settled.rejected) == ["bad"]
    assert client.stored == ids


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (api_error(401), ConfigError),
        (api_error(403), ConfigError),
        (api_error(429), IndexUnavailable),
        (api_error(503), IndexUnavailable),
        (ConnectionError("refused"), IndexUnavailable),
    ],
)
def test_request_that_fails_for_another_reason_stops_the_writer(failure, error):
    with pytest.raises(error):
        write(FailingClient(failure), "alias", operations("a", "bad"))


@pytest.mark.parametrize("id", ["", "ü" * 257, "\ud800"])
def test_id_that_would_fail_its_request_is_never_sent(id):
    client = ScriptedClient()
    settled = write(client, "alias", operations("a", id, "b"))
    assert (list(settled.rejected), client.requests) == ([id], [["a", "b"]])


def test_text_that_is_no_unicode_is_rejected():
    bad = Operation("b", {"text": "\ud800"})
    settled = write(ScriptedClient(), "alias", [*operations("a"), bad])
    assert list(settled.rejected) == ["b"]


def test_requests_stay_below_the_limits_in_number_and_size(monkeypatch):
    monkeypatch.setattr(elastic_bulk, "CHUNK_BYTES", 1000)
    client = ScriptedClient()
    large = [Operation(f"large-{number}", {"text": "x" * 400}) for number in range(5)]
    write(client, "alias", large)
    assert [len(request) for request in client.requests] == [2, 2, 1]
    monkeypatch.undo()
    client = ScriptedClient()
    write(client, "alias", operations(*(f"a-{number}" for number in range(1100))))
    assert [len(request) for request in client.requests] == [500, 500, 100]


@pytest.mark.parametrize(
    ("failures", "tried"),
    [
        pytest.param([api_error(429), api_error(503)], 3, id="busy"),
        pytest.param([ConnectionError("refused")], 2, id="restarting"),
    ],
)
def test_question_is_asked_again_while_the_server_is_not_ready(failures, tried):
    calls: list[int] = []

    def call() -> str:
        calls.append(1)
        if len(calls) <= len(failures):
            raise failures[len(calls) - 1]
        return "answer"

    assert elastic_clients.ask("asking", call) == "answer"
    assert len(calls) == tried


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        pytest.param(api_error(403), ConfigError, id="refused"),
        pytest.param(api_error(404, "index_not_found_exception"), ConfigError, id="no index"),
        pytest.param(
            api_error(404, "search_phase_execution_exception"), IndexUnavailable, id="no point in time"
        ),
        pytest.param(api_error(500), IndexUnavailable, id="broken"),
        pytest.param(ConnectionTimeout("slow"), IndexUnavailable, id="timed out, which took its time"),
        pytest.param(api_error(400), ApiError, id="not understood: a bug"),
    ],
)
def test_question_that_waiting_does_not_help_is_asked_once(failure, expected):
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise failure

    with pytest.raises(expected):
        elastic_clients.ask("asking", call)
    assert len(calls) == 1


@pytest.fixture
def nobody() -> Iterator[elastic_clients.Client]:
    """A client whose server does not exist."""
    client = elastic_clients.client(Settings(elasticsearch_url="http://127.0.0.1:9"))
    yield client
    client.close()


def test_server_that_does_not_answer_is_unavailable(nobody):
    documents = ElasticDocuments(nobody, "news-articles", LedgerEntry)
    for call in (
        lambda: documents.get(["a"]),
        lambda: documents.put([Write(id="a", value=entry(1))]),
        lambda: list(documents.find(Where())),
        lambda: documents.counts("state", Where()),
        documents.refresh,
    ):
        with pytest.raises(IndexUnavailable):
            call()


@pytest.mark.servers
def test_index_that_was_not_applied_is_an_error_of_configuration_and_is_not_created(settings):
    client = elastic_clients.client(settings)
    documents = ElasticDocuments(client, "test-not-applied", LedgerEntry)
    for call in (
        lambda: documents.get(["a"]),
        lambda: documents.put([Write(id="a", value=entry(1))]),
        lambda: list(documents.find(Where())),
        lambda: documents.counts("state", Where()),
        documents.refresh,
    ):
        with pytest.raises(ConfigError):
            call()
    assert not client.indices.exists(index="test-not-applied")
    client.close()


def test_certificate_that_is_not_there_is_an_error_of_configuration(tmp_path):
    with pytest.raises(ConfigError):
        elastic_clients.client(
            Settings(elasticsearch_url="https://127.0.0.1:9", elasticsearch_ca_file=tmp_path / "none.pem")
        )
