"""What is fetched before the first start, pinned by digest, kept in a cache that all clones share.

    kafka-jars.lock     ─► CACHE/kafka-DIGEST/*.jar
    elasticsearch.lock  ─► CACHE/elasticsearch-VERSION-DIGEST/     (unpacked; renamed into place when whole)

The digest in a folder's name is that of its lock: a changed lock fetches anew and leaves other clones alone.
`maven_artifact` knows the repository's address; none is written down here. With everything in the cache
nothing here touches the network.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maven_artifact import Artifact, Downloader

from infra.local import account, files
from infra.local.archive import PartialArchive, members_below, unpack
from infra.local.disk import naming_full_disk, require_room
from infra.local.download import Download, fetch, is_whole
from infra.local.locking import exclusive
from infra.local.progress import Progress

_MANIFEST = "copydesk-manifest.json"
_UNPACKED_SIZE = 206_000_000  # bytes of Elasticsearch on disk
_THREADS = 8
_PATIENCE = 1800.0  # seconds another process may fetch before we give up


@dataclass(frozen=True, slots=True)
class Packages:
    """The cache and where its contents come from; `maven_url` replaces the public repository by a mirror."""

    cache: Path
    maven_url: str | None = None
    locks: Path = Path(__file__).parent

    def kafka(self, progress: Progress) -> Path:
        """The folder with Kafka's jars, fetched and verified."""
        with self._alone("kafka", progress):
            folder = self.kafka_folder()
            account.make_enterable(folder)
            jars = self._kafka_jars()
            missing = [jar for jar in jars if not is_whole(folder / jar.name, jar)]
            if missing:
                self._fetch_jars(missing, folder, progress)
            return folder

    def elasticsearch(self, progress: Progress) -> Path:
        """Elasticsearch's home folder (read-only from now on), fetched, verified and unpacked."""
        with self._alone("elasticsearch", progress):
            home = self.elasticsearch_folder()
            if not _is_complete(home):
                self._build_elasticsearch(home, progress)
            return home

    def missing(self) -> list[str]:
        """The servers that still have to be fetched, for `doctor`."""
        jars = all(is_whole(self.kafka_folder() / jar.name, jar) for jar in self._kafka_jars())
        return [
            *([] if jars else ["kafka"]),
            *([] if _is_complete(self.elasticsearch_folder()) else ["elasticsearch"]),
        ]

    def probe_url(self) -> str:
        """A small file of the repository, to see whether it can be reached."""
        return min(self._kafka_jars(), key=lambda jar: jar.size).url

    def kafka_folder(self) -> Path:
        """Where Kafka's jars are or will be."""
        return self.cache / f"kafka-{self._digest_of('kafka-jars.lock')}"

    def elasticsearch_folder(self) -> Path:
        """Where Elasticsearch is or will be."""
        version = self._elasticsearch_lock()["version"]
        return self.cache / f"elasticsearch-{version}-{self._digest_of('elasticsearch.lock')}"

    @contextmanager
    def _alone(self, name: str, progress: Progress) -> Iterator[None]:
        """With the cache folder there and to ourselves, as far as this package is concerned."""
        account.make_enterable(self.cache)

        def waiting() -> None:
            progress.step(name, "waiting for another copydesk to fetch it")

        with exclusive(self.cache / f"{name}.lock", patience=_PATIENCE, on_wait=waiting):
            yield

    def _kafka_jars(self) -> list[Download]:
        rows = [line.split() for line in self._lock_lines("kafka-jars.lock")]
        return [
            Download(name=_jar_name(coordinate), url=self._url(coordinate), sha256=digest, size=int(size))
            for coordinate, digest, size in rows
        ]

    def _fetch_jars(self, jars: list[Download], folder: Path, progress: Progress) -> None:
        total = sum(jar.size for jar in jars)
        require_room(folder, total, "Fetching Kafka")
        progress.step("kafka", "fetching")
        done: dict[str, int] = {}

        def one(jar: Download) -> None:
            def advance(have: int) -> None:
                done[jar.name] = have
                progress.transfer("kafka", sum(list(done.values())), total)

            fetch(jar, folder / jar.name, advance)

        with ThreadPoolExecutor(_THREADS) as pool:
            try:
                for result in [pool.submit(one, jar) for jar in jars]:
                    result.result()
            finally:  # after an error, do not try the others too
                pool.shutdown(cancel_futures=True)

    def _build_elasticsearch(self, home: Path, progress: Progress) -> None:
        lock = self._elasticsearch_lock()
        members, index = (self._range(lock, part) for part in ("members", "index"))
        require_room(self.cache, members.size + _UNPACKED_SIZE, "Fetching Elasticsearch")
        progress.step("elasticsearch", "fetching")
        parts = {"index": self.cache / f"{home.name}.index", "members": self.cache / f"{home.name}.members"}
        fetch(index, parts["index"])
        fetch(members, parts["members"], lambda have: progress.transfer("elasticsearch", have, members.size))
        progress.step("elasticsearch", "unpacking")
        unfinished = self.cache / f"{home.name}.unfinished"
        for leftover in (unfinished, home):
            shutil.rmtree(leftover, ignore_errors=True)
        with naming_full_disk(self.cache, "unpacking Elasticsearch"):
            _unpack_elasticsearch(lock, parts["members"], parts["index"], unfinished)
        unfinished.rename(home)
        for part in parts.values():
            part.unlink()

    def _range(self, lock: dict[str, Any], part: str) -> Download:
        where = lock[part]
        return Download(
            name=f"Elasticsearch {lock['version']} ({part})",
            url=self._url(lock["artifact"]),
            sha256=where["sha256"],
            size=where["end"] - where["first"],
            first=where["first"],
        )

    def _elasticsearch_lock(self) -> dict[str, Any]:
        return tomllib.loads((self.locks / "elasticsearch.lock").read_text(encoding="utf-8"))

    def _lock_lines(self, name: str) -> list[str]:
        lines = (self.locks / name).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.strip() and not line.startswith("#")]

    def _digest_of(self, name: str) -> str:
        return hashlib.sha256((self.locks / name).read_bytes()).hexdigest()[:8]

    def _url(self, coordinate: str) -> str:
        downloader = Downloader(self.maven_url) if self.maven_url else Downloader()
        return str(downloader.resolver.uri_for_artifact(Artifact.parse(coordinate)))


def _unpack_elasticsearch(lock: dict[str, Any], members: Path, index: Path, target: Path) -> None:
    """Unpack and leave a list of names and sizes, by which a damaged folder is noticed later."""
    where, tail = lock["members"], lock["index"]
    folder = lock["folder"]
    with (
        PartialArchive({where["first"]: members, tail["first"]: index}) as file,
        zipfile.ZipFile(file) as archive,
    ):
        infos = members_below(archive, folder, where["first"], where["end"])
        target.mkdir(parents=True)
        unpack(archive, infos, folder, target)
        manifest = {info.filename.removeprefix(folder): info.file_size for info in infos}
    files.put(target / _MANIFEST, json.dumps(manifest))


def _is_complete(home: Path) -> bool:
    try:
        manifest = json.loads((home / _MANIFEST).read_text())
        return all((home / name).stat().st_size == size for name, size in manifest.items())
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return False


def _jar_name(coordinate: str) -> str:
    _, artifact, version = coordinate.split(":")
    return f"{artifact}-{version}.jar"
