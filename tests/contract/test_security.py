"""Each API key of infra/compose does its job with the pipeline's own code, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import ApiError, Elasticsearch

import schemas
from pipeline.adapters import elastic_clients
from pipeline.adapters.apply_index import apply_indices
from pipeline.bootstrap import now, rebuild_stories, run_index, run_maintenance
from pipeline.core.codec import to_message
from pipeline.core.model import CleanArticle, Edit
from pipeline.core.reports import RunReport
from pipeline.errors import ConfigError, IndexUnavailable
from pipeline.ports import Write
from pipeline.search import Search
from pipeline.settings import Settings
from pipeline.stages.runner import Pace
from pipeline.world import World
from tests.contract.secured import secured_node, with_key
from tests.contract.shelves import written
from tests.stages.articles import article, prose
from tests.stages.test_rebuild import RIGHTS, edit, furnished, furniture

pytestmark = pytest.mark.servers
NAMES = ("bootstrap", "writer", "reader", "kibana", "snapshot")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUMBERS = itertools.count(1)
PACE = Pace(batch=50, seconds=120)


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
        put_one_story(settings["writer"])
        yield Node(administrator, settings, clients)
        for client in clients.values():
            client.close()


def put_one_story(writer: Settings) -> None:
    with closing(World(writer)) as world:
        world.stories.put([written(1, "Budget vote delayed")])
        world.stories.refresh()


@pytest.fixture
def at_work(node: Node, empty: Settings) -> Iterator[World]:
    """Everything under the writer's key, over empty topics and indices; afterwards the node is as before."""
    elastic = node.settings["writer"]
    settings = replace(
        empty,
        elasticsearch_url=elastic.elasticsearch_url,
        elasticsearch_api_key=elastic.elasticsearch_api_key,
        elasticsearch_ca_file=elastic.elasticsearch_ca_file,
        snapshot_repository=None,
    )
    anew(node)
    with closing(World(settings)) as world:
        yield world
    anew(node)
    put_one_story(elastic)


def anew(node: Node) -> None:
    node.administrator.indices.delete(index=list(node.administrator.indices.get(index="news-*-v*")))
    apply_indices(node.settings["bootstrap"])


def append(world: World, *values: CleanArticle | Edit) -> None:
    world.publisher.publish([to_message(value, source="/stages/clean") for value in values])
    run_index(world, PACE)


def rebuilt(world: World) -> str:
    return rebuild_stories(world, PACE, lambda _what, _done: None).state


def test_bootstrap_applies_the_indices_again_and_finds_nothing_to_do(node: Node) -> None:
    plans = apply_indices(node.settings["bootstrap"])
    assert [] == [plan for plan in plans if plan.verdict != "unchanged"]


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


def test_writer_rebuilds_the_stories_again_and_again(node, at_work):
    append(at_work, *furnished("a", "b", "c"), furniture(RIGHTS))
    at_work.stories.refresh()
    assert 1 == at_work.stories.counts()["active"]
    assert "in-force" == rebuilt(at_work)
    assert 3 == at_work.stories.counts()["active"]
    assert "in-force" == rebuilt(at_work)
    append(at_work, *furnished("d", minutes=9))
    at_work.stories.refresh()
    assert 4 == at_work.stories.counts()["active"]
    found = node.administrator.indices.get(index="news-stories*,news-revisions*,news-articles*")
    assert {"v0001-e00002", "v0001"} == {name.split("-", 2)[2][:12] for name in found}
    assert 3 == len(list(found))


def test_writer_keeps_house(at_work):
    begun = now() - timedelta(days=91)
    old = RunReport(run_id="r-old", stage="clean", status="finished", started_at=begun, heard_at=begun)
    at_work.runs.put([Write(id=old.run_id, value=old, tag="")])
    at = now() - timedelta(days=60)
    append(at_work, article("old", fetched_at=at, first_fetched_at=at, event_at=at), article("young"))
    done = run_maintenance(at_work, PACE).done
    assert {"deleted(run-expired)": 1, "deleted(text-expired)": 1} == done
    at_work.revisions.refresh()
    assert [] == at_work.revisions.of([article("old").article_id])


