"""Running our own Python code as a process: with which account, and with which environment.

Fetching from the open web and parsing what it sends should not be root's work, so Python processes run as
`nobody` too, if that account can use this interpreter and this project. Below a private home folder (a
clone in /root, an interpreter installed there) it cannot; then they run as the caller.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from infra.local import account
from infra.local.account import Account
from infra.local.process import Process

PROJECT = Path(__file__).resolve().parents[2]

# What a process inherits: enough to find programs, keep the time zone, and get through a proxy.
_INHERITED = frozenset(
    ("TZ", "LANG", "LC_ALL", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_LOOPBACK = "127.0.0.1,localhost"
_CAN_IT_RUN = """
import importlib.util, os, sys
sys.path.insert(0, sys.argv[1])
os.listdir(sys.argv[1])
assert importlib.util.find_spec("pipeline") and importlib.util.find_spec("click")
for path in sys.argv[2:]:
    open(path).close()
"""


def runs_as(servers: Account, files: Iterable[str] = ()) -> Account:
    """`servers` if that account can use this interpreter, this project and all `files`; else the caller."""
    if servers.uid == os.geteuid():
        return servers
    fits = account.can(servers, [sys.executable, "-c", _CAN_IT_RUN, str(PROJECT), *files])
    return servers if fits else account.caller()


def environment(home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Variables for a Python process of ours: a few of the caller's, all `COPYDESK_*`, and `extra` over them.

    `PYTHONDONTWRITEBYTECODE` is left out on purpose: with it every start of Airflow costs seconds.
    """
    inherited = {name: value for name, value in os.environ.items() if _is_inherited(name)}
    bypass = ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), _LOOPBACK)))
    return {
        **inherited,
        "NO_PROXY": bypass,
        "no_proxy": bypass,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
        "HOME": str(home),
        **(extra or {}),
    }


def files_named_in(variables: Mapping[str, str]) -> list[str]:
    """The files that `COPYDESK_*` variables point to: whoever runs with them must be able to read them."""
    return [
        value
        for name, value in variables.items()
        if name.startswith("COPYDESK_") and value.startswith("/") and Path(value).is_file()
    ]


def module(
    name: str, arguments: Iterable[str], *, probe: str, address: str, home: Path, extra: Mapping[str, str]
) -> Process:
    """A process that runs `python -m ARGUMENTS…` of this project, such as the demo newsroom."""
    return Process(
        name=name,
        argv=(sys.executable, "-m", *arguments),
        probe=probe,
        address=address,
        environment=environment(home, extra),
        directory=PROJECT,
        account="python",
    )


def _is_inherited(name: str) -> bool:
    return name in _INHERITED or name.upper() in _PROXIES or name.startswith("COPYDESK_")
