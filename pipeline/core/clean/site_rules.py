"""Rules for single sites: selectors as data for the few hosts that the general case cannot read.

    site_rules.yaml ──parse──► rules ──for the page's host──► what its selectors find, before the general case

The general case never depends on them: a selector that matches nothing, or a text too short, leaves its
field to the general rules, and `missed` names it so that provenance shows which rules have aged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, get_type_hints

import yaml
from lxml.html import fromstring
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from pipeline.core import urls
from pipeline.core.clean.blocks import blocks_of
from pipeline.core.clean.characters import clean_characters
from pipeline.core.clean.dates import Stamp, parse
from pipeline.core.clean.names import clean_names
from pipeline.core.clean.page import Page, text_of
from pipeline.errors import ConfigError, Discard

LEAST = 100
"""Characters; a content selector that finds less has missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRule:
    """The selectors for the pages of some hosts; what is None is left to the general case."""

    name: str
    hosts: tuple[str, ...]
    content: str | None = None
    remove: tuple[str, ...] = ()
    title: str | None = None
    date: str | None = None
    authors: str | None = None

    def is_for(self, host: str) -> bool:
        """Whether one of the patterns is the host, or `*.` and a domain it lies in."""
        return any(
            host == pattern.removeprefix("*.") or (pattern.startswith("*.") and host.endswith(pattern[1:]))
            for pattern in self.hosts
        )


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a rule found on a page; nothing where it has no selector, or missed (then `missed` says so)."""

    name: str
    paragraphs: tuple[str, ...] = ()
    title: str | None = None
    date: Stamp | None = None
    authors: tuple[str, ...] = ()
    missed: tuple[str, ...] = field(default=())


def apply_rule(page: Page, rules: tuple[SiteRule, ...] | None = None) -> Ruled | None:
    """What the rule for the page's host finds; None where there is none, which is nearly always."""
    try:
        host = urls.host(page.url)
    except Discard:
        return None
    rule = next((rule for rule in (built_in() if rules is None else rules) if rule.is_for(host)), None)
    return _applied(rule, page) if rule else None


def parse_rules(text: str) -> tuple[SiteRule, ...]:
    """The rules of a file. Raises ConfigError with the line of what is wrong."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"site rules, {_line(error.problem_mark)}: {error.problem}") from error
    listed = dict(_fields(root)).get("rules")
    if not isinstance(listed, yaml.SequenceNode):
        raise ConfigError("site rules: `rules` must be a list")
    rules = tuple(map(_rule, listed.value))
    for number, rule in enumerate(rules):
        if any(rule.name == other.name for other in rules[:number]):
            raise _wrong(listed.value[number], f"a second rule {rule.name!r}")
    return rules


@cache
def built_in() -> tuple[SiteRule, ...]:
    """The rules that come with the program."""
    path = files("pipeline.core.clean").joinpath("site_rules.yaml")
    return parse_rules(path.read_text(encoding="utf-8"))


def _applied(rule: SiteRule, page: Page) -> Ruled:
    found: dict[str, Any] = {}
    if rule.title and (node := page.dom.css_first(rule.title)):
        found["title"] = text_of(node) or None
    if rule.date and (node := page.dom.css_first(rule.date)):
        attributes = node.attributes
        found["date"] = parse(attributes.get("datetime") or attributes.get("content") or text_of(node))
    if rule.authors:
        found["authors"] = clean_names(map(text_of, page.dom.css(rule.authors)))
    if rule.content and (node := page.dom.css_first(rule.content)):
        found["paragraphs"] = _paragraphs(node, rule.remove)
    wanted = {"title": rule.title, "date": rule.date, "authors": rule.authors, "paragraphs": rule.content}
    missed = tuple(name for name, selector in wanted.items() if selector and not found.get(name))
    return Ruled(rule.name, **found, missed=missed)


def _paragraphs(node: LexborNode, remove: tuple[str, ...]) -> tuple[str, ...]:
    """The lines of a copy of the element, so that the page stays whole for the general case."""
    copy = LexborHTMLParser(f"<html><body><div>{node.inner_html}</div></body></html>")
    for selector in ("script, style, form, iframe", *remove):
        for gone in copy.css(selector):
            gone.decompose()
    texts = tuple(block.text for block in blocks_of(fromstring(clean_characters(copy.html or ""))))
    return texts if sum(map(len, texts)) >= LEAST else ()


def _rule(node: yaml.Node) -> SiteRule:
    values: dict[str, Any] = {}
    hints = get_type_hints(SiteRule)
    for name, value in _fields(node):
        if name not in hints:
            raise _wrong(value, f"unknown field {name!r}; known are {', '.join(hints)}")
        is_list = hints[name] == tuple[str, ...]
        values[name] = tuple(map(_text, value.value)) if is_list and _is_list(value) else _text(value)
        if is_list and not _is_list(value):
            raise _wrong(value, f"{name} must be a list")
        if name not in ("name", "hosts"):
            _check(values[name], value)
    if not values.get("name") or not values.get("hosts") or len(values) < 3:
        raise _wrong(node, "a rule has a name, hosts and at least one selector")
    return SiteRule(**values)


def _check(selectors: str | tuple[str, ...], node: yaml.Node) -> None:
    empty = LexborHTMLParser("<p>")
    for selector in (selectors,) if isinstance(selectors, str) else selectors:
        try:
            empty.css(selector)
        except (SelectolaxError, ValueError) as error:
            raise _wrong(node, f"no CSS selector: {selector!r}") from error


def _fields(node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node]]:
    if not isinstance(node, yaml.MappingNode):
        raise _wrong(node, "fields and values are expected here")
    return ((_text(name), value) for name, value in node.value)


def _is_list(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode)


def _text(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
        raise _wrong(node, "a text is expected here")
    return str(node.value)


def _wrong(node: yaml.Node | None, what: str) -> ConfigError:
    return ConfigError(f"site rules, {_line(node.start_mark if node else None)}: {what}")


def _line(mark: yaml.Mark | None) -> str:
    return f"line {mark.line + 1}" if mark else "empty file"
