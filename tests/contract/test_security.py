"""Each API key of infra/compose does its job with the pipeline's own code, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from elasticsearch import ApiError, Elasticsearch

from pipeline.adapters import elastic_clients
from pipeline.adapters.apply_index import apply_indices
from pipeline.core.reports import RunReport
from pipeline.errors import ConfigError
from pipeline.ports import Write
from pipeline.search import Search
from pipeline.settings import Settings
from pipeline.world import World
from tests.contract.secured import secured_node, with_key
from tests.contract.shelves import written

pytestmark = pytest.mark.servers
NAMES = ("bootstrap", "writer", "reader", "kibana", "snapshot")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Node:
    administrator: Elasticsearch
    settings: dict[str, Settings]
    clients: dict[str, Elasticsearch]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """Indices applied under the bootstrap key, one story written under the writer's."""
    with secured_node() as (reached, administrator):
        settings = {name: with_key(reached, administrator, name) for name in NAMES}
        apply_indices(settings["bootstrap"])
        clients = {name: elastic_clients.client(settings[name]) for name in NAMES}
        location = administrator.nodes.info(flat_settings=True)["nodes"].popitem()[1]["settings"]["path.repo"]
        folder = location if isinstance(location, str) else location[0]
        administrator.snapshot.create_repository(
            name="copydesk", repository={"type": "fs", "settings": {"location": folder}}
        )
        with closing(World(settings["writer"])) as world:
            world.stories.put([written(1, "Budget vote delayed")])
            world.stories.refresh()
        yield Node(administrator, settings, clients)
        for client in clients.values():
            client.close()


def test_bootstrap_applies_the_indices_again_and_finds_nothing_to_do(node: Node) -> None:
    assert {"unchanged"} == {plan.verdict for plan in apply_indices(node.settings["bootstrap"])}


def test_writer_keeps_every_index_of_the_pipeline(node: Node) -> None:
    run = RunReport(run_id="r", stage="clean", started_at=NOW, heard_at=NOW, outcomes={"published": 1})
    with closing(World(node.settings["writer"])) as world:
        assert [] == world.runs.put([Write(id="r", value=run, tag="")])
        assert run == world.runs.get(["r"])["r"].value
        assert {"active": 1} == world.stories.counts()
        for documents in (world.ledger, world.sources, world.hosts):
            documents.refresh()
            assert {} == documents.get(["nobody"])
        world.revisions.refresh()
        assert [] == world.revisions.of(["a-none"])


def test_writer_makes_no_index_where_bootstrap_has_not_run(node: Node) -> None:
    with pytest.raises(ConfigError, match="refuses our API key"):
        apply_indices(node.settings["writer"])


def test_reader_searches_stories_with_the_public_api(node: Node) -> None:
    with Search(node.settings["reader"]) as search:
        found = search("budget")
        assert (1, "Budget vote delayed") == (found.total, found.hits[0].title)
        assert ["Budget vote delayed"] == search.complete("bud")
        assert 1 == len(list(search.all("budget")))


def test_kibana_reads_what_its_data_views_show(node: Node) -> None:
    for alias in ("news-stories", "news-articles", "news-runs", "news-sources"):
        assert node.clients["kibana"].field_caps(index=alias, fields="*")["fields"]
        node.clients["kibana"].search(index=alias, size=0)


def test_snapshot_takes_one_that_an_administrator_can_restore(node: Node) -> None:
    made = node.clients["snapshot"].snapshot.create(
        repository="copydesk",
        snapshot="daily",
        indices="news-*",
        include_global_state=False,
        wait_for_completion=True,
    )
    assert ("SUCCESS", 0) == (made["snapshot"]["state"], made["snapshot"]["shards"]["failed"])
    node.administrator.snapshot.restore(
        repository="copydesk",
        snapshot="daily",
        indices="news-stories-*",
        include_aliases=False,
        rename_pattern="(.+)",
        rename_replacement="restored-$1",
        wait_for_completion=True,
    )
    assert 1 == node.administrator.count(index="restored-news-stories-*")["count"]


FORBIDDEN: dict[str, tuple[Callable[[Elasticsearch], object], tuple[str, ...]]] = {
    "read the stories": (
        lambda es: es.search(index="news-stories", size=0),
        ("bootstrap", "snapshot"),
    ),
    "read the stories that are hidden": (
        lambda es: es.search(index="news-stories-v0001", size=0),
        ("bootstrap", "kibana", "snapshot"),
    ),
    "read the ledger": (
        lambda es: es.search(index="news-articles", size=0),
        ("bootstrap", "reader", "snapshot"),
    ),
    "read texts kept for the copy test": (
        lambda es: es.search(index="news-revisions", size=0),
        ("bootstrap", "reader", "kibana", "snapshot"),
    ),
    "write a document": (
        lambda es: es.index(index="news-articles", id="x", document={"article_id": "x", "state": "gone"}),
        ("bootstrap", "reader", "kibana", "snapshot"),
    ),
    "delete a story": (
        lambda es: es.delete(index="news-stories-write", id="s-none"),
        NAMES,
    ),
    "create an index of ours": (
        lambda es: es.indices.create(index=f"news-runs-v{next(NUMBERS):04}x"),
        ("writer", "reader", "kibana", "snapshot"),
    ),
    "create an index that is not ours": (
        lambda es: es.indices.create(index=f"other-{next(NUMBERS)}"),
        NAMES,
    ),
    "create an index by writing to it": (
        lambda es: es.index(index=f"news-other-{next(NUMBERS)}", document={}),
        NAMES,
    ),
    "delete an index": (
        lambda es: es.indices.delete(index="news-hosts-v0001"),
        ("writer", "reader", "kibana", "snapshot"),
    ),
    "change a mapping": (
        lambda es: es.indices.put_mapping(index="news-hosts", properties={"more": {"type": "keyword"}}),
        ("writer", "reader", "kibana", "snapshot"),
    ),
    "make a key": (
        lambda es: es.security.create_api_key(name="another"),
        NAMES,
    ),
    "restore a snapshot": (
        lambda es: es.snapshot.restore(repository="copydesk", snapshot="daily", indices="news-hosts-*"),
        NAMES,
    ),
    "delete a snapshot": (
        lambda es: es.snapshot.delete(repository="copydesk", snapshot="daily"),
        NAMES,
    ),
    "change a setting of the cluster": (
        lambda es: es.cluster.put_settings(persistent={"action.destructive_requires_name": False}),
        NAMES,
    ),
}


@pytest.mark.parametrize(
    ("name", "deed"),
    [(name, deed) for deed, (_, names) in FORBIDDEN.items() for name in names],
    ids=lambda value: value,
)
def test_no_key_does_what_is_not_its_job(node: Node, name: str, deed: str) -> None:
    with pytest.raises(ApiError) as refused:
        FORBIDDEN[deed][0](node.clients[name])
    assert 403 == refused.value.meta.status


def test_a_wrong_or_missing_key_is_an_error_of_configuration(node: Node) -> None:
    for key in (None, "bm9ib2R5Om5vdGhpbmc="):
        with (
            closing(World(replace(node.settings["writer"], elasticsearch_api_key=key))) as world,
            pytest.raises(ConfigError, match="refuses our API key"),
        ):
            world.stories.counts()
