"""`copydesk search` on a real Elasticsearch: for people, spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipeline.cli.search import search
from pipeline.errors import ConfigError, IndexUnavailable
from pipeline.settings import Settings
from pipeline.world import World
from tests.contract.shelves import written
from tests.contract.stores import NOW
from tests.servers import start_anew

pytestmark = pytest.mark.servers

Run = Callable[..., Result]
HIT = {
    "story_id",
    "title",
    "url",
    "source_id",
    "language",
    "published_at",
    "article_count",
    "score",
    "highlights",
}


@pytest.fixture(scope="module")
def library(settings: Settings) -> Settings:
    """The servers' own index, filled once: these tests only read."""
    start_anew(settings)
    world = World(settings)
    world.stories.put(
        [
            written(1, "Steel tariffs raised", "Tariffs on steel rise.", event_at=NOW, tags=("Trade",)),
            written(2, "=HYPERLINK(steel)", "Steel as a formula.", "de", event_at=NOW - timedelta(days=1)),
            *(written(n, f"Wool {n}", "wool", event_at=NOW - timedelta(days=9)) for n in range(10, 40)),
        ]
    )
    world.stories.refresh()
    world.close()
    return settings


@pytest.fixture
def run(library: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COPYDESK_ELASTICSEARCH_URL", library.elasticsearch_url)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(search, arguments, catch_exceptions=False)


def test_json_is_the_contract(run: Run) -> None:
    found = json.loads(run("steel", "--json", "--facets").stdout)
    assert set(found) == {"total", "hits", "facets"}
    assert found["total"] == 2
    assert all(set(hit) == HIT for hit in found["hits"])
    assert {"value": "en", "count": 1} in found["facets"]["language"]
    assert json.loads(run("steel", "--json").stdout)["facets"] == {}


def test_person_sees_titles_words_in_their_place_and_bars(run: Run) -> None:
    said = run("steel", "--facets", "--limit", "1").stdout
    assert "Steel tariffs raised" in said
    assert "2 stories, 1 to 1 shown" in said
    assert "Trade" in said
    assert "█" in said


def test_time_is_drawn_in_the_interval_asked_for(run: Run) -> None:
    said = run("--by", "day", "--limit", "0").stdout
    lines = [line.split()[:2] for line in said.splitlines() if line.startswith("2026-")]
    assert lines == [["2026-11-15", "30"], ["2026-11-23", "1"], ["2026-11-24", "1"]]
    assert "language" not in said


def test_spreadsheet_gets_every_hit_and_no_formula(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("--csv", "--all").stdout)))
    assert len(rows) == 32
    assert [row["title"] for row in rows[:2]] == ["Steel tariffs raised", "'=HYPERLINK(steel)"]
    assert len(list(csv.DictReader(io.StringIO(run("--csv", "--limit", "3").stdout)))) == 3


def test_program_gets_every_hit(run: Run) -> None:
    found = json.loads(run("--all", "--json", "--facets", "wool").stdout)
    assert (found["total"], len(found["hits"])) == (30, 30)
    assert found["facets"]["copies"] == [{"value": "1", "count": 30}]
    assert json.loads(run("--all", "--json", "nothingatall").stdout) == {"hits": [], "facets": {}, "total": 0}


def test_pages_follow_one_another(run: Run) -> None:
    pages = [json.loads(run("wool", "--json", "--limit", "15", "--offset", at).stdout) for at in ("0", "15")]
    assert len({hit["story_id"] for page in pages for hit in page["hits"]}) == 30


def test_reader_who_finds_nothing_is_helped_beside_the_results(run: Run) -> None:
    misspelt = run("tarifs")
    assert "No story matches." in misspelt.stdout
    assert "did you mean: tariffs (1 story)" in misspelt.stderr
    filtered = run("tariffs", "--lang", "de", "--json")
    assert json.loads(filtered.stdout)["total"] == 0
    assert "without the filter on language there is 1 story" in filtered.stderr


def test_titles_are_completed(run: Run) -> None:
    assert run("--suggest", "tar").stdout.splitlines() == ["Steel tariffs raised"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--copies", "many"], "2-9"),
        (["--access", "gratis"], "free, metered"),
        (["--limit", "5000"], "at most 1000"),
        (["--offset", "10000"], "--all"),
        (["--recency", "99"], "0 to 10"),
        (["--since", "1h", "--until", "2h"], "earlier"),
        (["--json", "--csv"], "choose one"),
        (["word " * 100], "at most 64"),
        (["--copies", "9-2"], "write 2-9"),
        (["--since", "0001-01-01T00:00+14:00"], "later year"),
    ],
)
def test_bad_query_gets_a_hint(run: Run, arguments: list[str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        run(*arguments)


@pytest.mark.parametrize("time", ["yesterday", "99999999d", "2026-13-01", "999999w"])
def test_time_that_is_none_is_refused(run: Run, time: str) -> None:
    refused = run("--since", time)
    assert refused.exit_code == 2
    assert "neither a date" in refused.stderr


def test_odd_words_are_taken_as_meant_with_a_hint(run: Run) -> None:
    odd = run('"steel')
    assert "is not closed" in odd.stderr
    assert "Steel tariffs" in odd.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("source:post steel", "--source"),
        ("title:steel", "titles and texts at once"),
        ("(steel OR wool)", "brackets"),
    ],
)
def test_what_other_search_languages_have_gets_a_hint(run: Run, typed: str, said: str) -> None:
    assert said in run(typed).stderr


def test_example_of_the_documentation_runs(run: Run, library: Settings) -> None:
    text = Path("docs/search.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(example, "docs/search.md", "exec"), names)
    assert "Steel tariffs raised" == names["found"].hits[0].title


def test_reader_is_told_what_to_do_when_nothing_answers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COPYDESK_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    with pytest.raises(IndexUnavailable, match="Elasticsearch"):
        run("steel")
