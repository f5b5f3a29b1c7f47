"""robots.txt by RFC 9309, with the tolerance large crawlers show to what sites really write.

Written here rather than taken from a library: the ones at hand split lines at form feeds, match our product
token by prefix, or let a `Crawl-delay` end a group, and each of those means asking where we must not.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipeline.core import urls

LARGEST = 500 * 1024
"""Bytes read of one file; RFC 9309 §2.5 asks for at least these 500 KiB."""

LONGEST_LINE = 2083 * 8 - 1
"""Bytes read of one line, as Google's parser does: a longer one is still a rule about its beginning."""

COLLECTORS = (
    *("ai2bot", "amazonbot", "anthropic-ai", "applebot-extended", "bytespider", "ccbot", "chatgpt-user"),
    *("claude-searchbot", "claude-user", "claude-web", "claudebot", "cohere-ai", "diffbot", "duckassistbot"),
    *("facebookbot", "google-extended", "gptbot", "imagesiftbot", "meta-externalagent", "oai-searchbot"),
    *(
        "meta-externalfetcher",
        "omgili",
        "omgilibot",
        "perplexitybot",
        "timpibot",
        "webzio-extended",
        "youbot",
    ),
)
"""Product tokens, in lower case, of those who read pages for language models, as their operators name them.

A publisher who turns one of them away says what may be done with a text, not who may ask for it.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One `allow` or `disallow` line. `octets` orders rules: the longest match wins, ties allow."""

    allow: bool
    parts: tuple[str, ...]
    anchored: bool
    octets: int


