"""The folders of an instance: one state folder, in which every server has data, configuration and logs.

STATE/  copydesk-instance     says that the folder is ours
        instance.json  lock   what runs, and who may change it
        data/NAME/            what a server keeps; outlives `down`
        config/NAME/          written anew at every start
        logs/NAME.log         output of the current run; NAME.previous.log of the one before
        logs/NAME/            log files that a server writes itself
        secrets/              passwords and keys, made once; mode 700
        tmp/NAME/             scratch space
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from infra.local import account, files
from infra.local.account import Account
from infra.local.errors import FolderUnusable

MARK = "copydesk-instance"

_LONGEST_SOCKET_PATH = 103  # bytes: 104 on macOS and 108 on Linux, with the final zero
_SOCKET_NAME = "/.s.PGSQL.5432"
_KEPT_LOG = 50_000_000  # bytes of a previous log worth keeping


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below one state folder; folders for servers belong to `owner`."""

    state: Path
    owner: Account

    @property
    def secrets(self) -> Path:
        """The folder of passwords and keys; `keys.load` makes it."""
        return self.state / "secrets"

    def is_ours(self) -> bool:
        """Whether the state folder was made by us, so that it may be removed."""
        return (self.state / MARK).is_file()

    def create(self) -> None:
        """Make the folders; raises `FolderUnusable` if that cannot be or the servers could not use them."""
        self.check()
        try:
            account.make_enterable(self.state)
            (self.state / MARK).touch()
            for name in ("data", "config", "logs", "tmp"):
                self._folder(self.state / name, 0o755)
        except (PermissionError, NotADirectoryError, FileExistsError) as error:
            raise FolderUnusable(
                f"{error.filename} cannot be made or changed: {error.strerror}.",
                "Set COPYDESK_STATE_DIR to a folder of your own.",
            ) from error
        self.check()

    def check(self) -> None:
        """Raise `FolderUnusable` unless the caller can write the state folder and the servers get to it."""
        if self.state.exists() and not self.is_ours() and any(self.state.iterdir()):
            raise FolderUnusable(
                f"{self.state} holds something else.",
                "Set COPYDESK_STATE_DIR to a folder for the servers alone; `copydesk clean` empties it.",
            )
        nearest = next(path for path in (self.state, *self.state.parents) if path.exists())
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise FolderUnusable(
                f"You may not write {nearest}, where the servers' data belong.",
                "Set COPYDESK_STATE_DIR to a folder that you may write.",
            )
        account.require_entry(self.owner, self.state, "COPYDESK_STATE_DIR")

    def data(self, name: str) -> Path:
        """The data folder of a server; not made, since an existing one means "already initialised"."""
        return self.state / "data" / name

    def config(self, name: str) -> Path:
        """The configuration folder of a server, made."""
        return self._owned(self.state / "config" / name)

    def own_logs(self, name: str) -> Path:
        """A folder for log files that a server writes itself, made."""
        return self._owned(self.state / "logs" / name)

    def scratch(self, name: str) -> Path:
        """A server's scratch folder, made."""
        return self._owned(self.state / "tmp" / name)

    def owned_data(self, name: str) -> Path:
        """A data folder, made if missing."""
        return self._owned(self.data(name))

    def log(self, name: str) -> Path:
        """The file that holds the output of a process."""
        return self.state / "logs" / f"{name}.log"

    def fresh_log(self, name: str) -> Path:
        """An empty log file; the last run's is kept beside it unless it is huge."""
        log = self.log(name)
        if log.exists():
            if log.stat().st_size <= _KEPT_LOG:
                log.replace(log.with_name(f"{name}.previous.log"))
            else:
                log.unlink()
        log.touch(mode=0o644)
        return log

    def sockets(self) -> Path:
        """PostgreSQL's socket folder: in the state folder, or the temporary one if that path is too long."""
        folder = self.state / "tmp" / "sockets"
        if len(os.fsencode(folder)) + len(_SOCKET_NAME) > _LONGEST_SOCKET_PATH:
            digest = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
            folder = Path(tempfile.gettempdir()) / f"copydesk-{os.geteuid()}-{digest}"
        return self._owned(folder, 0o700)

    def write_config(self, name: str, file: str, text: str) -> Path:
        """Write a configuration file that its server can read."""
        path = self.config(name) / file
        files.put(path, text)
        return path

    def _owned(self, folder: Path, mode: int = 0o755) -> Path:
        self._folder(folder, mode)
        account.give(folder, self.owner)
        return folder

    def _folder(self, folder: Path, mode: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)  # not left to the caller's umask: the servers' account must get in
