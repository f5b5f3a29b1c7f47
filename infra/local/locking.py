"""One at a time: two commands on one state folder, or two fetching into one cache, wait for each other."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.errors import InstanceBusy


@contextmanager
def exclusive(path: Path, *, patience: float, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock file `path`; wait up to `patience` seconds for another process, then `InstanceBusy`.

    The kernel drops the lock when its holder dies, so a lock is never stale. `on_wait` is called once if
    waiting is needed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        deadline = time.monotonic() + patience
        waited = False
        while not _take(file.fileno()):
            if not waited:
                on_wait()
                waited = True
            if time.monotonic() > deadline:
                raise InstanceBusy(
                    f"Another copydesk command has held {path} for {patience:.0f} s.",
                    "Wait for it to finish, or stop it, then run this command again.",
                )
            time.sleep(0.2)
        yield


def _take(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
