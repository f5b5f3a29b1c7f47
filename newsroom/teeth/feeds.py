"""Feeds that are wrong in themselves: ill-formed, mislabelled, explosive, or short of what a feed needs."""

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import escape

from newsroom import plain
from newsroom.answer import Answer
from newsroom.teeth.visit import Visit

# Forms in which feeds give a date, as strftime patterns, and the zone they are in as hours from UTC. None is
# a form that names no time: its entry must come without one, never with a guess. `{wrong}` is a wrong weekday
# and must not matter.
ODD_DATES: tuple[tuple[str, int | None], ...] = (
    ("%a, %d %b %y %H:%M:%S GMT", 0),
    ("%a, %d %b %Y %H:%M:%S EST", -5),
    ("{wrong}, %d %b %Y %H:%M:%S +0100", 1),
    ("%d %b %Y %H:%M UT", 0),
    ("%Y-%m-%dT%H:%M:%SZ", 0),
    ("%Y-%m-%d %H:%M:%S+0200", 2),
    ("%Y-%m-%dT%H:%M:%S.000000+01:00", 1),
    ("%a, %d %b %Y 25:61:00 GMT", None),
    ("0000-00-00 00:00:00", None),
    ("yesterday", None),
    ("Thu, 01 Jan 1970 00:00:00 GMT", None),
    ("Wed, 23 Nov 2095 08:15:00 GMT", None),
)

DEEP = 100_000


def odd_date(number: int, moment: datetime) -> str:
    """The `number`-th form of ODD_DATES for this moment."""
    form, zone = ODD_DATES[number]
    local = moment + timedelta(hours=zone or 0)
    return local.strftime(form.replace("{wrong}", f"{local + timedelta(days=2):%a}"))


def moment() -> datetime:
    """When everything in hostile feeds was published: yesterday at the full hour."""
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)


def healthy(visit: Visit) -> Answer:
    """A good feed of `/bad` and `/good`."""
    return _rss(document(visit, "/bad", "/good"))


def numbered(visit: Visit, prefix: str, count: int) -> Answer:
    """A good feed of `prefix0`, `prefix1`, … and `/good`."""
    return _rss(document(visit, *(f"{prefix}{number}" for number in range(count)), "/good"))


def announcing(visit: Visit, addresses: Sequence[str]) -> Answer:
    """A good feed of these addresses and `/good`."""
    items = [(address, f"Entry {address}", moment()) for address in (*addresses, f"{visit.home}/good")]
    return _rss(plain.feed(visit.host, visit.home, items))


def growing(visit: Visit) -> Answer:
    """One entry more at every request."""
    return _rss(document(visit, *(f"/item/{number}" for number in range(visit.nth, 0, -1))))


def html_as_feed(_: Visit) -> Answer:
    """A maintenance page in a feed's clothes."""
    page = "<!DOCTYPE html><html><head><title>Oops</title></head><body><h1>Maintenance</h1></body></html>"
    return Answer(page.encode(), "application/rss+xml")


def deep(visit: Visit) -> Answer:
    """A hundred thousand elements within one another, around the only item."""
    row = f"<item><title>Deep</title><link>{visit.home}/good</link></item>"
    return _rss(plain.rss("<a>" * DEEP + row + "</a>" * DEEP, visit.host, visit.home))


def deep_json(_: Visit) -> Answer:
    """A JSON Feed whose items are a hundred thousand arrays within one another."""
    items = "[" * DEEP + "]" * DEEP
    body = '{"version": "https://jsonfeed.org/version/1.1", "title": "Deep", "items": ' + items + "}"
    return Answer(body.encode(), "application/feed+json")


def empty(visit: Visit) -> Answer:
    """A valid feed without entries."""
    return _items(visit)


def entity_bomb(visit: Visit) -> Answer:
    """Nested entities: under a kilobyte that becomes gigabytes."""
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return _with_doctype(visit, f'<!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]>', "&l9;")


def file_entity(visit: Visit) -> Answer:
    """An entity that wants to read a file of the reader's machine."""
    return _with_doctype(visit, '<!DOCTYPE rss [<!ENTITY secret SYSTEM "file:///etc/passwd">]>', "&secret;")


