"""The newsroom's catalogue: its outlets in the form of the project's `sources.yaml`."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from newsroom.material import outlets
from newsroom.model import Outlet

# Seconds between two requests to one host: short, so that the whole demo is read within a minute.
DEMO_PACE_SECONDS = 0.2
CATALOGUE = Path(str(files("newsroom") / "sources.yaml"))


def source(outlet: Outlet) -> dict[str, Any]:
    """One row of the catalogue."""
    row: dict[str, Any] = {
        "id": outlet.id,
        "name": outlet.name,
        "kind": outlet.kind,
        "url": outlet.source_url,
        "language": outlet.language,
        "country": outlet.country,
        "pace_seconds": DEMO_PACE_SECONDS,
    }
    if outlet.listing_css:
        row["listing"] = {"links": outlet.listing_css}
    return row


def catalogue(chosen: Iterable[Outlet]) -> dict[str, Any]:
    """A whole catalogue document."""
    return {"version": 1, "sources": [source(outlet) for outlet in chosen]}


def write_catalogue(path: Path = CATALOGUE) -> None:
    """Write the committed `newsroom/sources.yaml` anew after a change of `outlets.yaml`."""
    note = "# The demo newsroom's sources, written by `python -m newsroom --write-sources`.\n"
    text = yaml.safe_dump(catalogue(outlets().values()), sort_keys=False, allow_unicode=True)
    path.write_text(note + text, encoding="utf-8")
