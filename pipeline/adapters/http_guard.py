"""Who may be connected to, decided where the connection is made.

A check of the URL before the request is not enough: a name may resolve differently a moment later. So the
guard is aiohttp's resolver, judging every address of a name, and its socket factory, judging the very
address that is about to be connected to.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.core.addresses import is_public

HostTable = Sequence[tuple[str, str]]
"""Pairs of host pattern (`*.example`) and `address:port`, the first match wins."""

RESOLVER_THREADS = 16
"""Name lookups block a thread, so they have their own: slow names must not hold up anything else."""


class AddressRefused(OSError):
    """The name leads, or the connection would go, to an address that is not public."""


class Guard(AbstractResolver):
    """Resolver and socket factory over one host table."""

    def __init__(self, host_table: HostTable) -> None:
        self._table = [(pattern.lower(), *_address(target)) for pattern, target in host_table]
        self._fixed = frozenset((address, port) for _, address, port in self._table)
        self._threads = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolve")

    def is_fixed(self, host: str) -> bool:
        """Whether the table says where this host is."""
        return self._target(host) is not None

    def is_forbidden_literal(self, host: str) -> bool:
        """Whether the host is written as an address that is not public; the table does not help it."""
        try:
            ip_address(host.strip("[]"))
        except ValueError:
            return False
        return not is_public(host)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Every address of the host. Raises AddressRefused when one of them is not public."""
        if target := self._target(host):
            return [_result(host, *target, socket.AF_INET6 if ":" in target[0] else socket.AF_INET)]
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _looked_up, host, port, family)
        refused = [entry[4][0] for entry in found if not is_public(str(entry[4][0]))]
        if refused:
            raise AddressRefused(f"{host} leads to {refused[0]}")
        return [_result(host, str(entry[4][0]), int(entry[4][1]), entry[0]) for entry in found]

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket for one connection attempt. Raises AddressRefused for an address not to be used."""
        family, kind, protocol, _, target = info
        if not is_public(str(target[0])) and (str(target[0]), target[1]) not in self._fixed:
            raise AddressRefused(f"connection to {target[0]}")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Part of aiohttp's resolver; lookups under way are left to end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _target(self, host: str) -> tuple[str, int] | None:
        for pattern, address, port in self._table:
            if fnmatchcase(host.lower().rstrip("."), pattern):
                return address, port
        return None


def _address(target: str) -> tuple[str, int]:
    address, _, port = target.rpartition(":")
    return address.strip("[]"), int(port)


def _looked_up(host: str, port: int, family: socket.AddressFamily) -> list[tuple[Any, ...]]:
    return list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM))


def _result(host: str, address: str, port: int, family: int) -> ResolveResult:
    return ResolveResult(
        hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST
    )