def duplicates(visit: Visit) -> Answer:
    """One article, seven times, under six spellings of its address."""
    address = f"{visit.home}/good"
    spellings = (
        address,
        address,
        f"{address}?utm_source=rss&utm_medium=feed",
        f"{address}?fbclid=abc",
        f"{address}#comments",
        f"HTTP://{visit.host.upper()}:80/good",
        f"{visit.home}/section/../good",
    )
    return _items(visit, *(f"<title>The same</title><link>{escape(link)}</link>" for link in spellings))


def linkless(visit: Visit) -> Answer:
    """Entries without a link: one has an address as guid, one a plain guid, one nothing at all."""
    return _items(
        visit,
        f"<title>By its guid</title><guid>{visit.home}/good</guid>",
        '<title>No address</title><guid isPermaLink="false">123</guid>',
        "<title>Nothing at all</title>",
        "<title>Empty link</title><link> </link>",
    )


def relative(visit: Visit) -> Answer:
    """RSS links relative to the feed's own address."""
    return _items(
        visit,
        "<title>From the root</title><link>/good</link>",
        "<title>From here</title><link>good?from=here</link>",
        f"<title>Without a scheme</title><link>//{visit.host}/good?from=scheme</link>",
    )


def relative_atom(visit: Visit) -> Answer:
    """Atom links relative to `xml:base`, with a self link and an enclosure before the article's."""
    updated = f"<updated>{moment().isoformat()}</updated>"
    body = (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:base="{visit.home}/section/"><title>Base</title><id>urn:x</id>{updated}'
        f"<entry><title>Under the base</title><id>urn:1</id>{updated}"
        '<link rel="self" href="entry.atom"/><link rel="enclosure" href="sound.mp3"/><link href="good"/>'
        "</entry></feed>"
    )
    return Answer(body.encode(), "application/atom+xml")


def odd_dates(visit: Visit) -> Answer:
    """One entry per form of ODD_DATES, in its order: `/date/0`, `/date/1`, …"""
    when = moment()
    return _items(
        visit,
        *(
            f"<title>Date {n}</title><link>{visit.home}/date/{n}</link><pubDate>{odd_date(n, when)}</pubDate>"
            for n in range(len(ODD_DATES))
        ),
    )


def truncated(visit: Visit) -> Answer:
    """A feed cut off in the middle of its third item."""
    whole = document(visit, "/good", "/good?n=2", "/good?n=3")
    return _rss(whole[: whole.index("n=3") + 3])


def undeclared_bytes(visit: Visit) -> Answer:
    """windows-1252 bytes in a feed that claims to be UTF-8."""
    text = plain.feed("Café ‘Zur Brücke’", visit.home, [(f"{visit.home}/good", "Café €5", moment())])
    return Answer(text.encode("windows-1252"), "application/rss+xml")


def zipped(visit: Visit) -> Answer:
    """gzip without saying so."""
    return Answer(gzip.compress(document(visit, "/good").encode()), "application/octet-stream")


def mislabelled(visit: Visit) -> Answer:
    """A good feed as text/plain."""
    return Answer(document(visit, "/good").encode(), "text/plain")


def document(visit: Visit, *paths: str) -> str:
    """A good RSS document of these paths."""
    items = [
        (visit.home + path, f"Entry {path}", moment() - timedelta(minutes=n)) for n, path in enumerate(paths)
    ]
    return plain.feed(visit.host, visit.home, items)


def _items(visit: Visit, *rows: str) -> Answer:
    return _rss(plain.rss("".join(f"<item>{row}</item>\n" for row in rows), visit.host, visit.home))


def _with_doctype(visit: Visit, doctype: str, title: str) -> Answer:
    row = f"<item><title>{title}</title><link>{visit.home}/good</link></item>"
    return _rss(plain.rss(row, visit.host, visit.home).replace("\n", f"\n{doctype}", 1))


def _rss(text: str) -> Answer:
    return Answer(text.encode(), "application/rss+xml; charset=utf-8")
