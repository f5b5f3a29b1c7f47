"""URLs: the canonical form that identifies an article, and what the fetcher may ask for.

Syntax is WHATWG's throughout, by ada-url: one parser from the listing to the socket, since two parsers
that disagree on a host are how a check and a request come to see different machines.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

import ada_url
from tld import get_fld

from pipeline.errors import Discard

TRACKERS_VERSION = 1
TRACKERS = frozenset(
    {"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "mc_cid", "mc_eid"}
    | {"yclid", "twclid", "ttclid", "igshid", "_hsenc", "_hsmi", "mkt_tok"}
)
"""Query names that say how a reader came, never what is shown. Changing the table is a new version of every
article's identity, so it only grows together with `TRACKERS_VERSION`."""

TRACKER_PREFIX = "utm_"
FETCHABLE_SCHEMES = ("http:", "https:")
LONGEST_FETCHABLE = 2048
"""Characters; longer ones are session state or attacks, and proxies on the way cut them."""

LONGEST_HOST = 253
"""Characters of a domain name (RFC 1035 §2.3.4, as text); WHATWG's parser leaves that to the resolver."""

REMEMBERED = 2_000
"""Answers kept per question: on its way to a page, each URL is asked about some ten times in a row."""


class InvalidUrl(Discard):
    """Not a URL by the WHATWG standard."""

    def __init__(self, text: str) -> None:
        super().__init__("invalid-url", "not a valid URL", url=text[:200])


def canonical(text: str) -> str:
    """The WHATWG form without fragment, userinfo and known trackers; everything else stays in its order.

    Any scheme has a canonical form; `refusal` says what may be fetched. Idempotent. Raises InvalidUrl.
    """
    url = _parsed(text)
    _drop_userinfo(url)
    url.hash = ""
    if "?" in url.href:
        kept = _without_trackers(url.search[1:])
        url.search = f"?{kept}" if kept else ""
    return str(url.href)


def article_id(canonical_url: str) -> str:
    """`a-` and the first 20 hex digits of the SHA-256 of a canonical URL."""
    return "a-" + hashlib.sha256(canonical_url.encode()).hexdigest()[:20]


def normal(text: str) -> str:
    """The WHATWG form without fragment: what is requested, trackers and all. Raises InvalidUrl."""
    url = _parsed(text)
    url.hash = ""
    return str(url.href)


def without_userinfo(text: str) -> str:
    """The normal form without name and password: credentials in a listed URL are never sent."""
    url = _parsed(text)
    _drop_userinfo(url)
    url.hash = ""
    return str(url.href)


def absolute(link: str, base: str) -> str:
    """`link` as found on a page at `base`. Raises InvalidUrl when the two make no URL."""
    try:
        return str(ada_url.join_url(base, link))
    except ValueError as error:
        raise InvalidUrl(link) from error


def is_valid(text: str) -> bool:
    """Whether a text is a URL by itself, at the least cost."""
    try:
        return bool(ada_url.check_url(text))
    except UnicodeEncodeError:
        return False


def is_absolute(link: str) -> bool:
    """Whether a link says its own scheme. `http:page.html` does not: browsers read it relative to a base."""
    found = _SCHEME.match(link)
    return found is not None and (found[1].lower() not in _SPECIAL or found[2] is not None)


_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*):(//)?")
_SPECIAL = frozenset({"http", "https", "ftp", "ws", "wss", "file"})


@lru_cache(maxsize=REMEMBERED)
def refusal(text: str) -> str | None:
    """Why the fetcher must not ask for this URL, as a reason; None when it may."""
    try:
        url = _parsed(text)
    except InvalidUrl as error:
        return error.reason
    if url.protocol not in FETCHABLE_SCHEMES:
        return "scheme"
    if len(url.hostname) > LONGEST_HOST:
        return "invalid-url"
    return "url-too-long" if len(url.href) > LONGEST_FETCHABLE else None


@lru_cache(maxsize=REMEMBERED)
def host(url: str) -> str:
    """What politeness is about: `name`, or `name:port` where the port is not the scheme's own."""
    return str(_parsed(url).host)


@lru_cache(maxsize=REMEMBERED)
def origin(url: str) -> str:
    """What one robots.txt is about: scheme, name and port."""
    return str(_parsed(url).origin)


def path_and_query(url: str) -> str:
    """What the server is asked for: the path, and the query with its question mark, empty as it may be."""
    parts = _parsed(url)
    bare = "?" if str(parts.href).partition("#")[0].endswith("?") else ""
    return str(parts.pathname) + (str(parts.search) or bare)


def same_site(one: str, other: str) -> bool:
    """Whether two URLs lie in one registrable domain by the public suffix list."""
    return site(one) == site(other)


@lru_cache(maxsize=REMEMBERED)
def site(url: str) -> str:
    """The registrable domain; for names outside the public suffix list the last two labels, else the host."""
    return _site(str(_parsed(url).hostname))


@lru_cache(maxsize=10_000)
def _site(hostname: str) -> str:
    known = get_fld(f"https://{hostname}/", fail_silently=True)
    if known:
        return str(known)
    labels = hostname.split(".")
    return hostname if labels[-1].isdigit() or hostname.startswith("[") else ".".join(labels[-2:])


def _parsed(text: str) -> ada_url.URL:
    try:
        return ada_url.URL(text)
    except (ValueError, UnicodeEncodeError) as error:
        raise InvalidUrl(text) from error


def _drop_userinfo(url: ada_url.URL) -> None:
    if url.username or url.password:
        url.username = ""
        url.password = ""


def _without_trackers(query: str) -> str:
    return "&".join(piece for piece in query.split("&") if not _is_tracker(piece.partition("=")[0]))


def _is_tracker(name: str) -> bool:
    name = name.lower()
    return name in TRACKERS or name.startswith(TRACKER_PREFIX)
