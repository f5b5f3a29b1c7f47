"""A newcomer finds in Kibana's saved session what `copydesk search` finds: the same stories in one order.

The request is read out of the file that Kibana imports: data view, time field, query, order. What the reader
adds there (a pill per filter, a word, a span of time) is translated as Kibana does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from infra.kibana.bundle import FILE
from pipeline.adapters import elastic_clients
from pipeline.adapters.elastic_stories import ElasticStories
from pipeline.cli.search import search as command
from pipeline.core.model import Story
from pipeline.core.plain import rfc3339
from pipeline.settings import Settings
from tests.contract.shelves import written
from tests.contract.stores import NOW, story
from tests.servers import start_anew

pytestmark = pytest.mark.servers
SAVED = {(made["type"], made["id"]): made for made in map(json.loads, FILE.read_text("utf-8").splitlines())}
SESSION = SAVED["search", "news-latest"]
HOUR = timedelta(hours=1)


def stories() -> Iterator[Story]:
    languages, sections, access = ("en", "de", "fr"), ("Politics", "Sport"), ("free", "paywalled")
    for number in range(1, 37):
        made = written(
            number,
            f"{'Ferry' if number % 4 else 'Opera'} report {number}",
            f"The {'ferries' if number % 3 else 'trains'} of quay {number}.",
            languages[number % 3],
            section=sections[number % 2],
            access=access[number % 2],
            tags=(f"tag {number % 5}",),
            authors=(f"Author {number % 7}",),
            event_at=NOW - number * HOUR,
        )
        (member,) = made.members
        copies = tuple(
            replace(member, article_id=f"a-{number * 10 + place:020}", source_id=f"s{(number + place) % 4}",
                    country=("GB", "IE")[place % 2], agency="Norwind" if number % 6 == 0 else None,
                    corrections=number % 2)
            for place in range(1 + number % 3)
        )  # fmt: skip
        yield replace(made, members=copies)
    hidden = story(99, version=2, status="removed", content=None, lead=None)
    yield replace(hidden, members=tuple(replace(member, title=None) for member in hidden.members))


@pytest.fixture(scope="module")
def library(settings: Settings) -> Settings:
    start_anew(settings)
    with closing(elastic_clients.client(settings)) as client:
        shelf = ElasticStories(client)
        shelf.put(list(stories()))
        shelf.refresh()
    return settings


def in_kibana(settings: Settings, *added: dict[str, Any]) -> tuple[int, list[str]]:
    attributes = SESSION["attributes"]
    (view,) = (SAVED[each["type"], each["id"]]["attributes"] for each in SESSION["references"])
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    assert ("", []) == (source["query"]["query"], source["filter"]), "translate it here"
    span = {"gte": rfc3339(NOW - 30 * HOUR), "lte": rfc3339(NOW)}
    query = {"bool": {"filter": [{"range": {view["timeFieldName"]: span}}, *added]}}
    with closing(elastic_clients.client(settings)) as client:
        answer = client.search(
            index=view["title"],
            query=query,
            sort=[{field: order} for field, order in attributes["sort"]],
            size=500,
            track_total_hits=True,
        ).body["hits"]
    return answer["total"]["value"], [hit["_source"]["story_id"] for hit in answer["hits"]]


def on_the_command_line(settings: Settings, *arguments: str) -> tuple[int, list[str]]:
    span = ("--since", rfc3339(NOW - 30 * HOUR), "--until", rfc3339(NOW + timedelta(milliseconds=1)))
    environment = {"COPYDESK_ELASTICSEARCH_URL": settings.elasticsearch_url}
    ended = CliRunner(env=environment).invoke(
        command, [*arguments, *span, "--sort", "newest", "--limit", "500", "--json"], catch_exceptions=False
    )
    found = json.loads(ended.stdout)
    return found["total"], [hit["story_id"] for hit in found["hits"]]


def pill(field: str, *values: Any) -> dict[str, Any]:
    """A filter that a reader clicks together: is one of."""
    return {
        "bool": {"should": [{"match_phrase": {field: value}} for value in values], "minimum_should_match": 1}
    }


def words(text: str, kind: str = "best_fields") -> dict[str, Any]:
    """What is typed without a field."""
    return {"multi_match": {"type": kind, "query": text, "lenient": True}}


SAME: list[tuple[str, list[dict[str, Any]], list[str]]] = [
    ("everything", [], []),
    ("a source", [pill("source_ids", "s1")], ["--source", "s1"]),
    ("one of two sources", [pill("source_ids", "s1", "s2")], ["--source", "s1", "--source", "s2"]),
    ("a country", [pill("countries", "IE")], ["--country", "ie"]),
    ("a language", [pill("language", "de")], ["--lang", "de"]),
    ("a section", [pill("section", "Sport")], ["--section", "Sport"]),
    ("an author", [pill("authors", "Author 3")], ["--author", "Author 3"]),
    ("a tag", [pill("tags", "tag 2")], ["--tag", "tag 2"]),
    ("an agency", [pill("agencies", "Norwind")], ["--agency", "Norwind"]),
    ("access", [pill("access", "paywalled")], ["--access", "paywalled"]),
    ("many copies", [{"range": {"article_count": {"gte": 2}}}], ["--copies", "2+"]),
    ("revised", [pill("revised", True)], ["--revised"]),
    ("not revised", [pill("revised", False)], ["--unrevised"]),
    ("a word", [words("opera")], ["opera"]),
    ("an inflected word", [words("ferry")], ["ferry"]),
    ("a phrase", [words("ferry report", "phrase")], ['"ferry report"']),
    ("a word that no story has", [words("zeppelin")], ["zeppelin"]),
    ("a word and two filters", [words("trains"), pill("language", "en"), pill("source_ids", "s3")],
     ["trains", "--lang", "en", "--source", "s3"]),
]  # fmt: skip


@pytest.mark.parametrize(("case", "clicked", "typed"), SAME, ids=[row[0] for row in SAME])
def test_saved_session_and_command_find_the_same_stories_in_the_same_order(
    library: Settings, case: str, clicked: list[dict[str, Any]], typed: list[str]
) -> None:
    total, found = in_kibana(library, *clicked)
    assert (total, found) == on_the_command_line(library, *typed)
    assert total == len(found)
    assert (total == 0) == ("no story" in case)
    assert total < 30 or case == "everything"
