"""Pages to start from: invented ones in the markups of the tests, and the benchmark's where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path
from string import Template
from typing import Any

import yaml

from bench.clean.pages import FOLDER, samples

_TESTS = Path(__file__).parents[2] / "tests" / "unit" / "core" / "clean"
_DATA = (
    '<script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"NewsArticle",'
    '"headline":"Ferry office grows","datePublished":"2026-11-19T08:30:00+01:00",'
    '"author":[{"name":"Ada Penn"}],'
    '"articleSection":"World","isAccessibleForFree":"True"}]}</script>'
)


def seeds() -> list[bytes]:
    """The bodies of all seed pages."""
    shared = Path(os.environ.get("COPYDESK_SHARED", "../shared")) / FOLDER
    return invented() + ([sample.body for sample in samples()] if shared.is_dir() else [])


def invented() -> list[bytes]:
    """Every markup of the tests with every text, and each piece of furniture once in a page."""
    markups: dict[str, Any] = _read("markups.yaml")
    pieces: dict[str, Any] = _read("furniture.yaml")
    bodies: list[bytes] = []
    for page in markups["pages"].values():
        for lines in pieces["texts"].values():
            text = "".join(f"<p>{line}</p>" for line in lines * 3)
            places = {"title": lines[0][:40], "category": "World", "teaser": lines[1]}
            bodies.append(Template(page).substitute(places, body=_DATA + text).encode())
    for piece in (*pieces["furniture"].values(), *pieces["tails"].values()):
        text = "".join(f"<p>{line}</p>{piece}" for line in pieces["texts"]["en"] * 2)
        bodies.append(
            f"<html><body><h1>Ferry office grows</h1><article>{text}</article></body></html>".encode()
        )
    return bodies


def _read(name: str) -> dict[str, Any]:
    found = yaml.safe_load((_TESTS / name).read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found
