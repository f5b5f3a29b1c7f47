"""Well-behaved pages and feeds for hosts whose trouble lies elsewhere, and for the farm."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

Item = tuple[str, str, datetime]
"""Address, title and time of one announced entry."""


def page(title: str, paragraphs: Sequence[str], published_at: datetime) -> str:
    """A clean article page with navigation and a footer."""
    body = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta property="article:published_time" content="{published_at.isoformat(timespec="seconds")}"></head>
<body><nav><a href="/">Home</a> <a href="/about">About</a></nav>
<article><h1>{escape(title)}</h1>
{body}
</article><footer>Printed on loopback.</footer></body></html>"""


def feed(title: str, home: str, items: Iterable[Item]) -> str:
    """RSS 2.0 with links and dates."""
    rows = "".join(item(link, name, moment) for link, name, moment in items)
    return rss(rows, title, home)


def rss(rows: str, title: str, home: str) -> str:
    """An RSS 2.0 document around ready-made items."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>{home}/</link><description>{escape(title)}</description>\n"
        f"{rows}</channel></rss>"
    )


def item(link: str, title: str, published_at: datetime) -> str:
    """One RSS item."""
    return (
        f"<item><title>{escape(title)}</title><link>{escape(link)}</link><guid>{escape(link)}</guid>"
        f"<pubDate>{format_datetime(published_at)}</pubDate></item>\n"
    )
