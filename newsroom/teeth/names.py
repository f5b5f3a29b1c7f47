"""Names that lie about where they are: what a web server cannot do, and the name service of a test can."""

import socket
from collections import Counter
from collections.abc import Sequence

REBINDING = "rebinding.test"
"""Leads to a public address at the first lookup and inside ever after."""

PUBLIC_ADDRESS = "9.9.9.9"
"""Public, so that it passes a check; a test that uses these names must not let it be connected to."""


class Names:
    """Stands in for `socket.getaddrinfo`: knows addresses, `localhost` and REBINDING, and asks nobody.

    `inside` is where REBINDING leads from the second lookup on; `lookups` counts them by name.
    """

    def __init__(self, inside: str = "127.0.0.1") -> None:
        self.lookups: Counter[str] = Counter()
        self._inside = inside

    def getaddrinfo(
        self, host: str, port: int, **_: object
    ) -> Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]:
        """Raises socket.gaierror for every other name."""
        self.lookups[host] += 1
        address = self._address(host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]

    def _address(self, host: str) -> str:
        if host == REBINDING:
            return PUBLIC_ADDRESS if self.lookups[host] == 1 else self._inside
        if host == "localhost":
            return self._inside
        if ":" in host or host.replace(".", "").isdigit():
            return host
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
