"""Which account the servers run as.

Elasticsearch and PostgreSQL refuse to run as root, and nothing that reads foreign bytes should. So when root
starts an instance the servers run as `nobody`; an ordinary user's servers run as that user.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.errors import FolderUnusable


@dataclass(frozen=True, slots=True)
class Account:
    """Numeric, because the servers are started by number: no login, no shell, no supplementary groups."""

    name: str
    uid: int
    gid: int


def caller() -> Account:
    """The account that runs this program."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # containers run with numbers that have no name
        name = str(uid)
    return Account(name, uid, os.getegid())


def for_servers() -> Account:
    """The account for servers: `nobody` if the caller is root, else the caller."""
    if os.geteuid() != 0:
        return caller()
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def spawn(argv: Sequence[str], account: Account, **options: Any) -> subprocess.Popen[bytes]:
    """Start a program as `account`; `options` are those of `subprocess.Popen`."""
    if account.uid != os.geteuid():
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    popen: type[subprocess.Popen[Any]] = subprocess.Popen
    return popen(list(argv), **options)


def can(account: Account, argv: Sequence[str]) -> bool:
    """Whether a short command succeeds when that account runs it."""
    try:
        process = spawn(
            argv,
            account,
            cwd="/",
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError:  # it cannot even reach the program
        return False
    with process:
        return process.wait() == 0


def require_entry(account: Account, folder: Path, variable: str) -> None:
    """Raise `FolderUnusable`, naming the `variable` to set, unless that account can get to `folder`.

    A folder that does not exist yet counts as its nearest existing parent.
    """
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    if account.uid == os.geteuid() or can(account, ["test", "-x", str(nearest)]):
        return
    raise FolderUnusable(
        f"The servers run as {account.name}, who may not enter {nearest}.",
        f"Set {variable} to a folder whose parents everybody may enter, such as one below /var or /srv.",
    )


def make_enterable(folder: Path) -> None:
    """Make a folder and its missing parents so that every account can get in, whatever the caller's umask."""
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir(exist_ok=True)  # another command may make it at the same time
            path.chmod(0o755)


def give_tree(folder: Path, account: Account) -> None:
    """Make `account` the owner of a folder and all in it, if it is not yet."""
    if folder.stat().st_uid != account.uid:
        for path in (*folder.rglob("*"), folder):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)


def give(path: Path, account: Account) -> None:
    """Make `account` the owner, if it is not yet."""
    if path.stat().st_uid != account.uid:
        os.chown(path, account.uid, account.gid)
