"""A zip archive of which only two ranges are here: some members, and the index at the end.

The archive that carries Elasticsearch is five times larger than the part we need. Its members lie side by
side, so one range covers them; `zipfile` reads them through a file object that maps offsets of the whole
archive to the two pieces.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self


class PartialArchive(io.RawIOBase):
    """Reads like the whole archive, as long as only the pieces (offset → file) are touched."""

    def __init__(self, pieces: dict[int, Path]) -> None:
        self._files = {first: path.open("rb") for first, path in pieces.items()}
        self._ends = {first: first + path.stat().st_size for first, path in pieces.items()}
        self._position = 0

    def seekable(self) -> bool:
        """True: `zipfile` needs it."""
        return True

    def readable(self) -> bool:
        """True: `zipfile` needs it."""
        return True

    def tell(self) -> int:
        """Offset in the whole archive."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to an offset of the whole archive."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: max(self._ends.values())}[whence]
        self._position = start + offset
        return self._position

    def read(self, size: int = -1) -> bytes:
        """Bytes at the current offset; raises `BadZipFile` outside the pieces."""
        for first, end in self._ends.items():
            if first <= self._position < end:
                self._files[first].seek(self._position - first)
                data = self._files[first].read(size)
                self._position += len(data)
                return data
        if self._position >= max(self._ends.values()):
            return b""
        raise zipfile.BadZipFile(f"byte {self._position} lies outside the pieces that were fetched")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the pieces too."""
        for file in self._files.values():
            file.close()
        super().__exit__(kind, error, trace)

    def __enter__(self) -> Self:
        """The archive itself."""
        return self


def members_below(archive: zipfile.ZipFile, folder: str, first: int, end: int) -> list[zipfile.ZipInfo]:
    """The files below `folder` whose bytes lie in [first, end): those that were fetched."""
    return [
        info
        for info in archive.infolist()
        if info.filename.startswith(folder) and not info.is_dir() and first <= info.header_offset < end
    ]


def unpack(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: str, target: Path) -> None:
    """Write `members` below `target` without their leading `folder`, readable by everyone.

    Every file's checksum is verified while reading; a name that would leave `target` raises `BadZipFile`.
    """
    for info in members:
        path = target / info.filename.removeprefix(folder)
        if not path.resolve().is_relative_to(target.resolve()):
            raise zipfile.BadZipFile(f"{info.filename} leaves the folder it is unpacked to")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(archive.read(info))
        path.chmod(0o755 if info.external_attr >> 16 & 0o100 else 0o644)
    for path in (target, *(path for path in target.rglob("*") if path.is_dir())):
        path.chmod(0o755)
