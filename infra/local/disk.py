"""Room on disk: asked for before a big write, and named when it runs out in the middle of one."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.errors import DiskFull

# Left free on top of what a step needs, so that logs and other programs can go on writing.
MARGIN = 200_000_000


def require_room(folder: Path, size: int, purpose: str) -> None:
    """Raise `DiskFull` unless `folder` (or its nearest existing parent) has `size` bytes and a margin."""
    free = free_bytes(folder)
    if free < size + MARGIN:
        raise DiskFull(
            f"{purpose} needs {_megabytes(size + MARGIN)} in {folder}, and only {_megabytes(free)} are free.",
            "Free some space there, or set COPYDESK_CACHE_DIR and COPYDESK_STATE_DIR to folders elsewhere.",
        )


def free_bytes(folder: Path) -> int:
    """Bytes an ordinary user may still write where `folder` is or will be."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


@contextmanager
def naming_full_disk(folder: Path, purpose: str) -> Iterator[None]:
    """Turn "no space left" and "quota exceeded" inside the block into `DiskFull`."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise DiskFull(
            f"The disk of {folder} became full: {purpose}.",
            "Free some space there and run the same command again; it goes on where it stopped.",
        ) from error


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
