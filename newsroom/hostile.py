"""The newsroom's teeth: every hostile case, its host, and the outcome a good fetcher reports for it.

Each case lives on a host of its own, `hostile-NAME.example`, with a feed at `/feed.xml`. Unless the case is
about the feed itself, that feed announces `/bad`, which bites, and `/good`, which must come through all the
same. `newsroom.teeth.annex.Hostile` serves them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from newsroom.teeth import articles, feeds, names, redirects, robots, sitemaps, statuses, streams
from newsroom.teeth.visit import Page

About = Literal["source", "article", "robots"]


@dataclass(frozen=True, slots=True)
class Case:
    """One way to be hostile.

    `about` is what bites: the source's own document, one article, or robots.txt. `outcome` is what the poll
    of the source ends as, or for `about="article"` the attempt at `/bad`, in the pipeline's own words
    (reasons are those of `pipeline.core.http`); `because` says what makes it so. `pages` are the paths that
    differ from a well-behaved host. `elsewhere` are announced addresses that bite and lie at no host of ours.
    """

    name: str
    about: About
    outcome: str
    because: str
    pages: Mapping[str, Page]
    kind: Literal["feed", "sitemap"] = "feed"
    path: str = "/feed.xml"
    elsewhere: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        return f"hostile-{self.name}.example"

    @property
    def source_url(self) -> str:
        return f"http://{self.host}{self.path}"

    @property
    def bad_urls(self) -> list[str]:
        """The articles that bite; none when the source or robots.txt does."""
        bad = [path for path in self.pages if path.startswith("/bad") and path.count("/") == 1]
        return [*(f"http://{self.host}{path}" for path in bad), *self.elsewhere]


def _article(name: str, outcome: str, because: str, bad: Page) -> Case:
    return Case(name, "article", outcome, because, {"/bad": bad})


def _feed(name: str, outcome: str, because: str, document: Page) -> Case:
    return Case(name, "source", outcome, because, {"/feed.xml": document})


def _sitemap(name: str, outcome: str, because: str, document: Page) -> Case:
    return Case(name, "source", outcome, because, {"/sitemap.xml": document}, "sitemap", "/sitemap.xml")


def _robots(name: str, outcome: str, because: str, rules: Page) -> Case:
    return Case(name, "robots", outcome, because, {"/robots.txt": rules})


def _redirects(name: str, outcome: str, because: str, targets: tuple[str, ...]) -> Case:
    announced = partial(feeds.numbered, prefix="/bad", count=len(targets))
    pages: dict[str, Page] = {**redirects.each(targets, "/bad"), "/feed.xml": announced}
    return Case(name, "article", outcome, because, pages)


def _inside() -> Case:
    """No redirect is needed: the feed itself names addresses inside."""
    targets = redirects.PRIVATE_TARGETS
    pages = {"/feed.xml": partial(feeds.announcing, addresses=targets)}
    why = "an entry is no more trusted than a redirect"
    return Case("entries-inside", "article", "discarded(address)", why, pages, elsewhere=targets)


_COOKIE_WALL: Mapping[str, Page] = {"/bad": statuses.cookie_wall, "/consent": statuses.consent}

CASES: tuple[Case, ...] = (
    _article(
        "429-seconds",
        "deferred(throttled)",
        "the whole host waits as many seconds as it says",
        statuses.throttled(articles.good, statuses.in_seconds),
    ),
    _article(
        "429-date",
        "deferred(throttled)",
        "the whole host waits until the HTTP-date",
        statuses.throttled(articles.good, statuses.as_date),
    ),
    _article(
        "429-absurd",
        "deferred(throttled)",
        "a negative wait counts as none: own backoff",
        statuses.throttled(articles.good, statuses.absurdly),
    ),
    _article(
        "503-retry",
        "deferred(unavailable)",
        "503 holds this address only; the rest of the host goes on",
        statuses.throttled(articles.good, statuses.in_seconds, 503),
    ),
    _article("503", "deferred(unavailable)", "a server error is tried again later", statuses.status(503)),
    _article("404", "discarded(not-found)", "never seen before and not there", statuses.status(404)),
    _article("410", "discarded(gone)", "gone by its own word", statuses.status(410)),
    _article("403", "discarded(forbidden)", "refused is told apart from gone", statuses.status(403)),
    _article("challenge", "discarded(forbidden)", "a bot check is a refusal, no article", statuses.challenge),
    Case(
        "cookie-wall",
        "article",
        "fetched",
        "no cookie is carried on; clean discards the consent page as error-page",
        _COOKIE_WALL,
    ),
    _article("huge-header", "discarded(headers-too-large)", "headers over the cap", statuses.huge_header),
    _article(
        "header-flood", "discarded(headers-too-large)", "ten thousand short headers", statuses.header_flood
    ),
    _article("status-999", "deferred(server-error)", "no status anybody defined", statuses.status(999)),
    _article(
        "unknown-coding", "deferred(bad-encoding)", "a coding we did not accept", statuses.unknown_coding
    ),
    _article("empty-body", "discarded(empty-body)", "200 and nothing in it", statuses.nothing),
    _article("redirect-loop", "deferred(redirect-loop)", "it comes back to itself", redirects.to("/bad")),
    Case(
        "redirect-chain",
        "article",
        "deferred(too-many-redirects)",
        "six hops, one more than is followed",
        redirects.chain(6, "/bad", "/good"),
    ),
    Case(
        "redirect-five", "article", "fetched", "five hops are followed", redirects.chain(5, "/bad", "/good")
    ),
    _article(
        "redirect-nowhere",
        "deferred(redirect-without-target)",
        "a redirect without Location",
        redirects.nowhere,
    ),
    _redirects(
        "redirect-private",
        "discarded(address)",
        "every spelling of an inside address is refused at connect time",
        redirects.PRIVATE_TARGETS,
    ),
    _inside(),
    _article(
        "redirect-rebinding",
        "deferred(connection-refused)",
        "one lookup, and that address is connected to; later it leads inside and is refused as address",
        redirects.to(f"http://{names.REBINDING}/"),
    ),
    _redirects(
        "redirect-scheme",
        "discarded(scheme)",
        "only http and https are followed",
        redirects.FOREIGN_SCHEMES,
    ),
    _article("drip", "deferred(too-slow)", "the total deadline ends what read timeouts miss", streams.drip),
    _article("silence", "deferred(timeout)", "no answer at all", streams.silence),
    _article("endless", "discarded(too-large)", "counted while reading, ended at the cap", streams.endless),
    _article("gzip-bomb", "discarded(too-large)", "counted after decompression, or by ratio", streams.bomb),
    _article("length-short", "deferred(truncated)", "less came than was promised", streams.too_short),
    _article("length-long", "deferred(protocol)", "more came than was promised", streams.too_long),
    _article("reset", "deferred(truncated)", "reset in mid-body", streams.reset),
    _article(
        "mixed-charsets", "fetched", "the header rules; stray bytes become marks", articles.mixed_charsets
    ),
    _article(
        "charset-lie", "fetched", "UTF-8 under a wrong label; clean may repair it", articles.charset_lie
    ),
    _feed(
        "feed-429",
        "throttled",
        "the whole host waits",
        statuses.throttled(feeds.healthy, statuses.in_seconds),
    ),
    _feed("feed-403", "blocked", "refused, told apart from empty", statuses.status(403)),
    _feed("feed-500", "broken", "a server error, counted softly", statuses.status(500)),
    _feed("feed-gone", "broken", "410: asked ever less often, never given up", statuses.status(410)),
    _feed("html-as-feed", "broken", "HTML is not an empty feed", feeds.html_as_feed),
    _feed("feed-drip", "broken", "the total deadline holds for feeds too", streams.drip),
    _feed("feed-endless", "broken", "counted while reading, ended at the cap", streams.endless),
    _feed("feed-bomb", "broken", "counted after decompression, or by ratio", streams.bomb),
    _feed("feed-reset", "broken", "half a feed is no feed", streams.reset),
    _feed(
        "feed-inside", "broken", "a feed that moved inside is not asked", redirects.to("http://127.0.0.1/")
    ),
    _feed("deep-feed", "new-items", "read in spite of elements nested past all sense", feeds.deep),
    _feed("deep-json", "broken", "arrays nested past all sense", feeds.deep_json),
    _feed("empty-feed", "empty", "valid, and nothing in it", feeds.empty),
    _feed("entity-bomb", "broken", "a document with its own entities is not read", feeds.entity_bomb),
    _feed("file-entity", "broken", "a document with its own entities is not read", feeds.file_entity),
    _feed(
        "lying-etag",
        "new-items",
        "later polls say not-modified until a full fetch finds it out",
        statuses.lying_validators(feeds.growing),
    ),
    _feed("304-unasked", "broken", "not modified since what?", statuses.unasked_not_modified),
    _feed("duplicates", "new-items", "seven entries, one article", feeds.duplicates),
    _feed("linkless", "new-items", "one entry by its guid; three dropped and counted", feeds.linkless),
    _feed("relative", "new-items", "three links, absolute by the feed's own address", feeds.relative),
    _feed("relative-atom", "new-items", "the article's link, absolute by xml:base", feeds.relative_atom),
    _feed("odd-dates", "new-items", "seven dates read, five unknown; no entry lost", feeds.odd_dates),
    _feed("truncated-feed", "new-items", "the whole items are read", feeds.truncated),
    _feed("undeclared-bytes", "new-items", "titles without replacement marks", feeds.undeclared_bytes),
    _feed("zipped", "new-items", "gzip is known by its first bytes", feeds.zipped),
    _feed("mislabelled", "new-items", "decided by content, not by Content-Type", feeds.mislabelled),
    _sitemap("huge-sitemap", "new-items", "every entry is taken, or counted as dropped", sitemaps.huge),
    Case(
        "sitemap-nested",
        "source",
        "new-items",
        "an index, a gzipped child with three entries, a text child without news",
        {
            "/sitemap.xml": sitemaps.nested,
            "/child.xml.gz": sitemaps.zipped_child,
            "/child.txt": sitemaps.text_child,
        },
        "sitemap",
        "/sitemap.xml",
    ),
    _sitemap("sitemap-loop", "empty", "followed a few levels, never in circles", sitemaps.looping_index),
    _sitemap("sitemap-inside", "empty", "children inside are not asked", sitemaps.leading_inside),
    _robots("robots-403", "new-items", "RFC 9309: 4xx allows all", statuses.status(403)),
    _robots("robots-500", "broken", "RFC 9309: 5xx disallows all for now", statuses.status(500)),
    _robots("robots-429", "broken", "throttled, so unreachable: nothing is asked", statuses.status(429)),
    _robots("robots-huge", "new-items", "the rule for /bad is within the first 500 KiB", robots.huge),
    _robots("robots-html", "new-items", "a page has no rules", robots.as_html),
    _robots("robots-silence", "broken", "no answer about robots is no leave", streams.silence),
    _robots("robots-endless", "new-items", "read to the cap, and no further", streams.endless),
    _robots(
        "robots-inside",
        "broken",
        "unreachable: not asked inside",
        redirects.to("http://127.0.0.1/robots.txt"),
    ),
    _robots(
        "robots-scheme", "broken", "unreachable: only http and https", redirects.to("file:///etc/passwd")
    ),
    _robots(
        "robots-loop", "new-items", "RFC 9309: too many redirects count as none", redirects.to("/robots.txt")
    ),
)
