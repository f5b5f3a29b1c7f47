"""JSON-LD as pages really carry it: wrapped in comments, escaped, cut off, several objects in one script.

    script text ──► strict JSON ──► lenient JSON ──► repaired JSON ──► single fields by pattern

Only what describes the page's own article is used: nodes of an article type, outside lists of other
articles; see `article_nodes` for how several are told apart.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.core.clean.wordlists import words

Node = dict[str, Any]
MAX_SCRIPT = 1_000_000
MAX_DEPTH = 12

_ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|SocialMediaPosting|Review)$")
_LISTS = words(
    """itemListElement hasPart relatedLink citation mentions comment isPartOf isBasedOn review video image
    publisher author about associatedMedia liveBlogUpdate blogPost suggestedAnswer"""
)
"""Properties that lead away from the page's own article."""
_WRAPPERS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_FIELD = re.compile(
    r'"(headline|alternativeHeadline|datePublished|dateModified|dateCreated|articleSection|description|'
    r'inLanguage|isAccessibleForFree|articleBody|url)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(true|false))'
)
_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"([A-Za-z:/.]*)"')
_AUTHOR = re.compile(r'"author"\s*:\s*[\[{]?.{0,200}?"name"\s*:\s*"((?:[^"\\]|\\.)*)"', re.DOTALL)
_decoder = json.JSONDecoder(strict=False)


def nodes(scripts: Iterable[str]) -> list[Node]:
    """Every node of every script, outermost first."""
    roots = [root for script in scripts for root in _read(script[:MAX_SCRIPT])]
    return [node for root in roots for node in _walk(root, 0)]


def article_nodes(found: list[Node]) -> list[Node]:
    """The nodes that describe an article, in document order."""
    return [node for node in found if is_article(node)]


def types(node: Node) -> list[str]:
    """The node's types without prefix: `schema:NewsArticle` → `NewsArticle`."""
    value = node.get("@type")
    listed = value if isinstance(value, list) else [value]
    return [re.split(r"[:/#]", name)[-1] for name in listed if isinstance(name, str)]


def is_article(node: Node) -> bool:
    """Whether one of the node's types is an article of some kind."""
    return any(_ARTICLE.search(name) for name in types(node))


def text_of(value: Any) -> str | None:
    """A property's text: of itself, its `@value` or its `name`; the first of a list."""
    return next(iter(texts_of(value)), None)


def texts_of(value: Any, depth: int = 0) -> list[str]:
    """All texts of a property that may be a list, each unescaped and not empty."""
    if isinstance(value, str):
        text = html.unescape(value).strip()
        return [text] if text else []
    if depth >= MAX_DEPTH:
        return []
    if isinstance(value, list):
        return [text for item in value for text in texts_of(item, depth + 1)]
    if isinstance(value, dict):
        named = value.get("@value") or value.get("name") or value.get("headline")
        return texts_of(named, depth + 1)[:1]
    return []


def _read(script: str) -> list[Any]:
    text = script.strip()
    for attempt in (_as_is, _unwrapped, _repaired):
        try:
            return attempt(text)
        except (ValueError, RecursionError):
            continue
    return _salvaged(text)


def _as_is(text: str) -> list[Any]:
    return [_decoder.decode(text)]


def _unwrapped(text: str) -> list[Any]:
    return _several(_WRAPPERS.sub("", _WRAPPERS.sub("", text)).strip().rstrip(";"))


def _repaired(text: str) -> list[Any]:
    text = _WRAPPERS.sub("", _WRAPPERS.sub("", text)).strip().rstrip(";")
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    return _several(_TRAILING_COMMA.sub(r"\1", text))


def _several(text: str) -> list[Any]:
    """Objects one after another, with or without commas between them."""
    found: list[Any] = []
    at = 0
    while at < len(text):
        value, at = _decoder.raw_decode(text, at)
        found.append(value)
        while at < len(text) and text[at] in ", \t\r\n;":
            at += 1
    if not found:
        raise ValueError("no JSON value")
    return found


def _salvaged(text: str) -> list[Node]:
    """What can be read of a script that is no JSON at all: the first value of each field we use."""
    kinds = [kind for kind in _TYPE.findall(text) if _ARTICLE.search(kind)]
    if not kinds:
        return []
    node: Node = {"@type": kinds[0]}
    for name, string, word in _FIELD.findall(text):
        node.setdefault(name, word or _unescaped(string))
    if author := _AUTHOR.search(text):
        node["author"] = {"@type": "Person", "name": _unescaped(author[1])}
    return [node]


def _unescaped(string: str) -> str:
    try:
        return str(_decoder.decode(f'"{string}"'))
    except ValueError:
        return string


def _walk(value: Any, depth: int) -> Iterator[Node]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth)
    elif isinstance(value, dict):
        yield value
        for name, inner in value.items():
            if isinstance(inner, dict | list) and name not in _LISTS:
                yield from _walk(inner, depth + 1)
