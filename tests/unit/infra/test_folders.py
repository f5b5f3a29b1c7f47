"""State folders, locks, small files and secrets."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from infra.local import account, files, keys
from infra.local.errors import FolderUnusable, InstanceBusy
from infra.local.instance import Instance
from infra.local.layout import Layout
from infra.local.locking import exclusive
from infra.local.settings import LocalSettings, Ports

ME = account.caller()
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_state_folder_is_made_and_marked_as_ours(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "a" / "state", ME)
    layout.create()
    layout.create()
    assert layout.is_ours()
    assert mode(layout.state) == 0o755


def test_folder_with_something_else_is_refused_so_that_clean_never_empties_it(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FolderUnusable, match="holds something else"):
        Layout(tmp_path, ME).create()
    instance = Instance(LocalSettings(state=tmp_path, cache=tmp_path / "cache", ports=Ports()))
    with pytest.raises(FolderUnusable, match="not the state folder"):
        instance.clean()
    assert (tmp_path / "thesis.txt").exists()


def test_clean_removes_all_and_may_be_repeated(open_folder: Path) -> None:
    state, cache = open_folder / "state", open_folder / "cache"
    instance = Instance(LocalSettings(state=state, cache=cache, ports=Ports()))
    instance.layout.create()
    (instance.layout.state / "data" / "kafka").mkdir()
    instance.clean()
    assert not instance.layout.state.exists()
    instance.clean()


def test_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match="file"):
        Layout(tmp_path / "file" / "state", ME).create()


@as_root
def test_folder_that_the_servers_cannot_reach_is_refused(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    with pytest.raises(FolderUnusable, match="who may not enter") as caught:
        Layout(private / "state", account.for_servers()).create()
    assert "COPYDESK_STATE_DIR" in caught.value.way_out


@as_root
def test_servers_folders_are_theirs_whatever_the_umask(open_folder: Path) -> None:
    owner = account.for_servers()
    before = os.umask(0o077)
    try:
        layout = Layout(open_folder / "a" / "state", owner)
        layout.create()
        folder = layout.owned_data("kafka")
        config = layout.write_config("kafka", "server.properties", "a=b\n")
    finally:
        os.umask(before)
    assert folder.stat().st_uid == owner.uid
    assert account.can(owner, ["test", "-w", str(folder)])
    assert account.can(owner, ["test", "-r", str(config)])


def test_socket_folder_moves_when_its_path_would_be_too_long(tmp_path: Path) -> None:
    short = Layout(tmp_path / "s", ME)
    assert short.sockets() == tmp_path / "s" / "tmp" / "sockets"
    long = Layout(tmp_path / ("d" * 90), ME)
    assert len(os.fsencode(long.sockets())) < 90
    assert long.sockets() == Layout(tmp_path / ("d" * 90), ME).sockets()
    assert long.sockets() != Layout(tmp_path / ("e" * 90), ME).sockets()
    assert mode(long.sockets()) == 0o700
    long.sockets().rmdir()
    Layout(tmp_path / ("e" * 90), ME).sockets().rmdir()


def test_huge_log_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.local.layout._KEPT_LOG", 10)
    layout = Layout(tmp_path / "state", ME)
    layout.create()
    layout.log("kafka").write_text("x" * 11)
    assert layout.fresh_log("kafka").read_text() == ""
    assert not (layout.state / "logs" / "kafka.previous.log").exists()


def test_file_is_put_whole_with_its_mode(tmp_path: Path) -> None:
    files.put(tmp_path / "file", "one")
    files.put(tmp_path / "file", "two", mode=0o600)
    assert (tmp_path / "file").read_text() == "two"
    assert mode(tmp_path / "file") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_link_in_the_way_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "file").symlink_to(tmp_path / "victim")
    files.put(tmp_path / "file", "new")
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "file").read_text() == "new"


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(UnicodeEncodeError):
        files.put(tmp_path / "file", "\ud800")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"file": "old"}


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    made = keys.load(tmp_path / "secrets", ME)
    assert keys.load(tmp_path / "secrets", ME) == made
    assert mode(tmp_path / "secrets") == 0o700
    assert {mode(path) for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert json.loads(made.passwords_file.read_text()) == {"admin": made.admin_password}
    assert keys.admin_password(tmp_path / "secrets") == made.admin_password


def test_two_instances_share_no_key(tmp_path: Path) -> None:
    one, two = keys.load(tmp_path / "one", ME), keys.load(tmp_path / "two", ME)
    pairs = [
        (getattr(one, name), getattr(two, name)) for name in ("jwt_secret", "session_secret", "fernet_key")
    ]
    assert all(left != right for left, right in pairs)
    assert one.admin_password != two.admin_password


def test_second_holder_waits_and_then_gives_up_with_a_way_out(tmp_path: Path) -> None:
    waited = threading.Event()
    second = exclusive(tmp_path / "lock", patience=0.1, on_wait=waited.set)
    with (
        exclusive(tmp_path / "lock", patience=1),
        pytest.raises(InstanceBusy, match="Another copydesk command"),
        second,
    ):
        raise AssertionError("both held the lock")
    assert waited.is_set()
    with exclusive(tmp_path / "lock", patience=0):
        pass
