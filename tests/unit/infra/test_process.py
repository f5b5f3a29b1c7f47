"""Telling processes apart, and ending a whole family of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local import account, process
from infra.local.process import Identity, Process, identify

CHILD = "import time; time.sleep(60)"
PARENT = f"""
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {CHILD!r}])
print(child.pid, flush=True)
time.sleep(60)
"""
SCHEDULER = """
import signal, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", {worker!r}])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(worker.wait()))
time.sleep(60)
"""
WORKER = """
import subprocess, sys
task = subprocess.Popen([sys.executable, "-c", {task!r}])
task.wait()
open({ended!r}, "w").write(str(task.returncode))
"""
TASK = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("works", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""

Launch = Callable[[str], tuple[Identity, Path]]


def eventually(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start Python code as a process of ours; whatever is left is killed afterwards."""
    started: list[Identity] = []

    def start(code: str) -> tuple[Identity, Path]:
        log = tmp_path / f"{len(started)}.log"
        wanted = Process("thing", (sys.executable, "-c", code), "process:", "")
        leader = identify(process.launch(wanted, account.caller(), log).pid)
        assert leader is not None
        started.append(leader)
        return leader, log

    yield start
    for leader in started:
        for member in process.family(leader):
            os.kill(member.pid, signal.SIGKILL)


def child_of(log: Path) -> Identity:
    eventually(lambda: log.read_text().strip())
    child = identify(int(log.read_text()))
    assert child is not None
    return child


def test_process_is_itself_and_nobody_else() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert me.alive
    assert not Identity(me.pid, me.birth + "1").alive


def test_dead_process_is_nobody_even_while_a_zombie(launch: Launch) -> None:
    leader, _ = launch(CHILD)
    os.kill(leader.pid, signal.SIGKILL)
    eventually(lambda: not leader.alive)
    assert identify(leader.pid) is None


def test_process_survives_the_interrupt_of_its_starter(launch: Launch) -> None:
    leader, _ = launch(CHILD)
    assert os.getsid(leader.pid) == leader.pid != os.getsid(0)


def test_family_is_leader_and_descendants(launch: Launch) -> None:
    leader, log = launch(PARENT)
    child = child_of(log)
    assert process.family(leader) == sorted([leader, child], key=lambda member: member.pid)


def test_child_of_a_killed_leader_still_belongs(launch: Launch) -> None:
    leader, log = launch(PARENT)
    child = child_of(log)
    os.kill(leader.pid, signal.SIGKILL)
    eventually(lambda: not leader.alive)
    assert process.family(leader) == [child]


def test_stop_ends_leader_and_child(launch: Launch) -> None:
    leader, log = launch(PARENT)
    child = child_of(log)
    assert process.stop(leader, [], first=signal.SIGTERM, patience=60)
    assert not leader.alive
    assert not child.alive


def test_stop_ends_the_orphans_of_a_dead_leader(launch: Launch) -> None:
    leader, log = launch(PARENT)
    child = child_of(log)
    os.kill(leader.pid, signal.SIGKILL)
    eventually(lambda: not leader.alive)
    process.stop(leader, [child], first=signal.SIGTERM, patience=60)
    assert not child.alive


def test_deaf_process_is_killed_and_that_is_told(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_AFTER_LEADER", 0.3)
    leader, log = launch(STUBBORN)
    eventually(lambda: log.read_text().strip())
    assert not process.stop(leader, [], first=signal.SIGTERM, patience=0.3)
    assert not leader.alive


def test_stop_asks_running_tasks_to_end_and_their_worker_hears_how(launch: Launch, tmp_path: Path) -> None:
    ended = tmp_path / "ended"
    worker = WORKER.format(task=TASK, ended=str(ended))
    leader, log = launch(SCHEDULER.format(worker=worker))
    eventually(lambda: log.read_text().strip())
    told: list[int] = []
    assert process.stop(
        leader, [], first=signal.SIGTERM, patience=60, tasks_after=0.1, waiting_for=told.append
    )
    assert "7" == ended.read_text()
    assert [1] == told


def test_tasks_that_end_in_time_are_not_asked(launch: Launch, tmp_path: Path) -> None:
    worker = WORKER.format(
        task="import time; print('works', flush=True); time.sleep(0.2)", ended=str(tmp_path / "ended")
    )
    leader, log = launch(SCHEDULER.format(worker=worker))
    eventually(lambda: log.read_text().strip())
    told: list[int] = []
    assert process.stop(
        leader, [], first=signal.SIGTERM, patience=60, tasks_after=60, waiting_for=told.append
    )
    assert "0" == (tmp_path / "ended").read_text()
    assert [] == told


def test_stop_leaves_the_next_owner_of_the_number_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], start_new_session=True) as stranger:
        former = Identity(stranger.pid, "long ago")
        assert process.stop(former, [former], first=signal.SIGTERM, patience=1)
        assert stranger.poll() is None
        stranger.kill()


def test_fingerprint_changes_with_command_and_environment_only() -> None:
    wanted = Process("a", ("cmd", "x"), "process:", "here", {"K": "1"})
    assert wanted.fingerprint == Process("b", ("cmd", "x"), "tcp:", "there", {"K": "1"}).fingerprint
    assert wanted.fingerprint != Process("a", ("cmd", "y"), "process:", "here", {"K": "1"}).fingerprint
    assert wanted.fingerprint != Process("a", ("cmd", "x"), "process:", "here", {"K": "2"}).fingerprint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start processes of other accounts")
def test_root_starts_servers_as_nobody(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    log = tmp_path / "log"
    wanted = Process("thing", ("/bin/sh", "-c", "id -u; id -G"), "process:", "", {"PATH": os.defpath})
    process.launch(wanted, account.for_servers(), log).wait()
    owner = account.for_servers()
    assert log.read_text().split() == [str(owner.uid), str(owner.gid)]
    assert owner.uid != 0
