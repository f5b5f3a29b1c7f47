"""Rules for single sites: each has an example, and none is needed for the general case to work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.core.clean import extract
from pipeline.core.clean.page import parse
from pipeline.core.clean.site_rules import apply_rule, built_in, parse_rules
from pipeline.errors import ConfigError
from tests.unit.core.clean.pages import raw

EXAMPLES: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("site_rules.yaml").read_text(encoding="utf-8")
)
PROSE = "".join(
    f"<p>The office opens window {n} in March, the council said after the debate.</p>" for n in range(8)
)


def test_every_rule_has_an_example_and_every_example_a_rule():
    assert {rule.name for rule in built_in()} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_page_comes_out_as_expected(name: str):
    example = EXAMPLES[name]
    article = extract(raw(example["page"], url=example["url"]))
    assert article.text.split("\n\n") == example["text"]
    assert (article.title, article.authors) == (example["title"], tuple(example["authors"]))
    assert article.published_at is not None
    assert f"{article.published_at:%Y-%m-%d}" == example["published"]
    assert article.provenance["site_rule"] == name
    assert "site_rule_missed" not in article.provenance


def test_rule_that_no_longer_matches_leaves_the_page_to_the_general_case_and_says_so():
    page = f"<html lang=en><title>Office</title><article><h1>Office</h1>{PROSE}</article>"
    with_rule = extract(raw(page, url="https://north.notices.example/n/18"))
    without = extract(raw(page, url="https://north.other.example/n/18"))
    assert (with_rule.title, with_rule.text) == (without.title, without.text)
    assert with_rule.provenance["site_rule_missed"] == "title date authors paragraphs"
    assert "site_rule" not in without.provenance


def test_pattern_is_for_a_domain_and_what_lies_below_it_only():
    (rule,) = parse_rules('rules: [{name: a, hosts: ["*.daily.example", other.example], title: h2}]')
    hosts = ("daily.example", "m.daily.example", "other.example", "m.other.example", "notdaily.example")
    assert [rule.is_for(host) for host in hosts] == [True, True, True, False, False]


def test_title_alone_may_be_ruled():
    rules = parse_rules("rules: [{name: a, hosts: [daily.example], title: h2}]")
    found = apply_rule(parse("<h1>Daily</h1><h2>Window opens</h2>", "https://daily.example/a"), rules)
    assert found is not None
    assert (found.title, found.paragraphs, found.missed) == ("Window opens", (), ())


WRONG = {
    "an unknown field": ("rules:\n- name: a\n  hosts: [a.example]\n  body: p", "line 4.*'body'"),
    "a broken selector": (
        "rules:\n- name: a\n  hosts: [a.example]\n  title: 'p['",
        "line 4.*no CSS selector",
    ),
    "no selector": ("rules:\n- name: a\n  hosts: [a.example]", "line 2.*at least one selector"),
    "hosts that are no list": ("rules:\n- name: a\n  hosts: a.example\n  title: p", "line 3.*list"),
    "two of one name": (
        "rules:\n- {name: a, hosts: [a.example], title: p}\n- {name: a, hosts: [b.example], title: p}",
        "line 3.*second rule",
    ),
    "broken YAML": ("rules:\n- name: [", "line"),
    "an empty file": ("", "empty file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistake_in_the_file_is_named_with_its_line(name: str):
    text, message = WRONG[name]
    with pytest.raises(ConfigError, match=message):
        parse_rules(text)
