"""A process we run: what it is, telling it from others, starting it, and stopping all of it.

Process numbers are used again, and some servers rename themselves, so a process is known by number
**and** start time. A server may be a launcher with a child (Elasticsearch) or fork workers (Airflow):
each starts as the leader of a session of its own, and whoever is in that session or descends from it
belongs to it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import psutil

from infra.local import account
from infra.local.account import Account

_AFTER_LEADER = 10.0  # seconds the rest may take once the leader has gone or been asked twice


@dataclass(frozen=True, slots=True)
class Process:
    """Something to run under our supervision.

    `probe` is a URL of `health.check`, asked until it says yes. `account` says who runs it if the caller is
    root: "server" is always `nobody`, "python" only if that account can use this project (see `python.py`).
    One that waits for tasks, its workers' children, when it is asked to end: after `tasks_after` seconds
    they are asked, too.
    """

    name: str
    argv: tuple[str, ...]
    probe: str
    address: str
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path = Path("/")
    account: Literal["server", "python"] = "server"
    start_timeout: float = 90.0
    stop_signal: int = signal.SIGTERM
    stop_timeout: float = 30.0
    tasks_after: float | None = None

    @property
    def fingerprint(self) -> str:
        """Changes with the command line and the environment: then a running one must be restarted."""
        parts = [*self.argv, "", *sorted(f"{key}={value}" for key, value in self.environment.items())]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number."""

    pid: int
    birth: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs (a zombie does not)."""
        return identify(self.pid) == self


def identify(pid: int) -> Identity | None:
    """Who has this number now; None if nobody or a zombie."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            _reap(pid)
            return None
        return Identity(pid, _birth(process))
    except psutil.NoSuchProcess:
        return None


def boot() -> str:
    """Changes when the machine is restarted: no process recorded under another boot can be alive."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"{psutil.boot_time():.0f}"


def launch(process: Process, runs_as: Account, log: Path) -> subprocess.Popen[bytes]:
    """Start it in a session of its own, out of reach of the caller's Ctrl-C; output goes to `log`."""
    with log.open("ab") as output:
        return account.spawn(
            process.argv,
            runs_as,
            cwd=process.directory,
            env=dict(process.environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def family(leader: Identity, known: Iterable[Identity] = ()) -> list[Identity]:
    """Everybody alive who belongs to `leader`: itself, its descendants, its session, and `known` members."""
    found = {member for member in known if member.alive}
    successor = identify(leader.pid)
    if successor in (leader, None):  # else the number is somebody else's now, and so may be the session
        found |= _session(leader.pid)
    if successor == leader:
        found.add(leader)
    for member in list(found):
        found |= _descendants(member)
    return sorted(found, key=lambda member: member.pid)


def stop(
    leader: Identity,
    known: Iterable[Identity],
    *,
    first: int,
    patience: float,
    tasks_after: float | None = None,
    waiting_for: Callable[[int], object] = lambda _: None,
) -> bool:
    """End the whole family: ask the leader, then everybody, then kill. True if nobody had to be killed.

    After `tasks_after` seconds of the leader's `patience` its tasks are asked, too, and `waiting_for` is told
    how many there are.
    """
    members = set(family(leader, known))
    if leader in members:
        _send([leader], first)
        if tasks_after is not None:
            patience -= min(tasks_after, patience)
            if not _wait_for_end(members, tasks_after, until_gone=leader):
                tasks = _grandchildren(leader)
                waiting_for(len(tasks))
                _send(tasks, signal.SIGTERM)
        _wait_for_end(members, patience, until_gone=leader)
    for number, seconds in ((signal.SIGTERM, _AFTER_LEADER), (signal.SIGKILL, _AFTER_LEADER)):
        members |= set(family(leader, members))
        if _wait_for_end(members, 2.0):
            return True
        _send(members, number)
        if _wait_for_end(members, seconds):
            return number != signal.SIGKILL
    return False


def _birth(process: psutil.Process) -> str:
    """Start time in clock ticks since boot: unlike wall-clock time it never shifts."""
    try:
        stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"{process.create_time():.2f}"
    return stat.rpartition(")")[2].split()[19]


def _session(pid: int) -> set[Identity]:
    members = set()
    for other in psutil.pids():
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.getsid(other) == pid and (identity := identify(other)):
                members.add(identity)
    return members


def _descendants(member: Identity) -> set[Identity]:
    try:
        children = psutil.Process(member.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return set()
    return {identity for child in children if (identity := identify(child.pid))}


def _grandchildren(leader: Identity) -> set[Identity]:
    """The tasks of its workers. Not the workers: an idle one that dies with its queue locked leaves the
    others waiting. Not what tasks started: they end that themselves."""
    found = set()
    with contextlib.suppress(psutil.NoSuchProcess):
        for worker in psutil.Process(leader.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                found |= {identify(task.pid) for task in worker.children()}
    return {task for task in found if task is not None}


def _send(members: Iterable[Identity], number: int) -> None:
    for member in members:
        if member.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(member.pid, number)


def _wait_for_end(members: Iterable[Identity], seconds: float, until_gone: Identity | None = None) -> bool:
    """Wait until all are gone, or, if given, until that one is; False when the time is up."""
    watched = [until_gone] if until_gone else list(members)
    deadline = time.monotonic() + seconds
    while any(member.alive for member in watched):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _reap(pid: int) -> None:
    """Take the exit status of a dead child of ours, so that it does not stay a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