def test_writer_takes_removed_words_out_of_a_version_that_is_kept(node, at_work):
    """Versions of before are nobody's any more, but hold words until they are dropped."""
    one = article("removed", prose("to be removed"))
    append(at_work, one)
    shape = schemas.indices()["news-stories"]
    node.administrator.indices.create(
        index="news-stories-v0000", mappings=shape.mappings, settings=shape.settings
    )
    node.administrator.indices.refresh(index="news-stories")
    node.administrator.reindex(
        source={"index": "news-stories"}, dest={"index": "news-stories-v0000"}, refresh=True
    )
    append(at_work, edit("removed", one))
    node.administrator.indices.refresh(index="news-stories-v0000")
    (kept,) = node.administrator.search(index="news-stories-v0000")["hits"]["hits"]
    node.administrator.indices.delete(index="news-stories-v0000")
    assert ("removed", None) == (kept["_source"]["status"], kept["_source"].get("text"))


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
    node.administrator.indices.refresh(index="news-stories-*")
    stored = node.administrator.count(index="news-stories-*")["count"]
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
    assert stored >= 1
    assert stored == node.administrator.count(index="restored-news-stories-*")["count"]


def spare(index: str) -> str:
    """A name of an index that nobody misses."""
    return f"{index}-v{next(NUMBERS) + 9000:04}"


def tried(client: Elasticsearch, node: Node, deed: str) -> int:
    """The status of the answer; 200 for all that went well."""
    try:
        DEEDS[deed][0](client, node)
    except ApiError as error:
        return int(error.meta.status)
    return 200


def made(node: Node, index: str) -> str:
    node.administrator.indices.create(index=index)
    return index


def misled(client: Elasticsearch, node: Node) -> None:
    index = made(node, spare("news-runs"))
    try:
        client.indices.put_alias(index=index, name="news-stories")
    finally:
        node.administrator.indices.delete(index=index)