@dataclass(frozen=True, slots=True)
class Group:
    """Product tokens in lower case (`*` for everyone) and the rules for them."""

    agents: frozenset[str]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Robots:
    """One parsed robots.txt. `delays` are the seconds asked of each agent, as often as they are."""

    groups: tuple[Group, ...] = ()
    sitemaps: tuple[str, ...] = ()
    delays: tuple[tuple[str, float], ...] = ()

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent`, a product token or a whole User-Agent header, may request `url`.

        All groups naming the agent count as one; without any, those for `*` do (RFC 9309 §2.2.1).
        """
        target = _target(url)
        if target == "/robots.txt":
            return True
        rules = [rule for group in self._groups_for(agent) for rule in group.rules if _matches(rule, target)]
        return max(((rule.octets, rule.allow) for rule in rules), default=(0, True))[1]

    def crawl_delay(self, agent: str) -> float | None:
        """Seconds between requests: the larger of what is asked of `agent` and of everyone; None if neither.

        A site that names us for other rules seldom means to lift the delay it asks of all.
        """
        asked = ("*", _product_token(agent))
        return max((seconds for name, seconds in self.delays if name in asked), default=None)

    def opt_outs(self, url: str) -> tuple[str, ...]:
        """Those of `COLLECTORS` that a group names and forbids `url`: what is said to everyone names none."""
        named = {agent for group in self.groups for agent in group.agents}
        return tuple(token for token in COLLECTORS if token in named and not self.allows(url, token))

    def _groups_for(self, agent: str) -> list[Group]:
        return self._groups_naming(_product_token(agent)) or self._groups_naming("*")

    def _groups_naming(self, token: str) -> list[Group]:
        return [group for group in self.groups if token in group.agents]


def parse(body: bytes) -> Robots:
    """Read a robots.txt; anything unreadable in it is skipped, so this never fails."""
    draft = _Draft()
    for name, value in _directives(body):
        match _DIRECTIVES.get(name):
            case "user-agent":
                draft.name_agents(_agents_named(value))
            case "allow":
                draft.add_rules(_allow_rules(value))
            case "disallow":
                draft.add_rules(_rules(value, allow=False))
            case "crawl-delay":
                draft.add_delays(_delays(value))
            case "sitemap":
                draft.sitemaps.append(value.decode("utf-8", "replace"))
    draft.close_group()
    return Robots(tuple(draft.groups), tuple(draft.sitemaps), tuple(draft.delays))


@dataclass(slots=True)
class _Draft:
    """What was read so far; a group stays open until an agent is named after rules.

    `addressed` are the agents named together last: a delay is theirs, and no rule.
    """

    groups: list[Group] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    delays: list[tuple[str, float]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    ruled: bool = False
    addressed: list[str] = field(default_factory=list)
    naming: bool = False

    def name_agents(self, agents: Iterable[str]) -> None:
        # Only rules end a list of agents: other records must not interfere (RFC 9309 §2.2.4).
        if self.ruled:
            self.close_group()
        if not self.naming:
            self.addressed = []
        self.naming = True
        for agent in agents:
            self.agents.append(agent)
            self.addressed.append(agent)

    def add_rules(self, rules: Iterable[Rule]) -> None:
        self.ruled, self.naming = True, False
        self.rules.extend(rules)

    def add_delays(self, delays: Iterable[float]) -> None:
        self.naming = False
        self.delays.extend((agent, seconds) for seconds in delays for agent in self.addressed)

    def close_group(self) -> None:
        """Rules without an agent before them belong to nobody and are dropped here."""
        if self.agents:
            self.groups.append(Group(frozenset(self.agents), tuple(self.rules)))
        self.agents, self.rules, self.ruled = [], [], False


_DIRECTIVES = {
    **dict.fromkeys((b"user-agent", b"useragent", b"user agent"), "user-agent"),
    **dict.fromkeys((b"allow",), "allow"),
    **dict.fromkeys((b"disallow", b"dissallow", b"dissalow", b"disalow"), "disallow"),
    **dict.fromkeys((b"diasllow", b"disallaw"), "disallow"),
    **dict.fromkeys((b"crawl-delay", b"crawldelay", b"crawl delay"), "crawl-delay"),
    **dict.fromkeys((b"sitemap", b"site-map"), "sitemap"),
}
"""Names in lower case, with the misspellings Google's parser accepts."""


def _directives(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    for line in re.split(rb"\r\n|\r|\n", _without_bom(_capped(_narrow(body)))):
        text = line[:LONGEST_LINE].partition(b"#")[0].strip(_BLANK)
        name, colon, value = text.partition(b":")
        if not colon:
            words = text.split()
            if len(words) != 2:
                continue
            name, value = words
        yield name.strip(_BLANK).lower(), value.strip(_BLANK)


_BLANK = b" \t\x0b\x0c"


def _capped(body: bytes) -> bytes:
    """At most the cap, ending with a whole line: half a path would forbid more than was meant."""
    if len(body) <= LARGEST:
        return body
    return re.sub(rb"[^\r\n]*\Z", b"", body[:LARGEST])


def _narrow(body: bytes) -> bytes:
    """UTF-8 of a file that an editor saved as UTF-16, by its byte order mark."""
    if not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body
    return body[: 2 * LARGEST].decode("utf-16", "replace").encode()


def _without_bom(body: bytes) -> bytes:
    """Editors leave byte order marks, some of them in part."""
    return re.sub(rb"\A\xef(?:\xbb\xbf?)?", b"", body)


def _agents_named(value: bytes) -> list[str]:
    if value == b"*" or value[:2] in (b"* ", b"*\t"):
        return ["*"]
    token = _TOKEN.match(value.decode("latin-1"))
    return [token[0].lower()] if token else []


def _product_token(agent: str) -> str:
    """`Copydesk/0.1 (+https://…)` → `copydesk`; what is no header stays whole and matches only itself."""
    header = re.fullmatch(rf"({_TOKEN.pattern})(?:/.*)?", agent.strip(), re.DOTALL)
    return header[1].lower() if header else agent.strip().lower()


# RFC 9309 allows letters, `_` and `-`; product tokens with digits are too common to cut short.
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


def _delays(value: bytes) -> list[float]:
    return [float(value)] if re.fullmatch(rb"\d{1,9}(?:\.\d*)?|\.\d+", value) else []


def _allow_rules(value: bytes) -> Iterable[Rule]:
    yield from _rules(value, allow=True)
    # A site that allows its index page by name means the directory too (as Google reads it).
    directory, slash, page = value.rpartition(b"/")
    if slash and page.startswith(b"index.htm"):
        yield from _rules(directory + b"/$", allow=True)


def _rules(value: bytes, *, allow: bool) -> Iterable[Rule]:
    if not value:
        return
    anchored = value.endswith(b"$")
    parts = tuple(_comparable(part) for part in value.removesuffix(b"$").split(b"*"))
    octets = sum(3 if byte > 0x7F else 1 for byte in value)
    yield Rule(allow, parts, anchored, octets)


def _matches(rule: Rule, target: str) -> bool:
    """Leftmost matching of the parts between stars: linear, whatever the pattern."""
    first, *rest = rule.parts
    if not target.startswith(first):
        return False
    if not rest:
        return not rule.anchored or target == first
    position = len(first)
    for part in rest[:-1] if rule.anchored else rest:
        found = target.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return not rule.anchored or (target.endswith(rest[-1]) and len(target) - len(rest[-1]) >= position)


def _target(url: str) -> str:
    """Path and query of a URL in the form rules are compared in; what is no URL is the root."""
    try:
        whole = urls.normal(urls.absolute(url, "http://host.invalid/"))
    except urls.InvalidUrl:
        return "/"
    return _comparable(urls.path_and_query(whole).encode())


def _comparable(octets: bytes) -> str:
    """One spelling for both sides (RFC 9309 §2.2.2): unreserved characters bare, hex digits in capitals.

    What browsers encode in a path or query is encoded too, and so are `*` and `$`, which here are literal.
    """
    text = _ESCAPED.sub(lambda found: _unescaped(found[1]), octets)
    return _ENCODED.sub(lambda found: b"%%%02X" % found[0][0], text).decode("ascii")


def _unescaped(digits: bytes) -> bytes:
    character = bytes.fromhex(digits.decode("ascii"))
    return character if _UNRESERVED.fullmatch(character) else b"%" + digits.upper()


_ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(rb"[A-Za-z0-9._~-]")
_ENCODED = re.compile(rb"[^\x21-\x7e]|[\"'<>\\^`{|}*$]")
