"""The front page of an outlet: for people to click through; for one without a feed, all it announces."""

from collections.abc import Sequence
from html import escape

from newsroom.feeds import Entry
from newsroom.material import furniture
from newsroom.model import Outlet

MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


PER_PAGE = 20


def listing(outlet: Outlet, items: Sequence[Entry], number: int) -> str | None:
    """Cards with a headline link, a teaser line and a time, between links that are no articles.

    None when there is no page of this number, which starts at 1.
    """
    start = (number - 1) * PER_PAGE
    if start and start >= len(items):
        return None
    words = furniture(outlet.language)
    nav = "".join(
        f'<li><a href="/seccion/{number}/">{escape(text)}</a></li>'
        for number, text in enumerate(words["nav"])
    )
    direction = ' dir="rtl"' if outlet.rtl else ""
    return f"""<!DOCTYPE html>
<html lang="{outlet.language}"{direction}>
<head><meta charset="{outlet.charset.encoding}"><title>{escape(outlet.name)}</title>
{_alternate(outlet)}</head>
<body>
<header><h1><a href="/">{escape(outlet.name)}</a></h1><nav><ul>{nav}</ul></nav></header>
<main>
{"".join(_card(outlet, entry) for entry in items[start : start + PER_PAGE])}{_pager(items, number)}</main>
<footer><p>{escape(words["rights"])}</p><p><a href="/aviso-legal/">§</a></p></footer>
</body></html>"""


def _pager(items: Sequence[Entry], number: int) -> str:
    earlier = f'<a href="?page={number - 1}" rel="prev">&lt;</a>' if number > 1 else ""
    later = f'<a href="?page={number + 1}" rel="next">&gt;</a>' if number * PER_PAGE < len(items) else ""
    return f'<nav class="pager">{earlier}{later}</nav>'


def _card(outlet: Outlet, entry: Entry) -> str:
    href = escape(entry.url.removeprefix(outlet.home))
    return (
        f'<div class="card"><h2><a href="{href}">{escape(entry.title)}</a></h2><p>{escape(entry.summary)}</p>'
        f'<time datetime="{entry.published_at.isoformat(timespec="seconds")}"></time></div>\n'
    )


def _alternate(outlet: Outlet) -> str:
    media_type = MEDIA_TYPES.get(outlet.format)
    if media_type is None:
        return ""
    return f'<link rel="alternate" type="{media_type}" href="{outlet.source_path}">'
