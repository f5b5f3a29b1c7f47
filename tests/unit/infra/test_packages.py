"""The cache: filled once, offline ever after, healed when damaged."""

from __future__ import annotations

import hashlib
import io
import os
import random
import stat
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.errors import DownloadFailed
from infra.local.packages import Packages
from infra.local.progress import Silent
from tests.unit.infra.registry import Registry

JARS = {
    f"org.example:part-{number}:1.{number}": random.Random(number).randbytes(5_000) for number in range(12)
}
FOLDER = "bundle-7/elasticsearch/"
MEMBERS = {
    "bin/tool": b"#!/bin/sh\n",
    "config/jvm.options": b"-XX:+UseG1GC\n",
    "lib/server.jar": random.Random(99).randbytes(200_000),
    "modules/a/a.jar": b"a" * 3000,
}


def archive() -> bytes:
    """An archive in which the wanted members lie side by side between others."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bundle-7/big-before", random.Random(1).randbytes(100_000))
        for name, content in MEMBERS.items():
            info = zipfile.ZipInfo(FOLDER + name)
            info.external_attr = (0o755 if name.startswith("bin/") else 0o640) << 16
            made.writestr(info, content)
        made.writestr(FOLDER + "plugins/late", b"outside the range")
        made.writestr("bundle-7/big-after", random.Random(2).randbytes(100_000))
    return buffer.getvalue()


@pytest.fixture
def packages(registry: Registry, tmp_path: Path) -> Packages:
    """A cache that is empty, locks of our own, and a registry that has what they name."""
    locks = tmp_path / "locks"
    locks.mkdir()
    rows = []
    for coordinate, content in JARS.items():
        group, artifact, version = coordinate.split(":")
        path = f"/{group.replace('.', '/')}/{artifact}/{version}/{artifact}-{version}.jar"
        registry.files[path] = content
        rows.append(f"{coordinate} {hashlib.sha256(content).hexdigest()} {len(content)}")
    (locks / "kafka-jars.lock").write_text("# made here\n" + "\n".join(rows) + "\n")
    bundle = archive()
    (locks / "elasticsearch.lock").write_text(elasticsearch_lock(bundle))
    registry.files["/org/example/bundle/7/bundle-7.zip"] = bundle
    return Packages(tmp_path / "cache", registry.url, locks)


def elasticsearch_lock(whole: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        first = opened.getinfo(FOLDER + "bin/tool").header_offset
        end = opened.getinfo(FOLDER + "plugins/late").header_offset
        index = opened.start_dir
    lines = ['version = "1.2.3"', 'artifact = "org.example:bundle:zip:7"', f'folder = "{FOLDER}"']
    for name, start, stop in (("members", first, end), ("index", index, len(whole))):
        digest = hashlib.sha256(whole[start:stop]).hexdigest()
        lines += [f"[{name}]", f"first = {start}", f"end = {stop}", f'sha256 = "{digest}"']
    return "\n".join(lines)


def contents(home: Path) -> dict[str, bytes]:
    files = (path for path in home.rglob("*") if path.is_file() and path.name != "copydesk-manifest.json")
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


def test_kafka_is_all_jars_of_the_lock(packages: Packages) -> None:
    assert contents(packages.kafka(Silent())) == {
        f"part-{number}-1.{number}.jar": content for number, content in enumerate(JARS.values())
    }


def test_elasticsearch_is_the_folder_within_the_range(packages: Packages, registry: Registry) -> None:
    assert contents(packages.elasticsearch(Silent())) == MEMBERS
    assert len(registry.requests) == 2  # the index, and the members in one piece


def test_full_cache_needs_no_network(packages: Packages, registry: Registry) -> None:
    packages.kafka(Silent())
    packages.elasticsearch(Silent())
    registry.requests.clear()
    offline = Packages(packages.cache, "http://127.0.0.1:9/nobody", packages.locks)
    assert offline.missing() == []
    offline.kafka(Silent())
    offline.elasticsearch(Silent())
    assert registry.requests == []


def test_downloaded_pieces_do_not_stay_beside_the_unpacked_folder(packages: Packages) -> None:
    home = packages.elasticsearch(Silent())
    assert {path.name for path in packages.cache.iterdir()} == {home.name, "elasticsearch.lock"}


@pytest.mark.parametrize("damage", ["remove", "truncate", "forget"])
def test_damaged_elasticsearch_is_built_again(packages: Packages, damage: str) -> None:
    home = packages.elasticsearch(Silent())
    if damage == "remove":
        (home / "lib/server.jar").unlink()
    elif damage == "truncate":
        (home / "lib/server.jar").write_bytes(b"")
    else:
        (home / "copydesk-manifest.json").write_text("{")
    assert packages.missing() == ["kafka", "elasticsearch"]
    assert contents(packages.elasticsearch(Silent())) == MEMBERS


def test_leftover_of_an_interrupted_unpacking_is_no_obstacle(packages: Packages) -> None:
    leftover = packages.cache / f"{packages.elasticsearch_folder().name}.unfinished" / "lib"
    leftover.mkdir(parents=True)
    (leftover / "half.jar").write_bytes(b"half")
    assert contents(packages.elasticsearch(Silent())) == MEMBERS


def test_only_the_damaged_jar_is_fetched_again(packages: Packages, registry: Registry) -> None:
    folder = packages.kafka(Silent())
    (folder / "part-3-1.3.jar").write_bytes(b"broken")
    registry.requests.clear()
    packages.kafka(Silent())
    assert [path for path, _ in registry.requests] == ["/org/example/part-3/1.3/part-3-1.3.jar"]


def test_one_failing_jar_ends_the_others_soon(packages: Packages, registry: Registry) -> None:
    registry.files = {path: content for path, content in registry.files.items() if "part-0-" not in path}
    with pytest.raises(DownloadFailed, match=r"part-0-1\.0\.jar"):
        packages.kafka(Silent())


def test_changed_lock_gets_a_folder_of_its_own(packages: Packages) -> None:
    before = packages.kafka_folder()
    (packages.locks / "kafka-jars.lock").write_text("# another\n")
    assert packages.kafka_folder() != before


def test_cache_can_be_read_by_everyone_whatever_the_umask(packages: Packages) -> None:
    before = os.umask(0o077)
    try:
        folders = (packages.cache, packages.kafka(Silent()), packages.elasticsearch(Silent()))
    finally:
        os.umask(before)
    for folder in folders:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    home = folders[2]
    assert stat.S_IMODE((home / "lib/server.jar").stat().st_mode) == 0o644
    assert stat.S_IMODE((home / "bin/tool").stat().st_mode) == 0o755
    assert stat.S_IMODE((home / "modules/a").stat().st_mode) == 0o755


def test_two_at_once_fetch_once(packages: Packages, registry: Registry) -> None:
    with ThreadPoolExecutor(2) as pool:
        homes = list(pool.map(packages.elasticsearch, [Silent(), Silent()]))
    assert homes[0] == homes[1]
    assert len(registry.requests) == 2
    assert contents(packages.elasticsearch_folder()) == MEMBERS