BODY = {"article_id": "x", "state": "gone"}
MORE = {"more": {"type": "keyword"}}
DEEDS: dict[str, tuple[Callable[[Elasticsearch, Node], object], set[str]]] = {
    "search the stories": (
        lambda es, _: es.search(index="news-stories", size=0),
        {"writer", "reader", "kibana"},
    ),
    "page through the stories at one point in time": (
        lambda es, _: es.open_point_in_time(index="news-stories", keep_alive="10s"),
        {"writer", "reader", "kibana"},
    ),
    "ask which fields stories have": (
        lambda es, _: es.field_caps(index="news-stories", fields="*"),
        {"writer", "reader", "kibana", "bootstrap"},
    ),
    # A search at a point in time is allowed by index, not by alias; what is hidden holds nobody's words.
    "read the markers of hidden stories": (
        lambda es, _: es.search(index="news-stories-v0001", size=0),
        {"writer", "reader"},
    ),
    "read the ledger": (
        lambda es, _: es.search(index="news-articles", size=0),
        {"writer", "kibana"},
    ),
    "read the reports of runs": (
        lambda es, _: es.search(index="news-runs", size=0),
        {"writer", "kibana"},
    ),
    "read what is known of hosts": (
        lambda es, _: es.search(index="news-hosts", size=0),
        {"writer"},
    ),
    "read the last documents of sources": (
        lambda es, _: es.search(index="news-sources-bodies", size=0),
        {"writer"},
    ),
    "read texts kept for the copy test": (
        lambda es, _: es.search(index="news-revisions", size=0),
        {"writer"},
    ),
    "write a story": (
        lambda es, _: es.index(index="news-stories-write", id="s-x", document={"story_id": "s-x"}),
        {"writer"},
    ),
    "delete a story": (lambda es, _: es.delete(index="news-stories-write", id="s-none"), set()),
    "delete the stories of a search": (
        lambda es, _: es.delete_by_query(index="news-stories-write", query={"ids": {"values": ["s-none"]}}),
        set(),
    ),
    "write to the ledger": (lambda es, _: es.index(index="news-articles", id="x", document=BODY), {"writer"}),
    "forget a document of the ledger": (
        lambda es, _: es.delete(index="news-articles", id="none"),
        {"writer"},
    ),
    "create an index of ours": (lambda es, _: es.indices.create(index=spare("news-runs")), {"bootstrap"}),
    "create an index that is not ours": (lambda es, _: es.indices.create(index=spare("other")), set()),
    "create an index by writing to it": (
        lambda es, _: es.index(index=spare("news-other"), document={}),
        set(),
    ),
    "drop an index of ours": (
        lambda es, node: es.indices.delete(index=made(node, spare("news-runs"))),
        {"bootstrap"},
    ),
    "drop an index that is not ours": (
        lambda es, node: es.indices.delete(index=made(node, spare("other"))),
        set(),
    ),
    "drop a version of the ledger": (
        lambda es, node: es.indices.delete(index=made(node, spare("news-articles"))),
        {"bootstrap"},
    ),
    "give readers other stories": (misled, {"bootstrap"}),
    "change a mapping": (
        lambda es, _: es.indices.put_mapping(index="news-hosts", properties=MORE),
        {"bootstrap"},
    ),
    "change a setting of an index": (
        lambda es, _: es.indices.put_settings(index="news-hosts", settings={"refresh_interval": "5s"}),
        {"bootstrap"},
    ),
    "move an alias": (
        lambda es, node: es.indices.put_alias(index=made(node, spare("news-runs")), name="news-runs-seen"),
        {"bootstrap"},
    ),
    "put a template": (
        lambda es, _: es.indices.put_index_template(
            name="news-spare", index_patterns=["news-spare-*"], priority=1, template={}
        ),
        {"bootstrap"},
    ),
    "refresh what was written": (
        lambda es, _: es.indices.refresh(index="news-hosts"),
        {"writer", "bootstrap"},
    ),
    "ask how the cluster is": (lambda es, _: es.cluster.health(), {"writer", "bootstrap"}),
    "change a setting of the cluster": (
        lambda es, _: es.cluster.put_settings(persistent={"action.destructive_requires_name": False}),
        set(),
    ),
    "make a key": (lambda es, _: es.security.create_api_key(name="another"), set()),
    "list the users": (lambda es, _: es.security.get_user(), set()),
    "see which snapshots there are": (
        lambda es, _: es.snapshot.get(repository="copydesk", snapshot="*"),
        {"snapshot"},
    ),
    "take a snapshot": (
        lambda es, _: es.snapshot.create(
            repository="copydesk",
            snapshot=f"taken-{next(NUMBERS)}",
            indices="news-hosts",
            wait_for_completion=True,
        ),
        {"snapshot"},
    ),
    "restore a snapshot": (
        lambda es, _: es.snapshot.restore(repository="copydesk", snapshot="none", indices="news-hosts-*"),
        set(),
    ),
    "delete a snapshot": (lambda es, _: es.snapshot.delete(repository="copydesk", snapshot="none"), set()),
}
"""What may be tried, and the keys that it is the job of: everyone else is refused."""


@pytest.mark.parametrize("deed", DEEDS)
def test_each_key_does_what_is_its_job_and_nothing_else(node: Node, deed: str) -> None:
    statuses = {name: tried(node.clients[name], node, deed) for name in NAMES}
    assert DEEDS[deed][1] == {name for name, status in statuses.items() if status != 403}, statuses
    assert {200, 403, 404} >= set(statuses.values()), statuses


def test_a_certificate_of_an_unknown_authority_is_refused(node: Node) -> None:
    with (
        closing(World(replace(node.settings["writer"], elasticsearch_ca_file=None))) as world,
        pytest.raises(IndexUnavailable, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        world.stories.counts()


def test_a_wrong_or_missing_key_is_an_error_of_configuration(node: Node) -> None:
    for key in (None, "bm9ib2R5Om5vdGhpbmc="):
        with (
            closing(World(replace(node.settings["writer"], elasticsearch_api_key=key))) as world,
            pytest.raises(ConfigError, match="refuses our API key"),
        ):
            world.stories.counts()
