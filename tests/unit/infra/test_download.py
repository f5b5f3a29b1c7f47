"""Every way a download can go wrong, against a registry on loopback."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from infra.local.disk import MARGIN, require_room
from infra.local.download import Download, fetch, is_whole
from infra.local.errors import DigestMismatch, DiskFull, DownloadFailed
from tests.unit.infra.registry import Registry

PIECE = 1 << 14  # what is read at a time
CONTENT = random.Random(7).randbytes(900_000)


def whole(registry: Registry) -> Download:
    registry.files["/thing"] = CONTENT
    return Download("thing", f"{registry.url}/thing", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


def part(registry: Registry, first: int, end: int) -> Download:
    registry.files["/thing"] = CONTENT
    digest = hashlib.sha256(CONTENT[first:end]).hexdigest()
    return Download("part of thing", f"{registry.url}/thing", digest, end - first, first)


def test_whole_file_arrives_verified_under_its_name(registry: Registry, tmp_path: Path) -> None:
    fetch(whole(registry), tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["thing"]


def test_range_of_a_bigger_file_is_one_request_for_just_those_bytes(
    registry: Registry, tmp_path: Path
) -> None:
    fetch(part(registry, 1000, 500_000), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT[1000:500_000]
    assert registry.ranges("/thing") == ["bytes=1000-499999"]


def test_file_that_is_already_there_needs_no_request(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "thing").write_bytes(CONTENT)
    seen: list[int] = []
    fetch(whole(registry), tmp_path / "thing", seen.append)
    assert registry.requests == []
    assert seen == [len(CONTENT)]


def test_file_damaged_on_disk_is_fetched_again(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "thing").write_bytes(b"x" * len(CONTENT))
    fetch(whole(registry), tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == CONTENT


def test_lost_connections_are_resumed_where_they_broke(registry: Registry, tmp_path: Path) -> None:
    registry.cut_after = [10 * PIECE, 20 * PIECE + 5]
    fetch(part(registry, 100, 900_000), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT[100:]
    assert registry.ranges("/thing") == [
        "bytes=100-899999",
        f"bytes={100 + 10 * PIECE}-899999",
        f"bytes={100 + 30 * PIECE}-899999",
    ]


def test_interrupted_command_is_gone_on_with_by_the_next(registry: Registry, tmp_path: Path) -> None:
    wanted = whole(registry)

    def interrupt(have: int) -> None:
        if have > 400_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(wanted, tmp_path / "thing", interrupt)
    assert not (tmp_path / "thing").exists()
    arrived = (tmp_path / "thing.part").stat().st_size
    assert arrived > 400_000

    fetch(wanted, tmp_path / "thing")
    assert registry.ranges("/thing")[-1] == f"bytes={arrived}-899999"
    assert (tmp_path / "thing").read_bytes() == CONTENT


def test_server_without_ranges_is_read_past_what_is_not_wanted(registry: Registry, tmp_path: Path) -> None:
    registry.supports_ranges = False
    registry.cut_after = [700_000]
    fetch(part(registry, 400_000, 800_000), tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT[400_000:800_000]


def test_leftover_longer_than_the_file_is_begun_anew(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "thing.part").write_bytes(b"?" * (len(CONTENT) + 5))
    fetch(whole(registry), tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == CONTENT


def test_leftover_with_other_bytes_is_thrown_away_once_and_fetched_whole(
    registry: Registry, tmp_path: Path
) -> None:
    (tmp_path / "thing.part").write_bytes(b"?" * 1000)
    fetch(whole(registry), tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == CONTENT
    assert registry.ranges("/thing") == ["bytes=1000-899999", None]


def test_digest_that_differs_twice_is_an_error_with_a_way_out(registry: Registry, tmp_path: Path) -> None:
    registry.garbled = [True, True]
    with pytest.raises(DigestMismatch, match="twice in a row") as caught:
        fetch(whole(registry), tmp_path / "thing")
    assert "proxy" in caught.value.way_out
    assert list(tmp_path.iterdir()) == []


def test_digest_that_differs_once_is_healed_by_fetching_again(registry: Registry, tmp_path: Path) -> None:
    registry.garbled = [True]
    fetch(whole(registry), tmp_path / "thing")
    assert (tmp_path / "thing").read_bytes() == CONTENT


@pytest.mark.parametrize("status", [408, 429, 500, 503], ids=str)
def test_server_trouble_is_tried_again(registry: Registry, tmp_path: Path, status: int) -> None:
    registry.statuses = [status, status]
    fetch(whole(registry), tmp_path / "thing")
    assert len(registry.requests) == 3


@pytest.mark.parametrize("status", [403, 404], ids=str)
def test_refusal_is_final_at_once(registry: Registry, tmp_path: Path, status: int) -> None:
    registry.statuses = [status]
    with pytest.raises(DownloadFailed, match=str(status)):
        fetch(whole(registry), tmp_path / "thing")
    assert len(registry.requests) == 1


def test_silent_network_gives_up_and_keeps_what_arrived(registry: Registry, tmp_path: Path) -> None:
    registry.cut_after = [12 * PIECE, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DownloadFailed, match="could not be fetched") as caught:
        fetch(whole(registry), tmp_path / "thing")
    assert "what has arrived is kept" in caught.value.way_out
    assert (tmp_path / "thing.part").read_bytes() == CONTENT[: 12 * PIECE]


def test_disk_that_fills_up_is_named(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "thing.part").symlink_to("/dev/full")
    with pytest.raises(DiskFull, match=r"became full: fetching thing"):
        fetch(whole(registry), tmp_path / "thing")


def test_room_is_asked_for_before_writing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("infra.local.disk.free_bytes", lambda _: MARGIN + 99_000_000)
    require_room(tmp_path / "not" / "there", 99_000_000, "Fetching")
    with pytest.raises(DiskFull, match=r"needs 300 MB .* only 299 MB are free"):
        require_room(tmp_path, 100_000_000, "Fetching")


@pytest.mark.parametrize(
    "content", [b"", CONTENT[:-1], CONTENT[1:] + b"x"], ids=["empty", "short", "changed"]
)
def test_only_the_exact_bytes_are_whole(registry: Registry, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "thing").write_bytes(content)
    assert not is_whole(tmp_path / "thing", whole(registry))
