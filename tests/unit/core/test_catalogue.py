"""`sources.yaml`: what may be said, and how a mistake is named."""

from datetime import timedelta
from importlib.resources import files

import pytest

from pipeline.core import catalogue
from pipeline.core.feeds import Listing
from pipeline.core.sources import Source
from pipeline.errors import ConfigError

ROW = "version: 1\nsources:\n- id: desk\n  name: The Desk\n  kind: feed\n  url: https://desk.example/feed\n"


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        catalogue.read(text)
    return caught.value.message.split("\n")


def test_row_with_everything():
    text = ROW + (
        "- id: gaceta\n  name: Gaceta\n  kind: listing\n  url: http://gaceta.example:8080/hoy/\n"
        "  language: es\n  country: ES\n  pace_seconds: 0.5\n  interval_minutes: 30\n"
        "  revisit_hours: [24, 1]\n  max_age_days: 3\n"
        "  hosts: [cdn.gaceta.example]\n  news_only: false\n  conditional: false\n  paused: true\n"
        "  unverified: true\n  listing: {links: 'h2 a', pattern: '/2026/'}\n"
    )
    assert catalogue.read(text)[1] == Source(
        id="gaceta",
        name="Gaceta",
        kind="listing",
        url="http://gaceta.example:8080/hoy/",
        language="es",
        country="ES",
        pace_seconds=0.5,
        interval=timedelta(minutes=30),
        revisits=(timedelta(hours=1), timedelta(hours=24)),
        max_age=timedelta(days=3),
        listing=Listing(links="h2 a", pattern="/2026/"),
        hosts=("cdn.gaceta.example",),
        news_only=False,
        conditional=False,
        paused=True,
        unverified=True,
    )
    assert catalogue.read(text)[1].ports == {8080}


MISTAKES = [
    ("no YAML", "a: [", "sources.yaml:2: did not find expected node content"),
    ("empty", "", 'sources.yaml:1: null is not of type "object"'),
    ("a wrong kind", ROW.replace("kind: feed", "kind: feeds"), "sources.yaml:5: sources[0].kind: "),
    ("a key nobody knows", ROW + "  pase: 5\n", "sources.yaml:3: sources[0]: Additional properties"),
    (
        "a missing key",
        ROW.replace("  name: The Desk\n", ""),
        'sources.yaml:3: sources[0]: "name" is a required',
    ),
    (
        "a word that YAML takes for another",
        ROW + "  language: no\n",
        'sources.yaml:7: sources[0].language: false is not of type "string": YAML takes yes, no, on and off',
    ),
    ("a wrong number", ROW + "  pace_seconds: -1\n", "sources.yaml:7: sources[0].pace_seconds: -1 is less"),
    ("an id twice", ROW + ROW.split("sources:\n")[1], "sources.yaml:7: sources[1].id: id 'desk' is taken"),
    (
        "an address twice",
        ROW + ROW.split("sources:\n")[1].replace("desk\n", "other\n", 1),
        "sources.yaml:10: sources[1].url: the same address as 'desk'",
    ),
    (
        "no address",
        ROW.replace("https://desk.example/feed", "https://a b/"),
        "sources.yaml:6: sources[0].url: ",
    ),
    (
        "a selector that is none",
        ROW.replace("kind: feed", "kind: listing") + "  listing:\n    links: h2 a\n    date: 'time['\n",
        "sources.yaml:9: sources[0].listing.date: 'time[' is no CSS selector",
    ),
    (
        "a listing of a feed",
        ROW + "  listing: {links: a}\n",
        "sources.yaml:7: sources[0].listing: only a listing",
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_mistake_is_named_with_its_line(text, expected):
    assert mistakes(text)[0].startswith(expected)


def test_every_mistake_is_named_at_once():
    text = ROW.replace("kind: feed", "kind: feeds").replace("id: desk", "id: The Desk")
    assert [line.split(":")[1] for line in mistakes(text)] == ["3", "5"]


def test_catalogues_that_come_with_the_project_are_valid():
    assert catalogue.read((files("newsroom") / "sources.yaml").read_text(encoding="utf-8"))
