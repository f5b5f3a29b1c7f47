"""Whether readers must pay, and what the publisher asks of machines: as declared, never guessed.

Access: schema.org `isAccessibleForFree`, then the content tier that Facebook's and Piano's tags carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pipeline.core.clean.choice import Choice
from pipeline.core.clean.page import Page

Access = Literal["free", "metered", "paywalled", "unknown"]
_TIERS: dict[str, Access] = {
    "free": "free", "open": "free", "metered": "metered", "locked": "paywalled", "paid": "paywalled",
    "premium": "paywalled", "subscription": "paywalled", "subscriber": "paywalled", "registration": "metered",
}  # fmt: skip
_OPT_OUTS = frozenset({"noai", "noimageai", "noindex", "nosnippet", "noarchive", "none"})
_ROBOTS = ("robots", "googlebot", "googlebot-news", "news_bots", "ai")
_TRUE = frozenset({"1", "true", "yes"})


def choose_access(page: Page, article: list[dict[str, Any]]) -> Choice[Access]:
    """What the page says about access; `unknown` when it says nothing."""
    tier = page.first_meta(
        "article:content_tier", "og:article:content_tier", "content_tier", "cxenseparse:contenttier"
    )
    named = _TIERS.get((tier or "").strip().lower())
    for node in article:
        free = _truth(node.get("isAccessibleForFree"))
        if free is not None:
            if free:
                return Choice("free", "json-ld")
            return Choice("metered" if named == "metered" else "paywalled", "json-ld")
    if named:
        return Choice(named, "meta")
    return Choice("unknown", "guess")


def opt_outs(page: Page, headers: Mapping[str, str], turned_away: Iterable[str]) -> Choice[tuple[str, ...]]:
    """The signals by which a publisher limits machine use, sorted: robots words, TDM reservation, collectors.

    From meta robots tags, the X-Robots-Tag header, tdm-reservation (W3C TDMRep) as tag or header, and the
    product tokens that robots.txt turned away from the page. The origin named is the nearest to the text.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    by_meta = {word for name in _ROBOTS for content in page.meta.get(name, ()) for word in _words(content)}
    by_http = set(_words(lowered.get("x-robots-tag", "")))
    if (page.first_meta("tdm-reservation") or "") in _TRUE:
        by_meta.add("tdm-reservation")
    if lowered.get("tdm-reservation", "").strip() in _TRUE:
        by_http.add("tdm-reservation")
    origin = "meta" if by_meta else "http" if by_http else "robots"
    return Choice(tuple(sorted({*by_meta, *by_http, *turned_away})), origin)


def _words(content: str) -> set[str]:
    words = set(re.split(r"[\s,;:]+", content.lower()))
    found = words & _OPT_OUTS
    return (found - {"none"}) | {"noindex"} if "none" in found else found


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().lower().rsplit("/", 1)[-1]
        return True if word in _TRUE else False if word in ("0", "false", "no") else None
    return None
