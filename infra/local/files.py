"""Writing a small file in one step: whole or not at all, with the mode it should have, in a folder of others.

Root writes into folders that belong to the servers' account. A new file under a random name, then renamed,
cannot be led elsewhere by a link that was put there.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from infra.local import account
from infra.local.account import Account


def put(path: Path, text: str, *, mode: int = 0o644, owner: Account | None = None) -> None:
    """Make or replace `path`; `owner` becomes its owner."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        account.give(unfinished, owner or account.caller())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
