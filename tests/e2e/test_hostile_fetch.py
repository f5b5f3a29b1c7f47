"""The real fetch stage against every hostile case at once: named outcomes, bounded memory, no stray socket.

Three runs of one worker, in a process of its own: everything; forty minutes later all hosts again, when
holds and lookups are over; a day later the server that lies about its validators.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from newsroom import Hostile, serve
from newsroom.hostile import CASES, Case
from newsroom.teeth import names
from pipeline.core.urls import canonical
from tests.e2e.workers import ROOT

pytestmark = pytest.mark.timeout(300)

MOST_MIB = 300
GOOD = {"429-absurd": "deferred(held)"}
"""What becomes of the good article beside the bad one, where it is not fetched in the first run."""

ARTICLES = [case for case in CASES if case.about == "article"]
OTHERS = [case for case in CASES if case.about != "article"]
LYING, ENORMOUS = "hostile-lying-etag", "huge-sitemap"


@dataclass(frozen=True, slots=True)
class Survived:
    """What the worker said at the end, and the newsroom's port."""

    port: int
    said: dict[str, Any]

    def run(self, number: int) -> dict[str, Any]:
        account: dict[str, Any] = self.said["accounts"][number]
        return account

    def outcome(self, url: str, number: int = 0) -> str | None:
        found: str | None = self.run(number)["articles"].get(canonical(url))
        return found


@pytest.fixture(scope="module")
def survived() -> Survived:
    hostile = Hostile()
    with serve(demo=False, annexes=(hostile,)) as room:
        order = {
            "catalogue": yaml.safe_dump({"version": 1, "sources": hostile.sources}),
            "articles": [url for case in ARTICLES for url in (*case.bad_urls, good(case))],
            "later": [
                {
                    "minutes": 40,
                    "hosts": [*(case.host for case in CASES if case.name != ENORMOUS), names.REBINDING],
                },
                {"minutes": 25 * 60, "hosts": [f"{LYING}.example"]},
            ],
        }
        ended = subprocess.run(
            [sys.executable, "-m", "tests.e2e.hostile_worker", str(room.port)],
            cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert 0 == ended.returncode, ended.stderr
        return Survived(room.port, json.loads(ended.stdout))


def good(case: Case) -> str:
    return f"http://{case.host}/good"


@pytest.mark.parametrize("case", ARTICLES, ids=lambda case: case.name)
def test_bad_article_ends_as_the_table_says_and_the_good_one_beside_it_comes_through(survived, case):
    assert {case.outcome} == {survived.outcome(url) for url in case.bad_urls}
    assert GOOD.get(case.name, "fetched") == survived.outcome(good(case))


@pytest.mark.parametrize("case", OTHERS, ids=lambda case: case.name)
def test_bad_source_ends_as_the_table_says(survived, case):
    source = survived.run(0)["sources"][f"hostile-{case.name}"]
    assert case.outcome == source["result"]
    assert (source["reason"] is None) == (case.outcome in ("new-items", "empty"))


def test_rule_for_the_bad_article_is_found_in_huge_robots(survived):
    assert "discarded(robots)" == survived.outcome("http://hostile-robots-huge.example/bad")


@pytest.mark.parametrize(
    ("name", "new", "dropped"),
    [
        ("duplicates", 1, {"duplicate": 6}),
        ("linkless", 1, {"no-link": 3}),
        ("relative", 3, {}),
        ("relative-atom", 1, {}),
        ("odd-dates", 12, {"date-unreadable": 4, "date-in-future": 1}),
        ("truncated-feed", 2, {"no-link": 1}),
        ("huge-sitemap", 50_000, {}),
        ("sitemap-nested", 3, {"no-news": 2}),
        ("empty-feed", 0, {}),
    ],
)
def test_every_entry_of_an_odd_document_is_taken_or_counted(survived, name, new, dropped):
    source = survived.run(0)["sources"][f"hostile-{name}"]
    assert (new, dropped) == (source["new"], source["dropped"])


def test_worker_stays_within_its_memory(survived):
    assert survived.said["peak_mib"] < MOST_MIB


def test_nothing_but_the_newsroom_and_one_public_address_is_ever_connected_to(survived):
    assert {f"127.0.0.1:{survived.port}"} == survived.said["reached"].keys()
    assert {f"{names.PUBLIC_ADDRESS}:80": 1} == survived.said["refused"]


def test_name_that_leads_inside_at_the_second_lookup_is_looked_up_once_a_connection(survived):
    bad = "http://hostile-redirect-rebinding.example/bad"
    assert "deferred(connection-refused)" == survived.outcome(bad)
    assert "discarded(address)" == survived.outcome(bad, 1)
    assert 2 == survived.said["lookups"][names.REBINDING]


def test_books_of_every_run_balance(survived):
    for number in range(3):
        account = survived.run(number)
        assert "finished" == account["status"]
        assert [] == account["untried"]
        assert account["discovered"] == account["created"]
        assert account["attempted"] == sum(account["outcomes"].values())
    assert survived.run(0)["discovered"] == survived.run(0)["attempted"]
    fetched = sum(survived.run(number)["outcomes"]["fetched"] for number in range(3))
    assert fetched == survived.run(2)["raw"]


def test_what_was_only_put_off_comes_through_when_asked_again(survived):
    for name in ("429-seconds", "429-date", "429-absurd", "503-retry"):
        assert "fetched" == survived.outcome(f"http://hostile-{name}.example/bad", 1), name
    assert "fetched" == survived.outcome("http://hostile-feed-429.example/good", 1)


def test_lying_validator_hides_news_for_a_day_and_is_then_trusted_no_more(survived):
    results = [survived.run(number)["sources"][LYING]["result"] for number in range(3)]
    assert ["new-items", "not-modified", "new-items"] == results
    trusted = [survived.run(number)["sources"][LYING]["conditional"] for number in range(3)]
    assert [True, True, False] == trusted
