"""One file, or one range of a bigger one, from a package registry to disk, whatever the network does.

    there already, right digest? ─yes─► done
          │no
    append to NAME.part from where it ends ◄──┐ connection lost: again, a little later
          │                                   │
    all bytes ────────────────────────────────┘
          │ digest differs: delete, once from the start, then give up
    rename NAME.part to NAME

A file under its final name is therefore always whole and verified. Proxies and certificate bundles of the
environment hold, since `requests` reads them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from infra.local.disk import naming_full_disk
from infra.local.errors import DigestMismatch, DownloadFailed

_CHUNK = 1 << 14  # a piece that does not come whole is lost
_TIMEOUT = (10, 60)  # seconds to connect, seconds of silence
_ATTEMPTS = 5  # in a row without a single new byte
_FIRST_PAUSE = 0.5  # doubles with each attempt

_LOST = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Download:
    """What to fetch: `size` bytes of `url` beginning at `first`, with digest `sha256` (hex)."""

    name: str
    url: str
    sha256: str
    size: int
    first: int | None = None


def fetch(download: Download, target: Path, advance: Advance = lambda _: None) -> None:
    """Make `target` hold the verified bytes of `download`, fetching what is missing.

    `advance` is told how many bytes of the whole are here. Raises `DownloadFailed`, `DigestMismatch` or
    `DiskFull`.
    """
    if is_whole(target, download):
        advance(download.size)
        return
    part = target.with_name(target.name + ".part")
    with naming_full_disk(target.parent, f"fetching {download.name}"):
        for last_try in (False, True):
            _receive(download, part, advance)
            if _digest(part) == download.sha256:
                part.chmod(0o644)
                part.replace(target)
                return
            part.unlink()
            if last_try:
                raise DigestMismatch(
                    f"{download.name} does not have the digest in the lock, twice in a row.",
                    "Something between here and the package registry changes files, or the lock is wrong. "
                    "Check the proxy or mirror in use, then run the same command again.",
                )


def is_whole(target: Path, download: Download) -> bool:
    """Whether `target` already holds exactly the bytes asked for (size first: it is cheaper)."""
    return target.is_file() and target.stat().st_size == download.size and _digest(target) == download.sha256


def untrusted(name: str, error: Exception) -> DownloadFailed:
    """The registry's certificate is not trusted: usually a company's proxy signs what passes through it."""
    return DownloadFailed(
        f"{name}: the package registry's certificate is not trusted: {error}",
        "Set REQUESTS_CA_BUNDLE to a file with the certificates of your network, often "
        "/etc/ssl/certs/ca-certificates.crt, then run the same command again.",
    )


def _receive(download: Download, part: Path, advance: Advance) -> None:
    """Append to `part` until it has `download.size` bytes; a longer one is begun anew."""
    fruitless = 0
    while (have := _size(part)) != download.size:
        if have > download.size:
            part.unlink()
            continue
        try:
            _append(download, part, have, advance)
        except requests.exceptions.SSLError as error:  # trying again would not change it
            raise untrusted(download.name, error) from error
        except _LOST as error:
            fruitless = 0 if _size(part) > have else fruitless + 1
            if fruitless >= _ATTEMPTS:
                raise _unreachable(download, error) from error
            time.sleep(_FIRST_PAUSE * 2**fruitless)


def _append(download: Download, part: Path, have: int, advance: Advance) -> None:
    """One request. Returns when the server closes; the caller looks whether all came."""
    begin = (download.first or 0) + have
    headers = {"Accept-Encoding": "identity"}
    if download.first is not None or have:
        headers["Range"] = f"bytes={begin}-{(download.first or 0) + download.size - 1}"
    with requests.get(download.url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
        _check_answer(download, response, begin)
        skip = begin if response.status_code == 200 else 0  # a server without ranges sends it all
        with part.open("ab") as file:
            for chunk in response.iter_content(_CHUNK):
                wanted = chunk[skip : skip + download.size - have]
                skip = max(0, skip - len(chunk))
                file.write(wanted)
                have += len(wanted)
                advance(have)
                if have == download.size:
                    return
    raise requests.ConnectionError(f"the server closed after {have} of {download.size} bytes")


def _check_answer(download: Download, response: requests.Response, begin: int) -> None:
    if response.status_code == 200:
        return
    if response.status_code == 206 and response.headers.get("Content-Range", "").startswith(
        f"bytes {begin}-"
    ):
        return
    if response.status_code in (408, 425, 429) or response.status_code >= 500:
        raise requests.ConnectionError(f"the server answered {response.status_code}")
    raise DownloadFailed(
        f"{download.name}: the package registry answered {response.status_code} {response.reason}.",
        "If a mirror or proxy is in use, check that it serves Maven artifacts; else run it again later.",
    )


def _unreachable(download: Download, error: Exception) -> DownloadFailed:
    return DownloadFailed(
        f"{download.name} could not be fetched: {error}",
        "Check the network and the proxy settings (HTTPS_PROXY, REQUESTS_CA_BUNDLE), then run the same "
        "command again: what has arrived is kept.",
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
