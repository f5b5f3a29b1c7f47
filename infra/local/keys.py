"""Passwords and keys of an instance: made once, kept in files that only Airflow's account can read.

Nothing here is ever printed, except the administrator's password in the hint how to log in.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local import account, files
from infra.local.account import Account

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Keys:
    """What Airflow's components share."""

    jwt_secret: str
    session_secret: str
    fernet_key: str
    admin_password: str
    passwords_file: Path


def load(folder: Path, owner: Account) -> Keys:
    """The keys in `folder`; those that are missing are made first."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    account.give_tree(folder, owner)
    passwords_file = folder / "passwords.json"
    passwords = json.loads(_once(passwords_file, owner, _passwords))
    return Keys(
        jwt_secret=_once(folder / "jwt-secret", owner, lambda: secrets.token_urlsafe(64)),
        session_secret=_once(folder / "session-secret", owner, lambda: secrets.token_urlsafe(48)),
        fernet_key=_once(folder / "fernet-key", owner, _fernet_key),
        admin_password=passwords[ADMIN],
        passwords_file=passwords_file,
    )


def admin_password(folder: Path) -> str:
    """The administrator's password; `FileNotFoundError` if Airflow was never started."""
    return str(json.loads((folder / "passwords.json").read_text(encoding="ascii"))[ADMIN])


def _once(path: Path, owner: Account, make: Callable[[], str]) -> str:
    if not path.exists():
        files.put(path, make(), mode=0o600, owner=owner)
    return path.read_text(encoding="ascii")


def _passwords() -> str:
    return json.dumps({ADMIN: secrets.token_urlsafe(12)})


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
