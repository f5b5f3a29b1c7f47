"""The benchmark's pages and scorer, from the folder COPYDESK_SHARED names."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

FOLDER = Path("data", "article-extraction-benchmark")


@dataclass(frozen=True)
class Sample:
    """One page with the text it should give."""

    name: str
    url: str
    body: bytes
    gold: str


def folder() -> Path:
    """Where the benchmark lies. Exits with a message when COPYDESK_SHARED does not lead there."""
    path = Path(os.environ.get("COPYDESK_SHARED", "../shared")) / FOLDER
    if not (path / "ground-truth.json").is_file():
        raise SystemExit(
            f"no benchmark at {path}: set COPYDESK_SHARED to the folder that holds {FOLDER.parent}"
        )
    return path


def samples() -> list[Sample]:
    """All pages, by name."""
    gold = json.loads((folder() / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Sample(
            name,
            entry["url"],
            gzip.decompress((folder() / "html" / f"{name}.html.gz").read_bytes()),
            entry["articleBody"],
        )
        for name, entry in sorted(gold.items())
    ]


def scorer() -> ModuleType:
    """The benchmark's own scorer."""
    spec = importlib.util.spec_from_file_location("benchmark_score", folder() / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
