"""`python -m schemas.release`: take the contracts as they stand for the released ones of their version.

Refuses when a message schema changed in a way that readers would notice: that needs a new version, so a new
folder beside the present one. Before the first release there is nobody to notice: remove the folder first.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import schemas
from schemas.compatibility import breaking_changes

VERSION = "v1"
_HERE = Path(__file__).parent
_PARTS = ("messages", "elasticsearch", "examples")


def main() -> int:
    """Copy the contracts; 1 and nothing copied when one of them may not change like this."""
    into = _HERE / "released" / VERSION
    if into.exists() and (broken := changes_noticed()):
        print("this is another contract:", *broken, sep="\n  ")
        return 1
    for part in _PARTS:
        shutil.rmtree(into / part, ignore_errors=True)
        shutil.copytree(_HERE / part, into / part)
    shutil.copy(_HERE / "topics.yaml", into / "topics.yaml")
    return 0


def changes_noticed() -> list[str]:
    """What readers of the released messages would notice, kind by kind."""
    old = schemas.released(VERSION).message_schemas
    return [
        f"{kind}: {change}"
        for kind, schema in old.items()
        for change in breaking_changes(schema, schemas.message_schema(kind))
    ]


if __name__ == "__main__":
    sys.exit(main())
