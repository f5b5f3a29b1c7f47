"""A fetch worker killed by SIGKILL at every kind of write, on real servers: nothing lost or made twice."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.instance import Instance
from newsroom import plain
from newsroom.answer import Answer, Played, html, text
from newsroom.room import Host
from newsroom.server import serve
from pipeline import settings as settings_module
from pipeline.bootstrap import now, run_clean, run_fetch, run_index
from pipeline.core import hosts as host_rules
from pipeline.core import urls
from pipeline.core.codec import from_record
from pipeline.core.model import RawArticle
from pipeline.ports import Where, Write
from pipeline.settings import Settings
from pipeline.stages.accounts import audit, topic_states
from pipeline.stages.runner import Pace
from pipeline.stages.runs import DEAD_AFTER, close_dead
from pipeline.world import World
from tests.e2e.mortal_fetch import STEPS
from tests.e2e.workers import finish, start
from tests.stages.articles import prose

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300)]

RAW = "news.articles.raw.v1"
POINTS = list(product((*STEPS, "sent"), ("before", "after")))
HOUSES = {"north": 3, "south": 3, "west": 2}
"""Articles that each of the three houses of a point announces."""


class House:
    """One host whose feed has validators."""

    def __init__(self, host: str, articles: int) -> None:
        self.host, at = host, datetime.now(UTC)
        self.urls = [f"http://{host}/{number}" for number in range(articles)]
        items = [(url, f"Title of {url}", at) for url in self.urls]
        rss = plain.feed(host, f"http://{host}", items).encode()
        self._answers: dict[str, Answer | Played] = {
            f"/{number}": html(plain.page(f"Title of {url}", [prose(url)], at))
            for number, url in enumerate(self.urls)
        }
        self._answers["/feed.xml"] = Answer(rss, "application/rss+xml", modified_at=at)

    @property
    def articles(self) -> set[str]:
        return {urls.article_id(urls.canonical(url)) for url in self.urls}

    def respond(self, method: str, path: str, headers: Mapping[str, str]) -> Answer | Played:
        return self._answers.get(path, text("Not found", 404))


class Town:
    """An annex of the newsroom with three houses for every point at which a worker is killed."""

    def __init__(self) -> None:
        self.houses = {
            f"{name}-{number}": House(f"{name}-{number}.example", articles)
            for number in range(len(POINTS))
            for name, articles in HOUSES.items()
        }
        self.hosts: Mapping[str, Host] = {house.host: house for house in self.houses.values()}
        self.sources: list[dict[str, Any]] = []

    def of(self, number: int) -> dict[str, House]:
        return {f"{name}-{number}": self.houses[f"{name}-{number}"] for name in HOUSES}


def write_catalogue(path: Path, houses: Mapping[str, House]) -> None:
    rows = [
        {"id": name, "name": name, "kind": "feed", "url": f"http://{house.host}/feed.xml"}
        for name, house in houses.items()
    ]
    path.write_text(yaml.safe_dump({"version": 1, "sources": rows}), encoding="utf-8")


def release_leases(world: World, houses: Mapping[str, House]) -> None:
    """As if the dead worker's leases had run out."""
    held = world.hosts.get([house.host for house in houses.values()])
    world.hosts.put([Write(id=name, value=host_rules.released(one.value)) for name, one in held.items()])


def raws(world: World) -> Iterator[RawArticle]:
    ends = {partition: end for partition, (_, end) in world.reader.ends(RAW).items()}
    for record in world.reader.read(RAW, {}, ends):
        value = from_record(record)
        assert isinstance(value, RawArticle)
        yield value


def test_killed_at_every_kind_of_write_no_entry_is_lost_and_none_becomes_a_second_article(
    instance: Instance, empty: Settings, tmp_path: Path
) -> None:
    town, catalogue = Town(), tmp_path / "sources.yaml"
    with serve(demo=False, annexes=(town,)) as room:
        more = {
            "COPYDESK_SOURCES": str(catalogue),
            "COPYDESK_HOST_TABLE": f"*.example=127.0.0.1:{room.port}",
            "COPYDESK_PACE_SECONDS": "0",
        }
        with closing(World(settings_module.load(instance.environment() | more))) as world:
            for number, (step, when) in enumerate(POINTS):
                houses = town.of(number)
                write_catalogue(catalogue, houses)
                code, printed = finish(start(instance, "tests.e2e.mortal_fetch", step, when, **more))
                assert code == -signal.SIGKILL, f"{when} {step}: {printed}"
                saved = world.sources.get(list(houses))
                assert saved or (step, when) != ("validators-saved", "after")
                for name in saved:
                    lost = houses[name].articles - world.ledger.get(houses[name].articles).keys()
                    assert not lost, f"{when} {step}: validators of {name} saved before its entries"
                release_leases(world, houses)
                run_fetch(world, Pace(batch=100, seconds=60))
            assert_nothing_lost_or_doubled(world, town)


def assert_nothing_lost_or_doubled(world: World, town: Town) -> None:
    announced = {name for house in town.houses.values() for name in house.articles}
    world.ledger.refresh()
    ledger = {stored.id: stored.value for stored in world.ledger.find(Where())}
    assert announced == ledger.keys()
    assert {"fetched"} == {entry.state for entry in ledger.values()}
    sent = list(raws(world))
    assert announced == {raw.article_id for raw in sent}
    assert len({(raw.article_id, raw.body) for raw in sent}) == len(announced)
    assert len(sent) > len(announced), "no kill fell between the record and the ledger"
    _, cleaned = run_clean(world, Pace(batch=100, seconds=60))
    assert cleaned.outcomes.keys() <= {"published", "unchanged"}
    assert len(sent) == sum(cleaned.outcomes.values())
    _, indexed = run_index(world, Pace(batch=100, seconds=60))
    assert len(announced) == indexed.outcomes["created"]
    # A page sent twice may pass through as the same article again, with the text that is there already.
    assert indexed.outcomes.keys() <= {"created", "revised", "unchanged"}
    world.revisions.refresh()
    texts = [text.article_id for text in world.revisions.of(list(announced))]
    assert sorted(announced) == sorted(texts)
    close_dead(world.runs, world.ledger, now() + 2 * DEAD_AFTER)
    accounts = audit(world.ledger, world.runs, topic_states(world.reader), now())
    assert () == accounts.problems
    assert {"indexed": len(announced)} == accounts.states
