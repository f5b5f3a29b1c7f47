"""Redirects that go in circles, on and on, or where no fetcher may follow."""

from itertools import pairwise

from newsroom.answer import Answer
from newsroom.teeth.visit import Page, Visit

PRIVATE_TARGETS = (
    "http://127.0.0.1/",
    "http://10.0.0.1/admin",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://100.64.0.1/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://[2002:7f00:1::]/",
    "http://224.0.0.1/",
    "http://localhost/",
)
FOREIGN_SCHEMES = ("file:///etc/passwd", "ftp://files.example/news.txt", "gopher://old.example/1")


def to(location: str, status: int = 302) -> Page:
    """A redirect to a fixed place."""
    return lambda _: Answer(b"", "text/plain", status, {"Location": location})


def nowhere(_: Visit) -> Answer:
    """A redirect that does not say where."""
    return Answer(b"", "text/plain", 302)


def chain(length: int, prefix: str, end: str) -> dict[str, Page]:
    """`prefix` leads over `length` redirects in all to `end`."""
    steps = [prefix, *(f"{prefix}/{number}" for number in range(1, length)), end]
    return {here: to(there) for here, there in pairwise(steps)}


def each(targets: tuple[str, ...], prefix: str) -> dict[str, Page]:
    """One page per target: `prefix0`, `prefix1`, …"""
    return {f"{prefix}{number}": to(target) for number, target in enumerate(targets)}
